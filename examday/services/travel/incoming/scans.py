"""The originals of a bundle: each is compared with its name, and stored before any row speaks of it."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from examday.domain.errors import Conflict
from examday.domain.messages import N_
from examday.domain.travel.manifest import not_a_bundle
from examday.services.travel.incoming.opened import Opened
from examday.storage.objects.base import Named, Objects, OtherContent

Tell = Callable[[int, int], None]
"""Is told how many of how many were looked at, since a day's originals take minutes."""


def in_silence(_done: int, _of: int) -> None:
    """Nobody waits to hear how far it is."""


def store(
    objects: Objects,
    bundle: Opened,
    tell: Tell = in_silence,
) -> int:
    """Store the originals that came along; return how many were new.

    Invalid names one that is damaged, also where the same is here already and whole.
    """
    came, new = bundle.scans(), list[Named]()
    for sha256 in came:
        name = f"scans/{sha256}"
        if objects.there(sha256):
            bundle.require(name)
        else:
            new.append((sha256, partial(bundle.member, name)))
    try:
        return objects.put_all(_told(new, len(came), tell))
    except OtherContent as error:
        raise not_a_bundle(f"scans/{error.args[0]}") from error


def _told(new: Sequence[Named], of: int, tell: Tell) -> Iterator[Named]:
    """Each as it is asked for; those that were here already are done."""
    for done, named in enumerate(new, of - len(new)):
        tell(done, of)
        yield named
    tell(of, of)


def require(objects: Objects, bundle: Opened) -> None:
    """Conflict where an original is neither in the file nor here."""
    came = set(bundle.scans())
    lacking = [s for s in bundle.manifest.originals if s not in came and not objects.there(s)]
    if lacking:
        raise Conflict(
            N_("%(count)s originals are missing, the first is %(sha256)s."),
            code="lacking",
            advice=N_(
                "What came along is stored. Take a bundle in that holds the others: examday send without "
                "--no-originals. It goes on where this one ended."
            ),
            params={"count": len(lacking), "sha256": lacking[0], "lacking": lacking},
        )
