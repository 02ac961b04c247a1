"""Tables that burst: a refusal that says what to do, the limits before the memory, and a station
that goes on."""

import csv
import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from examday.domain.errors import MachineTrouble
from examday.domain.people.roles import Actor, Role
from examday.i18n import gettext
from examday.paper import outside, table_dbf, table_shape, table_workbook, tables
from examday.paper.table_shape import BadTable
from examday.services.plan.tables import kept, upload
from examday.services.unit_of_work import Store
from examday.storage.tables import Person

SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def xlsx(path: Path, sheet: str | bytes, strings: str = "") -> Path:
    """A workbook of one sheet with these cells, written by hand: no library would write what the
    tests need."""
    kinds = (
        f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/></Types>'
    )
    links = (
        f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" Type="{OFFICE}/%s" Target="%s"/>'
        f'<Relationship Id="r2" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
    )
    body = (
        sheet
        if isinstance(sheet, bytes)
        else f'<worksheet xmlns="{SHEET}">{sheet}</worksheet>'.encode()
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("[Content_Types].xml", kinds)
        out.writestr("_rels/.rels", links % ("officeDocument", "xl/workbook.xml"))
        out.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{SHEET}" xmlns:r="{OFFICE}"><sheets>'
            '<sheet name="A" sheetId="1" r:id="r1"/></sheets></workbook>',
        )
        out.writestr("xl/_rels/workbook.xml.rels", links % ("worksheet", "worksheets/sheet1.xml"))
        out.writestr("xl/worksheets/sheet1.xml", body)
        out.writestr("xl/sharedStrings.xml", strings or f'<sst xmlns="{SHEET}"/>')
    return path


def cell(at: str, text: str = "a") -> str:
    return f'<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>'


def far_cell(path: Path) -> Path:
    return xlsx(
        path,
        f'<sheetData><row r="1">{cell("A1")}</row><row r="20000">{cell("XFD20000")}</row></sheetData>',
    )


def ods(path: Path) -> Path:
    """Eighty million cells in one line of text."""
    name = "urn:oasis:names:tc:opendocument:xmlns"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr(
            "mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED
        )
        out.writestr("META-INF/manifest.xml", f'<m:manifest xmlns:m="{name}:manifest:1.0"/>')
        sheet = (
            '<table:table-row table:number-rows-repeated="5000"><table:table-cell '
            'table:number-columns-repeated="16000" office:value-type="string"><text:p>a</text:p>'
            "</table:table-cell></table:table-row>"
        )
        out.writestr(
            "content.xml",
            f'<office:document-content xmlns:table="{name}:table:1.0" xmlns:text="{name}:text:'
            f'1.0" xmlns:office="{name}:office:1.0"><office:body><office:spreadsheet>'
            f'<table:table table:name="A">{sheet}</table:table></office:spreadsheet>'
            "</office:body></office:document-content>",
        )
    return path


def shared_strings(path: Path) -> Path:
    """One long text named by very many cells."""
    rows = "".join(
        f'<row r="{n}">'
        + "".join(f'<c r="{column}{n}" t="s"><v>0</v></c>' for column in "ABCDEFGH")
        + "</row>"
        for n in range(1, 3_001)
    )
    return xlsx(
        path,
        f"<sheetData>{rows}</sheetData>",
        f'<sst xmlns="{SHEET}"><si><t>{"x" * 3_000_000}</t></si></sst>',
    )


def laughs(path: Path) -> Path:
    """Entities of entities of entities."""
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    sheet = (
        f'<!DOCTYPE w [<!ENTITY e0 "ha">{entities}]><worksheet xmlns="{SHEET}"><sheetData><row r="1">'
        f"{cell('A1', '&e11;')}</row></sheetData></worksheet>"
    )
    return xlsx(path, sheet.encode())


def deep(path: Path) -> Path:
    return xlsx(path, "<a>" * 2_000_000 + "</a>" * 2_000_000)


def zip_bomb(path: Path) -> Path:
    return xlsx(path, b"0" * (table_shape.MAX_UNPACKED + 1))


def dbf(path: Path, records: int, length: int, fields: list[int]) -> Path:
    """A DBF whose header announces whatever it likes; a few bytes of data follow."""
    columns = b"".join(
        struct.pack("<11sc4xBB14x", f"F{n}".encode(), b"C", width % 256, width // 256)
        for n, width in enumerate(fields)
    )
    head = struct.pack("<BBBBIHH20x", 3, 26, 6, 2, records, 33 + len(columns), length)
    path.write_bytes(head + columns + b"\r" + b" abc" * 5)
    return path


@pytest.mark.parametrize(
    "make",
    [
        far_cell,
        laughs,
        zip_bomb,
        # Each of these fills its whole budget before it is stopped.
        pytest.param(ods, marks=pytest.mark.release),
        pytest.param(shared_strings, marks=pytest.mark.release),
        pytest.param(deep, marks=pytest.mark.release),
    ],
)
@pytest.mark.release
def test_a_workbook_that_bursts_is_refused_and_the_parent_stays_small(
    tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    path = make(tmp_path / "plan")
    assert path.stat().st_size < 2**20
    for read in (lambda: outside.look(path), lambda: outside.read(path, "", "")):
        before = held_mb()
        try:
            table: Any = read()
        except BadTable as refused:
            assert gettext(refused.advice) != refused.advice, "the advice is there in Russian"
            assert held_mb() - before < 100
        else:
            assert make is deep, "only empty elements are harmless: they hold no cell"
            assert len(str(table)) < 1_000


def held_mb() -> int:
    """The most memory this process has ever held, MiB; asked twice it shows what happened in
    between."""
    text = Path("/proc/self/status").read_text()
    return int(text.split("VmHWM:")[1].split()[0]) // 1024


@pytest.mark.release
def test_a_far_cell_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(BadTable) as refused:
        outside.read(far_cell(tmp_path / "plan"), "", "")
    assert refused.value.params["cell"] == "XFD20000"
    with pytest.raises(BadTable) as refused:
        outside.read(ods(tmp_path / "plan"), "", "")
    assert refused.value.code == "table-too-much"


def test_empty_cells_that_office_programs_write_far_away_do_no_harm(tmp_path: Path) -> None:
    path = xlsx(
        tmp_path / "plan",
        f'<sheetData><row r="1">{cell("A1")}<c r="XFD1" s="0"/></row>'
        f'<row r="2">{cell("A2", "b")}</row></sheetData>',
    )
    assert outside.read(path, "", "").rows == [(2, ["b"])]


@pytest.mark.parametrize(
    ("records", "length", "fields"),
    [
        (4_294_967_295, 4, [3]),
        (1, 65_535, [65_535]),
        (4_294_967_295, 65_535, [65_535] * 40),
        (5, 0, [0] * 3),
        (5, 4, [1] * 255),
    ],
)
def test_a_dbf_that_announces_far_too_much_is_read_or_refused_at_once(
    tmp_path: Path, records: int, length: int, fields: list[int]
) -> None:
    path = dbf(tmp_path / "plan", records, length, fields)
    for read in (lambda: outside.look(path), lambda: outside.read(path, "cp866", "")):
        try:
            found: Any = read()
        except BadTable:
            continue
        assert len(str(found)) < 100_000


@pytest.mark.parametrize(
    "content",
    [
        b"A;B\n" + b"x" * 15_000_000,
        b";" * 15_000_000,
        b"\n" * 15_000_000,
        b"A\n" + b"\n".join([b"a;" * 190] * 40_000),
        b'"' * 10_000_001,
    ],
)
@pytest.mark.release
def test_a_csv_of_one_giant_line_field_or_nothing_is_refused(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "plan"
    path.write_bytes(content)
    with pytest.raises(BadTable):
        outside.read(path, "utf-8-sig", "")
    outside.look(path)  # no refusal: the preview shows its beginning


def test_the_notes_of_the_regional_centre_are_read_in_the_child_too() -> None:
    assert outside.read_note("Задание;Распознано\n1;ЁЖ\n".encode("cp1251")) == [
        ["Задание", "Распознано"],
        ["1", "ЁЖ"],
    ]
    for content in (
        b"A" * (outside.MAX_NOTE + 1),
        b";" * 1_000_000,
        b'"' + b"x" * 1_000_000,
        b"\n" * 1_000_000,
    ):
        with pytest.raises(BadTable):
            outside.read_note(content)


@pytest.mark.release
def test_no_memory_on_the_laptop_is_not_said_to_be_the_tables_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("examday.confined.free_mb", lambda: 1)
    with pytest.raises(MachineTrouble) as trouble:
        outside.read(ods(tmp_path / "plan"), "", "")
    assert gettext(trouble.value.message) != trouble.value.message


def test_the_page_refuses_a_far_cell_and_serves_the_next_person(
    store: Store, add_person: Callable[..., Person], browser: Callable[[], Any], tmp_path: Path
) -> None:
    add_person(store, "head", Role.SITE_HEAD)
    person = browser()
    person.log_in("head")
    sent = {"file": (io.BytesIO(far_cell(tmp_path / "plan").read_bytes()), "План.xlsx")}
    answer = person.post("/plan/file", sent, content_type="multipart/form-data")
    text = person.get(answer.headers["Location"]).get_data(as_text=True)
    assert "XFD20000" in text and "удалите строки и столбцы" in text
    assert "/confirm" not in text
    good = io.BytesIO(tables.write_csv(["Код участника"], [["У-1"]]))
    answer = person.post(
        "/plan/file", {"file": (good, "План.csv")}, content_type="multipart/form-data"
    )
    assert answer.status_code == 303


def test_no_foreign_table_is_opened_in_the_parent(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every reader of the parent process is broken here; the upload is read all the same."""
    for module, name in (
        (table_workbook, "CalamineWorkbook"),
        (table_dbf.dbfread, "DBF"),
        (csv, "reader"),
    ):
        monkeypatch.setattr(module, name, None)
    for content in (
        tables.write_xlsx({"A": (["Код участника", "Фамилия"], [["У-1", "Ёж"]])}),
        "Код участника;Фамилия\nУ-1;Ёж\n".encode(),
    ):
        set_id = kept.keep(store, SOMEBODY, [("план", io.BytesIO(content))])
        [(_name, path)] = kept.files_of(store, set_id)
        assert "Код участника" in str(upload.look(path).previews)
        assert upload.parsed(path, "candidates", "utf-8-sig").rows


SOMEBODY = Actor("somebody", frozenset({Role.SITE_HEAD}))


class Endless(io.RawIOBase):
    """A file without end; whoever asks for all of it at once would get no answer."""

    given = 0

    def read(self, size: int | None = -1) -> bytes:
        assert size is not None and 0 < size <= 2**24, "read in one piece"
        self.given += size
        return bytes(size)


def test_a_table_without_end_is_refused_before_it_fills_the_memory(store: Store) -> None:
    endless = Endless()
    with pytest.raises(table_shape.BadTable):
        kept.keep(store, SOMEBODY, [("plan.csv", endless)])  # type: ignore[list-item]
    assert endless.given <= table_shape.MAX_BYTES + 2**24
