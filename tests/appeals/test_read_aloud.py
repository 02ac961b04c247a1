"""A blind appellant hears the work: the voice that is installed really speaks, says every sign, and
where it does not, the page says who reads."""

import datetime as dt
import io
import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from examday.doctor import abilities
from examday.domain.ledger import digest
from examday.paper import voice
from examday.services.unit_of_work import Store
from examday.settings import Settings
from examday.storage.tables import Person, Reading
from tests.appeals import world

SPEAKER = """#!/usr/bin/env python3
import argparse, sys, wave
asked = argparse.ArgumentParser()
asked.add_argument("-v", choices=["ru"], required=True)
asked.add_argument("-s", type=int, required=True)
asked.add_argument("--stdin", action="store_true", required=True)
asked.add_argument("-w", required=True)
wanted = asked.parse_args()
text = sys.stdin.buffer.read().decode()
if "{fails_at}" in text:
    sys.exit(1)
with wave.open(wanted.w, "wb") as sound:
    sound.setnchannels(1); sound.setsampwidth(2); sound.setframerate(22050)
    sound.writeframes(b"".join({sample} for _sign in text))
"""
"""Takes the command line of espeak-ng and nothing else; every character sounds for one sample."""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Put a voice of this name on the computer, and no other."""
    folder = tmp_path / "bin"
    folder.mkdir()

    def put(name: str, fails_at: str = "никогда", sample: str = r'b"\x10\x20"') -> None:
        program = folder / name
        program.write_text(SPEAKER.format(fails_at=fails_at, sample=sample), encoding="utf-8")
        program.chmod(0o755)
        voice.voice.cache_clear()

    # The stand-in's own interpreter stays on the path; a real voice of this computer does not.
    real = voice.shutil.which
    monkeypatch.setattr(voice.shutil, "which", lambda name: real(name, path=str(folder)))
    voice.voice.cache_clear()
    yield put
    voice.voice.cache_clear()


def frames(sound: bytes) -> int:
    """Samples of a sound, as long as its head says and its body is."""
    with wave.open(io.BytesIO(sound)) as heard:
        many = heard.getnframes()
        assert len(heard.readframes(many)) == many * heard.getsampwidth()
    return many


def test_the_installed_voice_speaks_and_its_sound_has_its_true_length(
    install: Callable[..., None],
) -> None:
    install("espeak-ng")
    assert voice.voice() == "espeak-ng"
    assert frames(voice.spoken("Да")) == 2


@pytest.mark.release
def test_a_long_answer_is_heard_to_its_end(install: Callable[..., None]) -> None:
    install("espeak-ng")
    text = "Слово за слово. " * 400
    assert frames(voice.spoken(text)) == sum(map(len, voice.parts(text)))
    assert "".join(voice.parts(text)).replace(" ", "") == text.replace(" ", "")
    unbroken = "о" * (2 * voice.PART + 7)
    assert frames(voice.spoken(unbroken)) == len(unbroken)


@pytest.mark.parametrize(
    "broken", [{"fails_at": "проба"}, {"sample": "bytes(2)"}, {"sample": 'b""'}]
)
def test_a_voice_that_fails_or_stays_silent_is_none(
    install: Callable[..., None], broken: dict[str, str]
) -> None:
    install("espeak-ng", **broken)
    assert voice.voice() == "" and voice.spoken("Да") == b""


@pytest.mark.release
def test_half_an_answer_is_not_given_out_for_the_whole(install: Callable[..., None]) -> None:
    install("espeak-ng", fails_at="последнее")
    assert voice.spoken("Слово. " * 400)
    assert voice.spoken("Слово. " * 400 + "последнее") == b""


@pytest.mark.parametrize(
    ("answer", "heard"),
    [
        ("135", "1, 3, 5"),
        ("0,5", "0, запятая, 5"),
        ("–7", "дефис или минус, 7"),
        ("АA", "А, латинская A"),
        ("ÀßÇ", "латинская A с грависом, латинская эсцет, латинская C с седилью"),
        ("ЙЁ", "Й, Ё"),
        ("½", "1 дробная черта 2"),
        ("€", "знак, которого голос не читает"),
    ],
)
def test_a_short_answer_is_heard_sign_by_sign(answer: str, heard: str) -> None:
    assert voice.spelled(answer) == heard


@pytest.mark.parametrize(
    ("answer", "heard"),
    [
        ("Война и мир, том 1.", "Война и мир, том 1."),
        ("x ≤ √2", "x меньше или равно корень 2"),
        ("a² = 4", "a в квадрате равно 4"),
        ("[0; 5)", "квадратная скобка открывается 0; 5)"),
        ("10 ☺ 5", "10 знак, которого голос не читает 5"),
    ],
)
def test_signs_of_formulas_are_heard_in_a_long_answer(answer: str, heard: str) -> None:
    assert " ".join(voice.told(answer).split()) == heard


def test_the_technician_is_told_how_to_get_a_voice(
    install: Callable[..., None], settings: Settings
) -> None:
    (missing,) = abilities.voice(settings)
    assert missing.level == "off" and "apt-get install espeak-ng" in missing.advice
    install("espeak-ng")
    (there,) = abilities.voice(settings)
    assert there.level == "ok"


@pytest.fixture
def c(store: Store, add_person: Callable[..., Person], clock: Any) -> world.Commission:
    clock.now = dt.datetime(2026, 6, 22, 7, 0, tzinfo=dt.UTC)
    return world.make(store, add_person, needs=("blind",))


def screen(browser: Any, case: str, part: str = "") -> Any:
    visit = browser()
    visit.log_in("secretary")
    return visit.get(f"/appeals/{case}/show{part}")


def test_each_task_is_heard_from_the_computer(
    c: world.Commission, browser: Any, install: Callable[..., None]
) -> None:
    install("espeak-ng")
    case = world.file_appeal(c)
    shown = screen(browser, case)
    # Else the browser blocks every sound, and the player stays silent.
    assert "media-src 'self'" in shown.headers["Content-Security-Policy"]
    page = shown.get_data(as_text=True)
    assert page.count("<audio") == len(world.PLANTED) and f"/appeals/{case}/show/2.wav" in page
    assert "data-no-voice" not in page
    sound = screen(browser, case, "/2.wav")
    assert sound.status_code == 200 and sound.mimetype == "audio/wav"
    said = "Задание 2. Вы написали: 1, 3, 5. На стандартном бланке стоит: 1, 5, 3."
    assert said in page and frames(sound.data) == len(said)
    assert screen(browser, case, "/77.wav").status_code == 404


def test_without_a_voice_the_page_says_who_reads(
    c: world.Commission, browser: Any, install: Callable[..., None]
) -> None:
    case = world.file_appeal(c)
    page = screen(browser, case).get_data(as_text=True)
    assert "<audio" not in page and "читает вслух тифлопереводчик" in page
    assert screen(browser, case, "/2.wav").status_code == 404


def test_what_is_heard_is_all_that_is_shown(c: world.Commission, browser: Any) -> None:
    case = world.file_appeal(c)
    for source, value in (
        ("hearing:original", {"text": "8", "task": "12"}),
        ("machine:copy", {"text": "x = √2", "confidence": 0.7}),
    ):
        field = "replacement:1" if "task" in value else "long:27"
        content = {"fields": {field: value}}
        with c.store.begin(c.actor("secretary")) as uow:
            row = Reading(
                booklet_id=c.booklet,
                version=1,
                source=source,
                round=1,
                content=content,
                sha256=digest(content),
                at=uow.now(),
            )
            uow.add(row)
            uow.record("test:read", f"booklet:{c.booklet}")
    page = " ".join(screen(browser, case).get_data(as_text=True).split())
    assert "Вы написали: задание 12: 8." in page
    assert "стоит: x равно корень 2 (прочитано программой)." in page
