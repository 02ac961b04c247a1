"""Things of paper in the words of print-outs: sheets, envelopes, packets, their codes."""

from collections.abc import Mapping

from examday.domain.custody.counts import PURPOSE_NAMES, Purpose
from examday.domain.custody.kit import KIND_NAMES, THING_NAMES, Kind, sheet_name
from examday.domain.custody.paper_codes import spaced
from examday.paper.layout import layouts
from examday.services.printing.words import ru
from examday.storage.tables import Item


def kind(of: Kind) -> str:
    """Name things of one kind: «бланки (A4)»."""
    return ru(KIND_NAMES[of])


def counted(counts: Mapping[str, int]) -> str:
    """Put counts into words: «бланки (A4): 4, листы (A3): 4»."""
    return ", ".join(f"{kind(Kind(name))}: {number}" for name, number in counts.items())


def thing(item: Item) -> str:
    """Say what a thing is: «A3 · бланк регистрации», «тетрадь Брайля»."""
    if item.kind != Kind.PACKET and item.sheet:
        return f"{item.size} · {sheet(item.sheet)}"
    return ru(THING_NAMES[Kind(item.kind)])


def sheet(name: str) -> str:
    """Name a sheet; additional forms carry their number, a scanned sheet the name of its form."""
    if name in layouts():
        return layouts()[name].name
    number = name.removeprefix("extra_") if name.startswith("extra_") else ""
    return f"{ru(sheet_name(name)) or name} {number}".strip()


def code_of(item: Item) -> str:
    """The code as it is printed on the thing: our own, or the number of a standard form."""
    # Without the part after «/», which tells sheets of one form number apart in the database only:
    # on paper it would be typed as part of the number.
    return spaced(item.code.partition("/")[0])


def purpose(item: Item) -> str:
    """Say what an envelope or a packet of the point is for."""
    # Things that belong to no work have no sheet, so their purpose is kept in that column.
    return ru(PURPOSE_NAMES[Purpose(item.sheet)])
