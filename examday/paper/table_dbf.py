"""DBF tables of old offices. Only for the limited child."""

from collections.abc import Iterator
from pathlib import Path

import dbfread

from examday.domain.messages import N_
from examday.domain.plan.signs import NO_MEMO, TOO_NARROW
from examday.paper.table_shape import BadTable, headed, other_encoding, text_of


def read_dbf(
    path: Path, encoding: str, errors: str
) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    """Read column names and numbered rows of a DBF file; BadTable says what is wrong with it."""
    try:
        table = dbfread.DBF(
            path,
            encoding=encoding.removesuffix("-sig"),
            char_decode_errors=errors,
            ignore_missing_memofile=True,
            parserclass=_Fields,
        )
        if table.header.recordlen < 2:  # the library would go round in circles for ever
            raise BadTable
        full = table.header.headerlen + table.header.numrecords * table.header.recordlen
        if path.stat().st_size < full:
            raise BadTable(N_("The file is cut off: its last rows are missing."))
        return headed(list(table.field_names)), _dbf_rows(table)
    except (BadTable, MemoryError):
        raise
    except Exception as error:  # the library raises whatever a damaged header leads to
        raise BadTable() from error


class _Fields(dbfread.FieldParser):  # type: ignore[misc]
    """The library's own, but what cannot be read is never empty."""

    def parse(self, field: dbfread.dbf.DBFField, data: bytes) -> object:
        """Return the value of one field, or a sign where it has none.

        A memo that is not there, a number too wide for its column and what is no date get their
        signs.
        """
        # Told as too narrow: DBF programs fill a column with asterisks when the number does not
        # fit.
        if field.type in "NF" and b"*" in data:
            return TOO_NARROW
        try:
            value = super().parse(field, data)
        except ValueError:
            return self.decode_text(data.rstrip(b" \x00")) + "\ufffd"
        # A number of a block in the memo file: there is text, and it was not sent.
        memo = field.type in "MGPB" and (field.length in (4, 10)) and data.strip(b" 0\x00")
        return NO_MEMO if memo and not value else value


def _dbf_rows(table: dbfread.DBF) -> Iterator[tuple[int, list[str]]]:
    line = 1
    try:
        for line, record in enumerate(table, 2):
            yield line, [text_of(value) for value in record.values()]
    except UnicodeDecodeError as error:
        raise other_encoding(line) from error
    except MemoryError:
        raise
    except Exception as error:  # the library raises whatever a damaged record leads to
        raise BadTable() from error
