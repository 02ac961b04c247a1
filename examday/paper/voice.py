"""Reading aloud by the computer's own voice, where one is installed (RHVoice or espeak-ng of Debian).

Without a voice nothing is lost: a person reads the work aloud, or the browser's voice does.
"""

import shutil
import subprocess
from functools import cache

LIMIT = 2000
"""Characters that are spoken at once: longer texts are for a person to read."""
SECONDS = 20
"""A voice that takes longer is stuck."""
VOICES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("RHVoice-test", ("-p", "Anna", "-o", "/dev/stdout")),
    ("espeak-ng", ("-v", "ru", "-s", "130", "--stdout", "--stdin")),
)
"""Program and its arguments; the text comes from its standard input, the sound to its output."""
NAMES = {
    ",": "запятая",
    ".": "точка",
    "-": "дефис или минус",
    "–": "дефис или минус",
    "−": "дефис или минус",
    " ": "пробел",
    "(": "скобка открывается",
    ")": "скобка закрывается",
    "%": "процент",
    "/": "дробная черта",
    ":": "двоеточие",
    ";": "точка с запятой",
    "?": "вопросительный знак",
    "!": "восклицательный знак",
    "«": "кавычка открывается",
    "»": "кавычка закрывается",
    '"': "кавычка",
}
"""Signs that a voice leaves out: in an answer each of them counts."""


@cache
def voice() -> tuple[str, ...]:
    """Return the command of the first voice that is installed; empty without one."""
    for program, arguments in VOICES:
        if found := shutil.which(program):
            return (found, *arguments)
    return ()


def spelled(text: str) -> str:
    """Return a short answer sign by sign, as it has to be heard: «135» is not a number."""
    return ", ".join(NAMES.get(sign, sign) for sign in text)


def spoken(text: str) -> bytes:
    """Return the text as sound (WAV); empty when there is no voice or it fails."""
    command = voice()
    if not command:
        return b""
    try:
        done = subprocess.run(
            command, input=text[:LIMIT].encode(), capture_output=True, timeout=SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return b""
    return done.stdout
