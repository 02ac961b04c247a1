"""Tables from outside: whatever the bytes are, the answer is a table or a plain refusal, never a
crash."""

import io
from pathlib import Path

import dbf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from examday.domain.errors import Invalid
from examday.domain.plan.rows import parse
from examday.paper import table_kind, table_workbook, tables
from examday.services.plan.file_columns import file_kinds

FEW = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """One good file of each sort."""
    folder = tmp_path_factory.mktemp("seeds")
    table = dbf.Table(
        str(folder / "plan.dbf"), "CODE C(10); SURNAME C(30); SEATS N(3,0)", codepage="cp866"
    )
    table.open(dbf.READ_WRITE)
    for number in range(3):
        table.append((f"У-{number}", "Ёлкин", number))
    table.close()
    book, out = Workbook(), io.BytesIO()
    assert book.active is not None
    book.active.append(["Код участника", "Фамилия"])
    book.active.append(["У-1", "Ёлкин"])
    book.save(out)
    return {
        "dbf": (folder / "plan.dbf").read_bytes(),
        "xlsx": out.getvalue(),
        "csv": "Код участника;Фамилия\r\nУ-1;Ёлкин\r\n".encode(),
    }


def survives(path: Path, data: bytes) -> None:
    """Read and parse in every encoding; only a plain refusal is allowed to come out."""
    path.write_bytes(data)
    for encoding in table_kind.ENCODINGS:
        try:
            table = tables.read(path, encoding)
            tables.preview(path, encoding) if table_kind.needs_encoding(
                path
            ) else table_workbook.sheets(path)
        except Invalid as refused:
            assert refused.message % refused.params
            continue
        for kind in file_kinds().values():
            parse(kind, table.header, table.rows)


@FEW
@given(data=st.binary(max_size=400))
def test_any_bytes_at_all(tmp_path: Path, data: bytes) -> None:
    survives(tmp_path / "any", data)


@pytest.mark.parametrize("sort", ["dbf", "xlsx", "csv"])
@FEW
@given(place=st.floats(0, 0.999), value=st.integers(0, 255), cut=st.floats(0.2, 1))
def test_a_good_file_with_one_wrong_byte_or_a_lost_end(
    tmp_path: Path, seeds: dict[str, bytes], sort: str, place: float, value: int, cut: float
) -> None:
    data = bytearray(seeds[sort])
    data[int(place * len(data))] = value
    survives(tmp_path / f"spoiled.{sort}", bytes(data[: max(1, int(cut * len(data)))]))


def with_a_name_that_is_no_text(archive: bytes) -> bytes:
    """The last member of the archive gets a name that is said to be UTF-8 and is not."""
    changed = bytearray(archive)
    entry = changed.rindex(b"PK\x01\x02")
    changed[entry + 8 : entry + 10] = (0x800).to_bytes(2, "little")
    changed[entry + 46] = 0xCA
    return bytes(changed)


def test_a_workbook_with_a_part_whose_name_is_no_text_is_refused(
    tmp_path: Path, seeds: dict[str, bytes]
) -> None:
    path = tmp_path / "plan.xlsx"
    path.write_bytes(with_a_name_that_is_no_text(seeds["xlsx"]))
    with pytest.raises(Invalid):
        tables.read(path)
