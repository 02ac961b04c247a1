"""The tables of the region as files of an office program."""

from collections.abc import Iterable, Sequence

from examday.paper import tables


def as_file(
    name: str,
    header: Sequence[str],
    rows: Iterable[Sequence[str]],
    file_format: str,
) -> bytes:
    """Return a table as "csv" or "xlsx"."""
    if file_format == "xlsx":
        return tables.write_xlsx({name: (header, rows)})
    return tables.write_csv(header, rows)
