""" "Ready" means a page of this very data folder, not a port where something listens."""

import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from examday.doctor import Level, running
from examday.domain.errors import NoWeights
from examday.paper import printing
from examday.settings import Settings
from examday.station import answering, launch
from examday.station.answering import OtherStation, Pages, PagesFail, look_at_pages
from examday.station.supervisor import Supervisor
from examday.storage.database import migrate
from examday.web.app import create_app
from tests.stations import free_port

Serve = Callable[[int, str], Settings]


@pytest.fixture
def folder(tmp_path: Path) -> Settings:
    """A data folder whose station would have a port of its own."""
    settings = Settings.from_env({}, data=tmp_path / "ours", port=free_port())
    settings.make_folders()
    return settings


@pytest.fixture
def serve(folder: Settings) -> Iterator[Serve]:
    """Let something answer at the folder's address with this status and text."""
    servers = []

    def start(status: int, text: str) -> Settings:
        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(status)
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_args: object) -> None:
                """The test's own server has nothing to tell."""

        server = ThreadingHTTPServer((folder.host, folder.port), Answer)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return folder

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def page_of(settings: Settings) -> str:
    """The first page that a station on this folder really shows."""
    migrate(settings.database_url)
    app = create_app(settings)
    try:
        return app.test_client().get("/login", follow_redirects=True).get_data(as_text=True)
    finally:
        app.extensions["examday.store"].close()


def test_a_page_of_this_folder_is_known_by_its_mark(folder: Settings, serve: Serve) -> None:
    assert look_at_pages(serve(200, page_of(folder))).pages is Pages.OURS


def test_the_same_page_of_a_copied_folder_is_another_station(
    folder: Settings, serve: Serve, tmp_path: Path
) -> None:
    copy = Settings.from_env({}, data=tmp_path / "copy")
    copy.make_folders()
    assert look_at_pages(serve(200, page_of(copy))).pages is Pages.OTHER


def test_nobody_at_the_address_is_nobody(folder: Settings) -> None:
    assert look_at_pages(folder).pages is Pages.NOBODY


def test_what_speaks_no_http_is_another_program(folder: Settings) -> None:
    with socket.create_server((folder.host, folder.port)) as other:

        def talk() -> None:
            connection, _peer = other.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(b"220 mail\r\n\r\n")

        threading.Thread(target=talk, daemon=True).start()
        assert look_at_pages(folder).pages is Pages.OTHER


def test_a_station_whose_pages_fail_is_not_called_ready(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = serve(500, "Internal Server Error")
    monkeypatch.setattr(launch, "START_S", 0.5)
    monkeypatch.setattr(launch.links, "answers", lambda *_: True)
    with pytest.raises(launch.DidNotStart, match="web"):
        launch._wait_until_ready(
            settings, Supervisor([], lambda _name, _code: None), threading.Event()
        )


@pytest.mark.parametrize(
    ("status", "refusal"), [(500, PagesFail), (503, PagesFail), (200, OtherStation)]
)
def test_nobody_rehearses_on_pages_that_fail_or_belong_to_others(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, status: int, refusal: type[Exception]
) -> None:
    settings = serve(status, "<p>a page of somebody else</p>")
    monkeypatch.setattr(answering, "answers", lambda *_: True)
    with pytest.raises(refusal):
        answering.check_running(settings)


@pytest.mark.parametrize(("status", "level"), [(500, Level.FAIL), (200, Level.OFF)])
def test_the_doctor_looks_at_the_page_and_not_at_the_port(
    serve: Serve, status: int, level: Level
) -> None:
    [finding] = running.pages(serve(status, "<p>a page of somebody else</p>"))
    assert finding.level is level


def test_the_doctor_looks_where_the_station_of_the_folder_says_it_is(
    folder: Settings, serve: Serve
) -> None:
    serve(200, page_of(folder))
    (folder.var / "station.lock").write_text(
        f'{{"pid": 1, "address": "http://{folder.host}:{folder.port}/"}}'
    )
    elsewhere = Settings.from_env({}, data=folder.data, port=free_port())
    [finding] = running.pages(elsewhere)
    assert (finding.level, str(folder.port) in finding.text()) == (Level.OK, True)


def test_the_doctor_prints_to_know_that_printing_works(
    folder: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from examday.doctor.abilities import printing as look

    assert [finding.level for finding in look(folder)] == [Level.OK]
    monkeypatch.setattr(printing, "PRINT", tmp_path)
    assert [finding.level for finding in look(folder)] == [Level.FAIL]


def test_the_doctor_loads_the_networks_to_know_that_they_are_whole(
    folder: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from examday.doctor.abilities import networks
    from examday.reading import network

    cut = tmp_path / "characters.onnx"
    cut.write_bytes(network.WEIGHTS.read_bytes()[:1000])
    monkeypatch.setattr(network, "WEIGHTS", cut)
    network.session.cache_clear()
    levels = {finding.part: finding.level for finding in networks(folder)}
    with pytest.raises(NoWeights) as refused:  # a command names the file and shows no trace
        network.session()
    assert refused.value.params["file"] == "characters.onnx"
    assert levels == {"reading": Level.OFF, "braille": Level.OK}


def test_a_page_that_is_no_form_is_refused_by_name_too_where_the_weights_are_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from click.testing import CliRunner
    from PIL import Image

    from examday.cli import main
    from examday.reading import network

    Image.new("L", (1240, 1754), 255).save(tmp_path / "white.png")
    monkeypatch.setattr(network, "WEIGHTS", tmp_path / "characters.onnx")
    network.fingerprint.cache_clear()
    done = CliRunner().invoke(main, ["read", str(tmp_path / "white.png")])
    assert done.exit_code == 1
    assert "characters.onnx" in done.output and "Traceback" not in done.output
