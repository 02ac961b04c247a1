"""What the program can do here, tried out: print a paper, load the networks."""

from collections.abc import Callable, Iterable

from examday.doctor.findings import Finding, Level
from examday.domain.messages import N_
from examday.settings import Settings

WEIGHTS_MISSING = N_("Its weights are missing: the hints are off, everything else works.")


def printing(_settings: Settings) -> Iterable[Finding]:
    """A label is made in memory: this needs typst, the print templates and the fonts."""
    from examday.paper.printing import trial_print

    try:
        trial_print()
    except Exception as error:
        # One answer for whatever is missing: a person does the same about it.
        yield Finding(
            "printing",
            Level.FAIL,
            N_("Print-outs cannot be made: %(error)s."),
            N_("Install the program completely."),
            {"error": type(error).__name__},
        )
    else:
        yield Finding("printing", Level.OK, N_("Print-outs can be made."))


def voice(_settings: Settings) -> Iterable[Finding]:
    """A word is spoken into a file: a voice that is installed may still lack Russian."""
    from examday.paper.voice import voice as installed

    if installed():
        yield Finding("voice", Level.OK, N_("Works can be read aloud by this computer's voice."))
        return
    yield Finding(
        "voice",
        Level.OFF,
        N_("This computer has no voice: a person reads works aloud to blind appellants."),
        N_("As root type: apt-get install espeak-ng. Everything else works."),
    )


def networks(_settings: Settings) -> Iterable[Finding]:
    """The two networks are loaded: a file that is there may still be cut short."""
    from examday.braille import detect
    from examday.reading import network

    loads: tuple[tuple[str, str, Callable[[], object]], ...] = (
        ("reading", N_("Network for hand-printed characters"), network.session),
        ("braille", N_("Network for Braille pages"), detect.session),
    )
    for part, message, load in loads:
        try:
            load()
        except Exception:
            yield Finding(part, Level.OFF, message, WEIGHTS_MISSING)
        else:
            yield Finding(part, Level.OK, message)
