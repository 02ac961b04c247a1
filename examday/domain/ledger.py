"""The tamper-evident ledger: canonical JSON, hash chain, checkpoints.

One event per state change; `hash = SHA-256(canonical(event without hash))` where the event holds
the hash of its predecessor. A chain alone does not notice a cut-off tail, so a checkpoint (number
+ code) leaves the machine on every print-out; paper is the outside witness (the idea of witnesses
co-signing checkpoints: Trillian, Rekor).
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from examday.domain.errors import Invalid
from examday.domain.events import PREFIX_OF_PRINTS, Event
from examday.domain.identity import is_unseen
from examday.domain.messages import N_

GENESIS = "0" * 64
"""The predecessor of entry 1: sixty-four zeros, which no SHA-256 of an entry gives."""
UNBROKEN = "\u00a0\u202f"
"""Shown as they are, because Russian typography uses them; Python does not count them as
printable."""


def canonical(value: object) -> str:
    """Return the value as JSON with sorted keys and no spaces.

    UTF-8 text is kept. The same value always gives the same bytes.
    """
    return _CANONICAL.encode(value)


_CANONICAL = json.JSONEncoder(
    # NaN is refused: it has no JSON form, and other languages' verifiers would compute another hash.
    sort_keys=True,
    separators=(",", ":"),
    ensure_ascii=False,
    allow_nan=False,
)


def printable(text: str) -> str:
    """Return one line of text as a screen may show it.

    What moves the cursor, hides or turns text around is written as an escape of JSON.
    """
    # Escapes of JSON, because the ledger itself is JSON: an auditor sees the same text in both.
    return "".join(
        sign if _shows(sign) or sign in UNBROKEN else json.dumps(sign)[1:-1] for sign in text
    )


def _shows(sign: str) -> bool:
    return sign.isprintable() and not is_unseen(sign)


def digest(value: object) -> str:
    """SHA-256 (hex) of the canonical form of `value`."""
    return hashlib.sha256(canonical(value).encode("utf-8")).hexdigest()


class Subject(NamedTuple):
    """What an entry is about, or a row that it vouches for: «booklet:<id>», «item:<id>» …

    Stored as one text, so that entries of one thing are found by comparing it. `key` may hold
    colons of its own; `kind` never does.
    """

    kind: str
    key: str

    @staticmethod
    def parse(stored: str) -> "Subject":
        """Read a subject as it stands in the ledger; without a colon it is a kind with no key.

        >>> Subject.parse("booklet:1f")
        Subject(kind='booklet', key='1f')
        """
        kind, _colon, key = stored.partition(":")
        return Subject(kind, key)

    def __str__(self) -> str:
        """The text that is stored."""
        return f"{self.kind}:{self.key}"


@dataclass(frozen=True)
class Entry:
    """One row of the ledger.

    `at` is ISO 8601 UTC; `rows` maps "table:id" to the digest of the row after the change ("" =
    deleted), so that an edit behind the program's back is seen in every recorded table, not only
    here.
    """

    seq: int
    """Order goes by number and never by time: a clock may be set back."""
    at: str
    kind: str
    actor: str
    subject: str
    data: Mapping[str, object] = field(default_factory=dict)
    rows: Mapping[str, str] = field(default_factory=dict)
    """So that a change behind the program's back shows in any recorded table."""
    prev: str = GENESIS
    """The chain: no entry can be taken out, put in or moved without all after it changing."""
    hash: str = ""

    # A new value instead of a setter: an entry with its hash is never changed.
    def sealed(self) -> "Entry":
        """The same entry with its own hash filled in."""
        return replace(self, hash=self.compute())

    def compute(self) -> str:
        """The hash this entry must carry."""
        return digest(
            {
                "seq": self.seq,
                "at": self.at,
                "kind": self.kind,
                "actor": self.actor,
                "subject": self.subject,
                "data": self.data,
                "rows": self.rows,
                "prev": self.prev,
            }
        )


@dataclass(frozen=True)
class Fault:
    """One finding of a verification: the first wrong entry comes first."""

    seq: int
    code: str
    detail: str
    """A row or a number, never what it holds: findings are shown to people who may not see
    names."""
    chain: str = ""
    """The site whose chain it is in; "" for the installation's own, the only one of a station.
    Numbers are told apart by it alone."""


def speaks_of_checkpoint(kind: str) -> bool:
    """Whether an entry of this kind names, as `code`, a checkpoint that was made with it."""
    return kind.startswith(PREFIX_OF_PRINTS) or kind in (
        Event.LEDGER_EXPORT,
        Event.LEDGER_CHECKPOINT,
        Event.APPEAL_PRINT,
    )


def names_a_tree(kind: str, data: Mapping[str, object]) -> bool:
    """Whether an entry says the root of the hash tree over the entries before it."""
    return kind in (Event.LEDGER_TREE, Event.LEDGER_CHECKPOINT) and "tree" in data


def verify_chain(entries: Iterable[Entry], start: int = 1, prev: str = GENESIS) -> list[Fault]:
    """Check numbering, links and hashes from `start`.

    Returns the faults in order, empty when all is well.
    """
    faults: list[Fault] = []
    expected = start
    for entry in entries:
        if entry.seq != expected:
            faults.append(Fault(expected, "gap", f"expected entry {expected}, found {entry.seq}"))
        if entry.prev != prev:
            faults.append(
                Fault(entry.seq, "link", f"entry {entry.seq} does not follow its predecessor")
            )
        if not _carries_its_hash(entry):
            faults.append(Fault(entry.seq, "hash", f"entry {entry.seq} was changed"))
        # Goes on from what the entry claims, so that one fault does not make a fault of every
        # later entry.
        expected, prev = entry.seq + 1, entry.hash
    return faults


def _carries_its_hash(entry: Entry) -> bool:
    """False also when the entry holds what has no canonical form, such as half of a surrogate pair."""
    try:
        return entry.hash == entry.compute()
    except (ValueError, TypeError, RecursionError):
        return False


def checkpoint_code(seq: int, root: str) -> str:
    """Return the code printed on paper and read aloud.

    It is the number of the last entry, then 12 decimal digits of its hash.
    """
    # Digits only, because the code is read aloud over the telephone.
    digits = f"{int(root[:16], 16) % 10**12:012d}"
    return f"{seq:04d}-{digits[:4]}-{digits[4:8]}-{digits[8:]}"


FAULT_WORDS: dict[str, str] = {
    "gap": N_("Entry %(seq)s is missing: entries were removed."),
    "link": N_(
        "Entry %(seq)s does not follow its predecessor: something was removed, inserted or moved before it."
    ),
    "hash": N_("Entry %(seq)s was changed after it was written."),
    "unreadable": N_("Entry %(seq)s is not in the form in which entries are written."),
    "row-changed": N_(
        "%(detail)s was changed behind the program's back: it is not what entry %(seq)s recorded."
    ),
    "row-missing": N_(
        "%(detail)s was removed behind the program's back: entry %(seq)s recorded it."
    ),
    "row-unreadable": N_(
        "%(detail)s cannot be read: something stands in it that the program never writes; "
        "entry %(seq)s recorded it."
    ),
    "table-broken": N_(
        "The table «%(detail)s» cannot be read to its end, or is not the one that the program made."
    ),
    "checkpoint-missing": N_("The checkpoint %(detail)s, which entry %(seq)s speaks of, is gone."),
    "row-unknown": N_("%(detail)s was added behind the program's back: no entry recorded it."),
    "tail-cut": N_(
        "The ledger ends before entry %(seq)s, which was written once: its end was cut off (%(detail)s)."
    ),
    "checkpoint": N_(
        "Entry %(seq)s is not the one that was signed or printed: the ledger was written anew "
        "(%(detail)s)."
    ),
    "tree": N_("Entry %(seq)s names another root than the entries before it have."),
    "tree-block": N_(
        "The root that is kept of the %(detail)s entries up to %(seq)s is not theirs: the bundle of one "
        "work would prove nothing."
    ),
    "row-entries": N_("What is kept of which entries recorded a row is not what the entries say."),
    "arrival": N_(
        "Entry %(seq)s of the station is not the one that came in by entry %(detail)s: its ledger was "
        "written anew here."
    ),
    "not-arrived": N_(
        "Entries up to %(seq)s stand in the ledger of the station, and no bundle brought them."
    ),
    "signature": N_("The signature of the checkpoint at entry %(seq)s is wrong (%(detail)s)."),
    "unsealed": N_("The lock that keeps rows from being changed is gone: %(detail)s."),
    "scan": N_("The original %(detail)s is damaged or missing on the disk."),
    "scan-unknown": N_(
        "The file %(detail)s lies among the originals, but no scan belongs to it; a power cut during "
        "intake leaves such a file, and it harms nothing."
    ),
}
"""What each finding says to a person: a code alone would be passed over. `detail` is a row, a code
or a digest, to be looked for on paper."""
CODE = re.compile(r"(\d{4,9})-?(\d{4})-?(\d{4})-?(\d{4})")
"""Hyphens may be missing: people type the code from paper."""


def parse_code(code: str, field: str = "") -> tuple[int, str]:
    """A checkpoint code as typed from paper → (number of the entry, code in its printed form).
    `field`: where it was typed.

    Invalid otherwise.
    """
    found = CODE.fullmatch(
        # Office programs and telephones put other dashes and blanks into a copied code.
        re.sub(r"[\s‐‑–—−]", lambda m: "" if m[0].isspace() else "-", code.strip())
        # As a hand scanner types it from the QR code beside it.
        .removeprefix("EXAMDAY-LEDGER")
    )
    if not found:
        raise Invalid(
            N_("This is not a checkpoint code: %(code)s"),
            code="checkpoint-code",
            field=field,
            advice=N_(
                "It looks like 0412-7731-0945-1180 and stands at the foot of each print-out."
            ),
            params={"code": code},
        )
    return int(found[1]), "-".join((f"{int(found[1]):04d}", *found.groups()[1:]))


def compare_rows(
    recorded: Mapping[str, tuple[str, int]], present: Mapping[str, str]
) -> list[Fault]:
    """Compare the digests the ledger recorded with those of the rows that are really there."""
    faults = [
        Fault(seq, "row-missing" if key not in present else "row-changed", key)
        for key, (value, seq) in recorded.items()
        if value != present.get(key, "")
    ]
    return sorted(faults, key=lambda f: (f.seq, f.detail))
