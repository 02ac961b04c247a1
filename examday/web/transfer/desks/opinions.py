"""What the machine says of the three readings of a Braille work, shown after the own reading."""

from collections.abc import Mapping

from examday.domain.transfer.answers import Choice
from examday.i18n import gettext as _
from examday.services.braille.cells.signs import dots_in_words
from examday.services.braille.opinion import second_opinion
from examday.services.braille.opinion.essays import Place
from examday.services.transfer.desks.settle import Revealed, Table
from examday.services.unit_of_work import UnitOfWork
from examday.web.braille.words import VERDICT_NAMES

Opinions = Mapping[Choice, second_opinion.SecondOpinion]


def opinions(
    uow: UnitOfWork, shown: Table, revealed: Revealed
) -> dict[Choice, second_opinion.SecondOpinion]:
    """Tell, for a Braille work, which of the three readings give the cells that the machine saw.

    Shown after the own reading only; empty when there is no machine reading of cells.
    """
    if not shown.booklet.is_braille:
        return {}
    found = {}
    for choice in (Choice.OWN, Choice.FIRST, Choice.SECOND):
        said = revealed.by_choice[choice]
        # Of whole answers: a place alone would be looked for all over the notebook.
        values = {f: said[f] for f in shown.differing}
        opinion = second_opinion.second_opinion(uow, shown.booklet.id, values)
        if opinion is not None:
            found[choice] = opinion
    return found


def said_of_places(shown: Table, revealed: Revealed, opinions: Opinions) -> dict[str, str]:
    """Return what the machine says of each reading at each place: "place choice" → words."""
    found: dict[str, str] = {}
    for choice, opinion in opinions.items():
        for f, cut in shown.asked.cuts.items():
            if f in opinion.long:
                at = cut.spans(revealed.by_choice[choice])
                found |= {
                    f"{place} {choice}": _words(opinion.long[f], span) for place, span in at.items()
                }
    return found


def said_of_print(
    shown: Table,
    revealed: Revealed,
    read: Mapping[str, str],
) -> dict[str, str]:
    """Return what the machine says of each reading at each place of a print-out.

    `read`: place → what it has read there; of other places it says nothing.
    """
    return {
        f"{place} {choice}": _printed(value.text, words)
        for place, words in read.items()
        if place in shown.asked.places
        for choice, value in revealed.readings(place).items()
    }


def _printed(text: str, words: str) -> str:
    """Return whether the machine has read this text; line ends of the paper say nothing."""
    if text.split() == words.split():
        return _("the machine has read the same")
    return _("the machine has read «%(text)s»", text=words)


def _words(differences: list[Place], span: tuple[int, int]) -> str:
    """Return whether a stretch of the text gives the cells that the machine saw."""
    here = [one for one in differences if _touches(one, span)]
    if not here:
        return _(VERDICT_NAMES["agree"])
    if all(one.unsure for one in here):
        return _(VERDICT_NAMES["machine unsure"])
    # Passed over: a difference far longer than the place is a passage that the machine did not
    # read.
    if any(one.characters[0] < span[0] and one.characters[1] >= span[1] for one in here):
        return _(VERDICT_NAMES["unreadable"])
    first = here[0]
    return _(
        "gives other cells: entered %(typed)s, read %(read)s",
        typed=_dots(first.typed),
        read=_dots(first.read),
    )


def _touches(one: Place, span: tuple[int, int]) -> bool:
    start, end = span
    first, last = one.characters
    # Cells that nobody typed are counted with the word behind them.
    return start <= last and (first < end or (not one.typed and first == end + 1))


def _dots(cells: str) -> str:
    """Return cells in words; none at all are «no cell»."""
    return _("dots %(dots)s", dots=dots_in_words(cells)) if cells else _("no cell")
