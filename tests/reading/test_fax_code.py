"""The code of fax pictures is checked word by word: no damage in the middle passes for a picture."""

import io
import random
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from PIL import Image, TiffImagePlugin

from examday.reading.bad_files import BadFile, Damaged
from examday.reading.fax import FaxCode, check_fax
from examday.reading.guards import open_pages

WIDE, HIGH = 1000, 700
KINDS = {"G3 1-D": 0, "G3 2-D": 1, "G4": -1}


@pytest.fixture(scope="module")
def page() -> Image.Image:
    """Strokes, dots and rules as writing and print give them, and runs of every length."""
    rng = np.random.default_rng(3)
    dark = np.zeros((HIGH, WIDE), bool)
    for _ in range(260):
        x, y = int(rng.integers(10, WIDE - 60)), int(rng.integers(10, HIGH - 40))
        wide, high = int(rng.integers(1, 50)), int(rng.integers(1, 30))
        dark[y : y + high, x : x + wide] ^= True
    for row in range(60):
        dark[row, : row * 16 + row % 7] = True
    return Image.fromarray(((~dark) * 255).astype(np.uint8)).convert("1")


def strip_of(page: Image.Image, kind: str) -> tuple[bytes, bytes, int]:
    """A TIFF with one strip, the strip, and where it begins."""
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[278] = HIGH
    if kind == "G3 2-D":
        tags[292] = 1
    out = io.BytesIO()
    page.save(out, "TIFF", compression="group4" if kind == "G4" else "group3", tiffinfo=tags)
    with Image.open(io.BytesIO(out.getvalue())) as image:
        assert isinstance(image, TiffImagePlugin.TiffImageFile)
        (start,), (size,) = image.tag_v2[273], image.tag_v2[279]
    return out.getvalue(), out.getvalue()[start : start + size], start


def as_pdf(code: bytes, kind: str, **more: object) -> bytes:
    """A page that is one fax picture."""
    document = pikepdf.new()
    picture = pikepdf.Stream(document, code)
    picture.Type, picture.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    picture.Width, picture.Height, picture.BitsPerComponent = WIDE, HIGH, 1
    picture.ColorSpace, picture.Filter = pikepdf.Name.DeviceGray, pikepdf.Name.CCITTFaxDecode
    picture.DecodeParms = pikepdf.Dictionary(K=KINDS[kind], Columns=WIDE, Rows=HIGH, **more)
    sheet = document.add_blank_page(page_size=(WIDE / 2, HIGH / 2))
    sheet.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=picture))
    sheet.Contents = document.make_stream(b"q %d 0 0 %d 0 0 cm /Im0 Do Q" % (WIDE / 2, HIGH / 2))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def damaged(code: bytes, rng: random.Random) -> bytes:
    """The code with one small hurt that leaves its length: a bit, a byte, a run of zeros or ones, bytes
    written twice."""
    hurt, at = bytearray(code), rng.randrange(len(code) // 20, len(code) * 19 // 20)
    many = rng.choice((1, 2, 8, 64))
    match rng.randrange(5):
        case 0:
            hurt[at] ^= 1 << rng.randrange(8)
        case 1:
            hurt[at] ^= rng.randrange(1, 256)
        case 2:
            hurt[at : at + many] = bytes(len(hurt[at : at + many]))
        case 3:
            hurt[at : at + many] = b"\xff" * len(hurt[at : at + many])
        case _:
            hurt[at : at + 2] = hurt[at + 2 : at + 4]
    return bytes(hurt)


def grey(path: Path, data: bytes) -> np.ndarray | None:
    """The page's pixels; None for a file set aside."""
    path.write_bytes(data)
    try:
        (found,) = open_pages(path)
    except BadFile:
        return None
    return found.grey


@pytest.mark.parametrize("kind", KINDS)
def test_whole_fax_pictures_are_read_from_tiff_and_pdf(
    tmp_path: Path, page: Image.Image, kind: str
) -> None:
    tiff, code, _ = strip_of(page, kind)
    found = grey(tmp_path / "x.tif", tiff)
    assert found is not None and (found == np.asarray(page.convert("L"))).all()
    assert grey(tmp_path / "x.pdf", as_pdf(code, kind, EndOfLine=kind != "G4")) is not None


@pytest.mark.parametrize("kind", KINDS)
def test_damage_in_the_middle_is_found_or_is_a_few_pixels(
    tmp_path: Path, page: Image.Image, kind: str
) -> None:
    """Damage that gives the code of another picture cannot be told. On a form, 20 of 714 cases passed, half
    of them in PDF; those looked at changed 3 to 20 pixels. On this page, where in G4 each edge goes on
    through the rows below it, up to 1,024 of 700,000 change."""
    tiff, code, start = strip_of(page, kind)
    whole, rng, passed = np.asarray(page.convert("L")), random.Random(11), []
    for _ in range(60):
        hurt = damaged(code, rng)
        found = grey(tmp_path / "x.tif", tiff[:start] + hurt + tiff[start + len(code) :])
        changed = 0 if found is None else int((found != whole).sum())
        passed += [changed] if changed else []
    assert len(passed) <= 4 and max(passed, default=0) <= 0.002 * WIDE * HIGH


@pytest.mark.parametrize("rows", [1, 128])
def test_each_strip_is_checked(tmp_path: Path, page: Image.Image, rows: int) -> None:
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[278] = rows
    out = io.BytesIO()
    page.save(out, "TIFF", compression="group4", tiffinfo=tags)
    assert grey(tmp_path / "x.tif", out.getvalue()) is not None


def test_rows_that_are_missing_or_too_many_are_damage(page: Image.Image) -> None:
    _, code, _ = strip_of(page, "G4")
    check_fax(code, FaxCode(WIDE, HIGH, -1))
    for width, height in ((WIDE, HIGH + 1), (WIDE + 8, HIGH), (WIDE - 8, HIGH)):
        with pytest.raises(Damaged):
            check_fax(code, FaxCode(width, height, -1))
    with pytest.raises(Damaged):
        check_fax(code[: len(code) // 2], FaxCode(WIDE, HIGH, -1))
    # no end mark, but a line end that a PDF counts in: still whole
    check_fax(code[:-3] + b"\r\n", FaxCode(WIDE, HIGH, -1))


def test_rows_that_begin_with_a_byte_need_no_marks(page: Image.Image) -> None:
    """Of TIFF's compression 2, which Pillow cannot write: one row of a thousand white pixels, twice."""
    # 960 and 40, filled up to whole bytes as the tag allows
    row = int("011010100" + "00101001" + "0000000", 2).to_bytes(3, "big")
    check_fax(row * 2, FaxCode(WIDE, 2, 0, aligned=True))
    with pytest.raises(Damaged):
        check_fax(row + b"\xff" * 3, FaxCode(WIDE, 2, 0, aligned=True))


def test_rows_that_a_hole_of_ones_makes_up_are_damage() -> None:
    """Each bit stands for a row like the one above it: the rest of the page moves down."""
    page = Image.new("1", (800, 600), 1)
    page.paste(0, (100, 300, 200, 400))
    out = io.BytesIO()
    page.save(out, "TIFF", compression="group4")
    page = Image.open(io.BytesIO(out.getvalue()))
    start, size = page.tag_v2[273][0], page.tag_v2[279][0]
    code = out.getvalue()[start : start + size]
    check_fax(code, FaxCode(800, 600, -1))
    with pytest.raises(Damaged):
        check_fax(b"\xff" + code, FaxCode(800, 600, -1))
