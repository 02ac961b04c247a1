"""Table files: encodings that a person chooses, workbooks, DBF, exports, and files that are no
tables."""

import io
import zipfile
from pathlib import Path

import dbf
import pytest
from openpyxl import Workbook, load_workbook

from examday.paper import table_kind, table_shape, table_workbook, tables
from examday.paper.table_shape import BadTable

LINES = "Код участника;Фамилия\r\nУ-1;Ёлкин\r\nУ-2;Объедкова\r\n"


def csv_file(folder: Path, encoding: str, text: str = LINES) -> Path:
    path = folder / "plan.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", list(table_kind.ENCODINGS))
def test_the_same_table_comes_out_of_every_encoding(tmp_path: Path, encoding: str) -> None:
    table = tables.read(csv_file(tmp_path, encoding), encoding)
    assert table.header == ["Код участника", "Фамилия"]
    assert table.rows == [(2, ["У-1", "Ёлкин"]), (3, ["У-2", "Объедкова"])]


def test_the_preview_shows_a_person_which_encoding_reads_well(tmp_path: Path) -> None:
    path = csv_file(tmp_path, "cp866")
    seen = {encoding: tables.preview(path, encoding)[1][1] for encoding in table_kind.ENCODINGS}
    assert seen["cp866"] == "Ёлкин"
    assert seen["cp1251"] != "Ёлкин"
    assert "�" in seen["utf-8-sig"]


def test_the_wrong_encoding_is_refused_with_advice(tmp_path: Path) -> None:
    with pytest.raises(BadTable) as refused:
        tables.read(csv_file(tmp_path, "cp1251"), "utf-8-sig")
    assert "encoding" in refused.value.advice


@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_any_usual_separator_is_understood(tmp_path: Path, separator: str) -> None:
    path = csv_file(tmp_path, "utf-8", LINES.replace(";", separator))
    assert tables.read(path).rows[0] == (2, ["У-1", "Ёлкин"])


def test_line_numbers_count_lines_inside_quoted_cells(tmp_path: Path) -> None:
    path = csv_file(tmp_path, "utf-8", 'A;B\n"x\ny";1\nz;2\n')
    assert [line for line, _ in tables.read(path).rows] == [2, 4]


def test_an_open_quotation_mark_names_its_line(tmp_path: Path) -> None:
    with pytest.raises(BadTable) as refused:
        tables.read(csv_file(tmp_path, "utf-8", 'A;B\n1;2\n"x;3\n'))
    assert refused.value.params == {"line": 3}


def test_a_workbook_keeps_text_codes_and_turns_numbers_and_dates_into_text(tmp_path: Path) -> None:
    import datetime as dt

    book = Workbook()
    page = book.active
    assert page is not None
    page.append(["Аудитория", "Мест", "Дата", "Начало", "Лифт"])
    page.append(["0012", 12, dt.date(2026, 6, 2), dt.time(10, 0), True])
    book.create_sheet("Второй").append(["X"])
    path = tmp_path / "plan.xlsx"
    book.save(path)
    assert table_workbook.sheets(path) == ["Sheet", "Второй"]
    assert tables.read(path).rows == [(2, ["0012", "12", "2026-06-02", "10:00:00", "да"])]
    assert tables.read(path, sheet="Второй").header == ["X"]


def test_a_dbf_of_the_old_office_reads_with_the_chosen_code_page(tmp_path: Path) -> None:
    path = tmp_path / "plan.dbf"
    table = dbf.Table(str(path), "CODE C(10); SURNAME C(30); SEATS N(3,0)", codepage="cp866")
    table.open(dbf.READ_WRITE)
    table.append(("У-1", "Ёлкин", 12))
    table.close()
    assert table_kind.needs_encoding(path)
    assert tables.read(path, "cp866").rows == [(2, ["У-1", "Ёлкин", "12"])]
    assert tables.preview(path, "cp866")[1] == ["У-1", "Ёлкин", "12"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04 not a zip",
        b"\xd0\xcf\x11\xe0" + b"x" * 600,
        bytes([3, 26, 6, 2]) + b"\xff" * 60,
    ],
)
def test_damaged_files_are_refused_plainly(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "plan"
    path.write_bytes(data)
    with pytest.raises(BadTable):
        tables.read(path, "cp1251")


def test_a_workbook_that_unpacks_to_far_too_much_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 2**21)
    monkeypatch.setattr(table_workbook, "MAX_UNPACKED", 2**20)
    with pytest.raises(BadTable) as refused:
        tables.read(path)
    assert "unpacks" in refused.value.message


def test_too_many_rows_are_refused_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_shape, "MAX_ROWS", 1)
    with pytest.raises(BadTable) as refused:
        tables.read(csv_file(tmp_path, "utf-8"))
    assert refused.value.params == {"limit": 1}


@pytest.mark.parametrize("cell", ["=1+1", "+7 900", "-5", "@SUM(A1)"])
def test_exported_cells_are_never_formulas_and_come_back_unchanged(
    tmp_path: Path, cell: str
) -> None:
    data = tables.write_csv(["A"], [[cell]])
    assert data.startswith(b"\xef\xbb\xbf") and f"'{cell}".encode() in data
    path = tmp_path / "out.csv"
    path.write_bytes(data)
    assert tables.read(path).rows == [(2, [cell])]
    workbook = tables.write_xlsx({"Лист": (["A"], [[cell]])})
    page = load_workbook(io.BytesIO(workbook))["Лист"]
    assert page["A2"].value == f"'{cell}" and page["A2"].data_type == "s"
    path.write_bytes(workbook)
    assert tables.read(path).rows == [(2, [cell])]
