"""A station sends to its centre over TLS: a real server in a process of its own."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from examday.cli import main
from examday.services.travel import enrolment, renewal
from examday.services.travel.exchange.line import Line, Unreached
from examday.services.unit_of_work import Store
from examday.storage.objects.opened import originals
from tests.travel import over_tls
from tests.travel.two_ends import ADMIN, POINT, Ends, work

pytestmark = pytest.mark.slow


def sent(station: Store, to: str, *more: str) -> tuple[int, dict[str, object]]:
    """What the command says, and how it ends."""
    words = ("send", "--to", to, "--json", *more, "--data", str(station.settings.data))
    told = CliRunner().invoke(main, words)
    return told.exit_code, json.loads(told.output)


@pytest.mark.release
def test_a_day_goes_over_and_what_is_wrong_is_told(
    ends: Ends, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ca = over_tls.authority(tmp_path)
    pem = over_tls.certificate(ca, tmp_path)
    trust = ("--ca", str(ca.file))
    first, second = work(ends.station, "2990000000019"), work(ends.station, "2990000000026")
    assert first != second
    with over_tls.serving(ends.centre.settings, pem, tmp_path / "log") as port:
        https = f"https://localhost:{port}"
        # the line breaks after one of two scans
        with monkeypatch.context() as broken:
            asked = Line.ask
            gone: list[str] = []

            def breaks(line: Line, method: str, *rest: object) -> object:
                is_scan = method == "PUT" and "/originals/" in str(rest[0])
                if is_scan and gone:
                    raise Unreached(params={"host": "localhost"})
                gone.extend([method] if is_scan else [])
                return asked(line, method, *rest)  # type: ignore[arg-type]

            broken.setattr(Line, "ask", breaks)
            assert sent(ends.station, https, *trust)[1]["code"] == "unreached"
        assert len(list(originals(ends.centre.settings).all())) == 1
        ended, said = sent(ends.station, https, *trust)
        assert (ended, said["ok"], said["posted"]) == (0, True, 1), said
        assert said["confirmed"]["works"] == 2  # type: ignore[index]
        assert ends.centre.at(POINT).last_seq() > 0
        assert sent(ends.station, https, *trust)[1]["posted"] == 0

        # whom the centre does not believe, or who does not believe the centre
        assert sent(ends.station, https)[1]["code"] == "certificate"
        assert sent(ends.station, f"http://localhost:{port}", *trust)[1]["code"] == "unreached"
        assert sent(ends.station, "http://centre.example", *trust)[1]["code"] == "not-https"
        assert sent(ends.station, https + "/elsewhere", *trust)[1]["code"] == "not-the-centre"
        renewal.renew(ends.station, ADMIN)
        before = ends.station.last_seq()
        assert sent(ends.station, https, *trust)[1]["code"] == "not-the-station"
        assert ends.station.last_seq() == before, "nothing was given away"
        with ends.centre.begin(ADMIN) as uow:
            enrolment.revoke(uow, ends.name)
        assert sent(ends.station, https, *trust)[1]["code"] == "not-the-station"
    assert sent(ends.station, https, *trust)[1]["code"] == "unreached"


def test_a_revoked_station_is_refused_before_its_megabytes(ends: Ends, tmp_path: Path) -> None:
    with ends.centre.begin(ADMIN) as uow:
        enrolment.revoke(uow, ends.name)
    work(ends.station, "2990000000019")
    before = ends.station.last_seq()
    with over_tls.serving(ends.centre.settings, None, tmp_path / "log") as port:
        ended, said = sent(ends.station, f"http://localhost:{port}")
    assert (ended, said["code"]) == (1, "revoked")
    assert "отозвана" in str(said["what"])
    assert ends.station.last_seq() == before


@pytest.mark.release
@pytest.mark.parametrize(
    ("names", "valid", "words"),
    [
        (("localhost",), (-3, -2), "истёк"),
        (("localhost",), (2, 3), "ещё не начал"),
        (("other.example",), (-1, 1), "выдан не"),
    ],
)
def test_a_certificate_that_does_not_hold_is_told_in_plain_words(
    ends: Ends, tmp_path: Path, names: tuple[str, ...], valid: tuple[int, int], words: str
) -> None:
    ca = over_tls.authority(tmp_path)
    pem = over_tls.certificate(ca, tmp_path, names, valid)
    with over_tls.serving(ends.centre.settings, pem, tmp_path / "log") as port:
        said = sent(ends.station, f"https://localhost:{port}", "--ca", str(ca.file))[1]
    assert (said["code"], words in str(said["what"])) == ("certificate", True), said
