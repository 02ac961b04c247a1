"""Serve the pages with waitress: `python -m examday.web.serve`."""

import waitress
from flask import Flask
from waitress.channel import HTTPChannel

from examday import log, metrics
from examday.modes import private_files
from examday.settings import Settings
from examday.web import no_room
from examday.web.app import LARGEST, create_app


def _app(settings: Settings) -> Flask:
    app = create_app(settings)
    if settings.metrics:
        metrics.watch_requests(app)
        metrics.serve(settings)
    return app


def region() -> Flask:
    """The application for a server of a region (gunicorn)."""
    private_files()
    log.configure("web")
    return _app(Settings.from_env())


def main() -> None:
    """Read the settings from the environment and serve until told to stop."""
    private_files()
    log.configure("web")
    settings = Settings.from_env()
    HTTPChannel.parser_class = no_room.Request
    waitress.serve(
        _app(settings),
        host=settings.host,
        port=settings.port,
        threads=8,
        ident="examday",
        max_request_body_size=LARGEST,
        # Kept where a proxy of ours stands before it: the application itself knows whom to believe.
        clear_untrusted_proxy_headers=not settings.proxies,
    )


if __name__ == "__main__":
    main()
