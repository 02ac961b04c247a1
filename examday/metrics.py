"""Figures for a monitor that reads Prometheus' format: counts and times, never a name or a code.

Each part gives its own, on a port of its own, and only where EXAMDAY_METRICS names the address
(host:port). Browsers of people need not reach it.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from flask import Flask, Response, g, request

from examday import log
from examday.settings import Settings

logger = log.get("metrics")


class Gauge(NamedTuple):
    """One figure as it stands now. `of`: label → value, of which each may have one figure."""

    name: str
    what: str
    of: dict[str, str]
    value: float


def serve(settings: Settings, read: Callable[[], Iterable[Gauge]] | None = None) -> None:
    """Begin to answer at the address of the settings, if there is one.

    `read`: what is asked anew each time somebody looks. Where the address cannot be had, the log
    says so and the part goes on: a monitor is no reason to stop an exam day.
    """
    if not settings.metrics:
        return
    from prometheus_client import REGISTRY, start_http_server

    if read is not None:
        REGISTRY.register(_Read(read))
    host, _, port = settings.metrics.rpartition(":")
    try:
        start_http_server(int(port), host)
    except OSError as error:
        logger.error("no figures are given: the address cannot be had", exc_info=error)


class _Read:
    """What the library asks for figures that are not kept but read."""

    def __init__(self, read: Callable[[], Iterable[Gauge]]) -> None:
        self._read = read

    def describe(self) -> list[Any]:
        """Nothing beforehand: else the library would read the database at the start."""
        return []

    def collect(self) -> Iterator[Any]:
        from prometheus_client.core import GaugeMetricFamily

        families: dict[str, GaugeMetricFamily] = {}
        for one in self._read():
            family = families.setdefault(
                one.name, GaugeMetricFamily(one.name, one.what, labels=list(one.of))
            )
            family.add_metric(list(one.of.values()), one.value)
        yield from families.values()


def watch_requests(app: Flask) -> None:
    """Have the server say how long its pages took, by route and status."""
    from prometheus_client import Histogram

    seconds = Histogram(
        "examday_request_seconds", "Time of a request, by route and status", ["route", "status"]
    )

    @app.before_request
    def _begin() -> None:
        g.began = time.perf_counter()

    @app.after_request
    def _end(response: Response) -> Response:
        # By route, because addresses hold codes of works, which no monitor should see.
        route = request.endpoint or "none"
        began = g.get("began", time.perf_counter())
        seconds.labels(route, str(response.status_code)).observe(time.perf_counter() - began)
        return response
