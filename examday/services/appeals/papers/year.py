"""The yearly report of the commission as tagged PDF."""

from collections.abc import Mapping

from examday.domain.messages import N_
from examday.paper import printing
from examday.services.appeals.papers.print_outs import Rows, Words, base
from examday.services.appeals.statistics import Year
from examday.services.unit_of_work import UnitOfWork


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
        "facts": facts(year, say),
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


def facts(year: Year, say: Words) -> Rows:
    """Return the year in sentences; what is not known is left out."""
    rows = [
        [say(N_("Appeals")), year.cases],
        [say(N_("not decided yet")), year.open],
        [say(N_("withdrawn")), year.withdrawn],
    ]
    if year.median_days is not None:
        rows.append([say(N_("median days to the decision")), f"{year.median_days:g}"])
    if year.rate is not None:
        rows.append([say(N_("transfer defects per 1,000 fields")), rate_words(year, say)])
    return rows


def rate_words(year: Year, say: Words) -> str:
    """Return the rate with its interval; where the count is small, the interval alone."""
    if year.rate is None:
        return ""
    between = say(N_("%(lower).2f to %(upper).2f with 95 %% certainty; %(fields)s fields")) % {
        "lower": year.rate.lower,
        "upper": year.rate.upper,
        "fields": year.fields,
    }
    return between if year.rate.value is None else f"{year.rate.value:.2f} ({between})"
