"""Tesseract killed, slow or not started: never taken for a page on which nothing is written."""

import errno
import os
import signal
import stat
import subprocess
from pathlib import Path

import numpy as np
import pytesseract.pytesseract as program
import pytest

from examday.domain.custody.paper_codes import check_digit
from examday.domain.errors import MachineTrouble
from examday.paper.layout import layouts
from examday.reading import printed
from examday.reading.identify import _from_print

PAGE = np.full((600, 800), 250, np.uint8)
PAGE[100:110, 100:600] = 20


def tesseract(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """A program in Tesseract's place that has Russian data and otherwise does this."""
    path = folder / "tesseract"
    path.write_text(
        '#!/bin/sh\n[ "$1" = --list-langs ] && printf "List of languages:\\nrus\\n" && exit 0\n'
        f'[ "$1" = --version ] && echo tesseract 5.3.0 && exit 0\n{script}\n'
    )
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(program, "tesseract_cmd", str(path))
    printed.installed.cache_clear()


@pytest.fixture(autouse=True)
def forget() -> object:
    yield
    printed.installed.cache_clear()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_tesseract_killed_is_not_an_empty_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    tesseract(tmp_path, monkeypatch, f"kill -{int(number)} $$")
    with pytest.raises(MachineTrouble):
        printed.read_print(PAGE)
    with pytest.raises(MachineTrouble):
        printed._text(PAGE, "rus", 11)


def test_tesseract_that_got_no_time_is_not_an_empty_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tesseract(tmp_path, monkeypatch, "exec sleep 60")
    monkeypatch.setattr(printed, "PAGE_S", 0.3)
    with pytest.raises(MachineTrouble):
        printed.read_print(PAGE)


def test_a_picture_over_which_tesseract_works_without_end_holds_nobody_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tesseract(tmp_path, monkeypatch, "while :; do :; done")
    monkeypatch.setattr(printed, "PAGE_S", 0.5)
    monkeypatch.setattr(printed, "PAGE_CPU_S", 0.01)
    assert printed.read_print(PAGE) == ()


def test_a_refusal_of_tesseract_is_no_trouble(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tesseract(tmp_path, monkeypatch, "exit 1")
    assert printed.read_print(PAGE) == ()


def test_a_start_that_fails_once_does_not_switch_tesseract_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tesseract(tmp_path, monkeypatch, "exit 1")

    def no_process(*_arguments: object, **_more: object) -> None:
        raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    with monkeypatch.context() as full:
        full.setattr(subprocess, "run", no_process)
        with pytest.raises(MachineTrouble):
            printed.installed()
    assert printed.installed() == {"rus"}


def test_a_header_of_another_form_is_said_though_the_printed_number_was_read() -> None:
    forms = layouts()
    mine, other = forms["answer-form-1.2022"], forms["registration-form.2022"]
    number = "266853292358" + check_digit("266853292358")
    for header, codes in (
        (f"{other.name}\n{number}", ["form-differs", "code-from-print"]),
        (f"{mine.name}\n{number}", ["code-from-print"]),
    ):
        found, notes = _from_print(header, mine, forms, [], [])
        assert found == number
        assert [note.code for note in notes] == codes
