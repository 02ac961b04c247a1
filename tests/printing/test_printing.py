"""Every document is a tagged, readable PDF: checked with two independent checkers, in both sizes."""

import datetime as dt
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import outloud
import pdfua
import pypdfium2
import pytest
import zxingcpp

from examday.domain.custody.paper_codes import item_code, spaced
from examday.domain.custody.sheet_codes import sheet_number
from examday.paper.printing import DOCUMENTS, PRINT, checkpoint_qr, item_barcode, render
from examday.services.printing.documents import DOCUMENT_NAMES

NASTY = '#panic("x") *жирно* _курсив_ @ref <метка> $x$ `код` // \\ "кавычки" #read("common.typ") «ёлки» &amp;'
CODE = "0412-7731-0945-1180"
MINE = tuple(DOCUMENT_NAMES)
"""The documents of the exam day; those of the conflict commission are checked beside its own
tests."""


def sample(**more: Any) -> dict[str, Any]:
    """Data that fills every template: real lengths, many rows, markup in names."""
    label = item_code("enlarged_sheet", 41277)
    rows = [[f"{n}", NASTY if n == 3 else "слова"] for n in range(30)]

    def table(columns: int) -> list[list[str]]:
        return [[*row, *["—"] * columns][:columns] for row in rows]

    return {
        "title": "Проверка печати",
        "lead": "",
        "code": CODE,
        "training": False,
        "printed_at": dt.datetime(2026, 6, 4, 14, 5, tzinfo=ZoneInfo("Europe/Moscow")),
        "steps": ["done"] * 6 + ["here"] + ["todo"] * 6,
        "summary": "Шаг 7 из 13",
        "note": "",
        "facts": [["Экзамен", "ЕГЭ, 01"], ["Участник", ""], ["Номер бланка", "2 610114 090019"]],
        "numbers": [["Ответов", "26"]],
        "parts": table(3),
        "sheets": table(5),
        "fields": table(4),
        "signed": table(5),
        "signers": [["переносивший", "Иванова И. И."], ["наблюдатель", ""]],
        "rows": table(9),
        "counts": table(4),
        "works": table(8),
        "statement": ["ответов: 26", NASTY],
        "content": "0" * 64,
        "steps-table": table(2),
        "figures": table(2),
        "people": table(4),
        "notes": table(5),
        "rest": table(3),
        "remarks": table(3),
        "reasons": table(2),
        "accounts": table(8),
        "alarms": table(4),
        "breaks": table(6),
        "open": table(4),
        "no-remarks": NASTY,
        "closing": [["День ППЭ закрыт", NASTY]],
        "labels": [
            {
                "svg": item_barcode(label),
                "spaced": spaced(label),
                "thing": "лист А3",
                "place": "0101-1А",
            }
        ]
        * 25,
        "groups": [
            {
                "title": "Краткие ответы",
                "fields": [
                    {
                        "label": f"Задание {n}",
                        "signs": list("КИСЛОРОД0О3З"[: n % 13]),
                        "mark": "" if n % 4 else "неразборчиво",
                    }
                    for n in range(1, 27)
                ],
            }
        ],
        "long": [
            {"label": "Задание 27", "mark": "", "pages": [["строка " * 12] * 40, ["", NASTY]]}
        ],
        "stays": {
            "sheets": ["Бланк регистрации"],
            "perhaps": False,
            "whom": "Новикова Анна Петровна",
            "void": ["Бланк ответов № 1"],
            "gone": False,
            "groups": [],
            "long": [],
        },
        **more,
    }


def cover(n: int) -> dict[str, str]:
    """One work of a sheet that lies before its pages."""
    words = {"seat": f"0101-{n}А", "medium": "Тетрадь, Брайль", "number": "", "exam": NASTY}
    return {"svg": item_barcode(item_code("enlarged_sheet", n)), **words}


def needed(document: str, **more: Any) -> dict[str, Any]:
    """The sample with tables as wide as this document's."""
    width = {
        "transfer-act": {"sheets": 3, "signed": 3},
        "true-copy": {"signed": 3},
        "custody-journal": {"rows": 9},
        "observers": {"rows": 4},
        "packet-contents": {"rows": 3, "counts": 2},
        "readiness": {"rows": 4},
        "handover-act": {"works": 3, "counts": 3},
        "commission-progress": {"works": 6},
    }.get(document, {})
    data = sample(**more)
    if document == "transfer-act":
        data["answers"] = [{"title": "Задания 1–20", "rows": data["fields"]}]
        around = "не ждёт награды. Оно … само, и мы узнаём"
        long = ["Развёрнутый ответ, задание 27: место 1", around, "приходит", NASTY, "приходит"]
        data["recording"] = [["Файл", NASTY], ["Код файла", "0f" * 32]]
        data["places"] = [[*long, "приходит¶ это", "своё прочтение"]]
    if document == "scan-cover":
        return data | {"sheets": [cover(n) for n in range(3)]}
    return data | {name: [row[:n] for row in data[name]] for name, n in width.items()}


def pages(pdf: bytes) -> list[Any]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [
            (page.get_textpage().get_text_bounded(), page.render(scale=150 / 72).to_pil())
            for page in document
        ]
    finally:
        document.close()


@pytest.mark.parametrize("large", [False, True], ids=["ordinary", "large"])
@pytest.mark.parametrize("document", MINE)
def test_a_document_is_tagged_and_says_whose_form_it_is(
    document: str, large: bool, tmp_path: Path
) -> None:
    pdf = render(document, needed(document), large)
    path = tmp_path / "x.pdf"
    path.write_bytes(pdf)
    report = pdfua.validate(str(path))
    assert [f for outcome in report.outcomes for f in outcome.findings] == []
    found = pages(pdf)
    for number, (text, picture) in enumerate(found, 1):
        words = " ".join(text.split())
        assert "внутренняя форма, не форма ППЭ" in words and CODE in words
        assert f"стр. {number} из {len(found)}" in words
        wide, high = picture.size
        foot = picture.crop((wide * 2 // 3, high * 4 // 5, wide, high))
        assert [code.text for code in zxingcpp.read_barcodes(foot)] == [f"EXAMDAY-LEDGER {CODE}"]


@pytest.mark.parametrize("document", ["transfer-act", "copying-sheet", "labels"])
def test_a_screen_reader_finds_no_error(document: str, tmp_path: Path) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(render(document, needed(document)))
    result = outloud.check(str(path))
    assert result.error is None
    assert [(f.rule, f.message) for f in result.findings if f.severity == "error"] == []


@pytest.mark.parametrize("document", MINE)
def test_the_same_data_gives_the_same_bytes(document: str) -> None:
    assert render(document, needed(document)) == render(document, needed(document))


def test_markup_in_a_name_is_plain_text() -> None:
    text = "".join(text for text, _ in pages(render("transfer-act", needed("transfer-act"))))
    assert '#panic("x")' in text and "*жирно*" in text and "&amp;" in text


@pytest.mark.parametrize("document", MINE)
def test_a_training_day_says_so_on_every_page(document: str) -> None:
    found = pages(render(document, needed(document, training=True)))
    assert all("ТРЕНИРОВКА" in text for text, _ in found)
    assert all("ТРЕНИРОВКА" not in text for text, _ in pages(render(document, needed(document))))


def test_the_copying_sheet_is_marked_and_bears_no_form_code() -> None:
    found = pages(render("copying-sheet", needed("copying-sheet")))
    assert "Для: Новикова Анна Петровна" in " ".join(found[0][0].split())
    for text, picture in found:
        assert "НЕ ДЛЯ СКАНИРОВАНИЯ" in " ".join(text.split())
        codes = zxingcpp.read_barcodes(picture)
        assert {c.format for c in codes} == {zxingcpp.BarcodeFormat.QRCode}
        assert all(sheet_number(c.text) is None for c in codes)


def test_large_print_is_large() -> None:
    """22 pt and more for everything but the foot."""
    document = pypdfium2.PdfDocument(render("day-summary", needed("day-summary"), True))
    text = document[0].get_textpage()
    start = text.get_text_range().index("Экзамен")
    _left, bottom, _right, top = text.get_charbox(start, loose=True)
    document.close()
    assert top - bottom >= 22


def test_in_large_print_a_digest_has_the_width_that_its_number_leaves() -> None:
    digests = [[f"{n}", "0f" * 32] for n in range(1, 28)]
    assert len(pages(render("destruction-act", sample(hashes=digests), large=True))) <= 5


def test_signatures_come_with_the_last_row() -> None:
    # At so many rows the next page begins: with signatures alone they would be of nothing.
    for number in (28, 31):
        rows = [[f"E {n:03}", "конверт", "0101-1А"] for n in range(number)]
        data = needed("packet-contents") | {"rows": rows, "counts": [["конверты", str(number)]]}
        *_, (last, _picture) = pages(render("packet-contents", data))
        assert "Подписи" in last and rows[-1][0] in last, number


def test_only_known_documents_are_rendered() -> None:
    assert set(MINE) <= set(DOCUMENTS)
    with pytest.raises(KeyError):
        render("../../../etc/passwd", sample())
    with pytest.raises(ValueError, match="never printed"):
        item_barcode("2610114090019")
    assert sheet_number(f"EXAMDAY-LEDGER {CODE}") is None and "<svg" in checkpoint_qr(CODE)


def test_the_font_and_its_licence_are_ours() -> None:
    names = {path.name for path in (PRINT / "fonts").iterdir()}
    assert any(name.endswith(".ttf") for name in names) and any("OFL" in name for name in names)
