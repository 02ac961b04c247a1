"""The yearly report of the commission as tagged PDF."""

from collections.abc import Callable, Mapping

from examday.domain.messages import N_
from examday.paper import printing
from examday.services.appeals.papers.print_outs import Rows, Words, base
from examday.services.appeals.statistics import Year
from examday.services.printing.words import ru_decimal
from examday.services.unit_of_work import UnitOfWork

Number = Callable[[float, int], str]
"""Writes a number with so many decimals at most, as the language of the paper does: Russian has a
comma."""


def report(
    uow: UnitOfWork,
    year: Year,
    say: Words,
    titles: Mapping[str, str],
    labels: Mapping[str, str],
    large: bool,
) -> bytes:
    """Return facts and tables of the year.

    `titles`: table → msgid of what it counts by; `labels`: code → words.
    """
    title = say(N_("Appeals of %(year)s")) % {"year": year.year}
    data = base(uow, title, "appeal-year", training=False) | {
        "facts": facts(year, say, ru_decimal),
        "parts": [
            {
                "title": f"{say(N_('Appeals'))} {say(titles[key])}",
                "column": say(titles[key]),
                "few": bool(table.rows) and not table.safe,
                "rows": [
                    [labels.get(label, label), shown, bar] for label, shown, bar in table.shown()
                ],
            }
            for key, table in year.tables.items()
        ],
    }
    return printing.render("appeal-year", data, large)


def facts(year: Year, say: Words, number: Number) -> Rows:
    """Return the year in sentences; what is not known is left out."""
    rows = [
        [say(N_("Appeals")), year.cases],
        [say(N_("not decided yet")), year.open],
        [say(N_("withdrawn")), year.withdrawn],
    ]
    if year.median_days is not None:
        days = number(year.median_days, 1)
        rows.append([say(N_("median days to the decision")), days])
    if year.rate is not None:
        rows.append([say(N_("transfer defects per 1,000 fields")), rate_words(year, say, number)])
    return rows


def rate_words(year: Year, say: Words, number: Number) -> str:
    """Return the rate with its interval; where the count is small, the interval alone."""
    if year.rate is None:
        return ""
    between = say(N_("%(lower)s to %(upper)s with 95 %% certainty; %(fields)s fields")) % {
        "lower": number(year.rate.lower, 2),
        "upper": number(year.rate.upper, 2),
        "fields": year.fields,
    }
    return between if year.rate.value is None else f"{number(year.rate.value, 2)} ({between})"
