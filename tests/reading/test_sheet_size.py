"""A3 and A4 are told apart by what the file states of its resolution, and by nothing else."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pikepdf
import pytest
from PIL import Image

from examday.reading.guards import open_pages
from examday.reading.identify import identify
from examday.reading.sheet_size import tell_size

Sheet = Callable[..., np.ndarray]
A3 = 2**0.5
PAPER_300 = (3508, 2480)
CROPPED = (3400, 2300)


def size(scale: float, dpi: float | None, shape: tuple[int, int] = CROPPED) -> str | None:
    """The size told of a sheet whose layout takes `scale` × 300 px an inch."""
    found, note = tell_size(scale * 300 / 25.4, dpi, shape)
    assert (note is not None and note.code == "size-unknown") == (found is None)
    return found


def test_a_stated_resolution_tells_the_size() -> None:
    assert size(1.0, 300) == size(1.045, 300) == "A4"
    assert size(A3, 300) == "A3"
    assert size(A3, 424) == "A4"


def test_a_stated_resolution_that_a_usual_one_contradicts_decides_nothing() -> None:
    assert size(1.0, 200) is None, "300 dpi of a standard sheet are nearly 200 of an enlarged one"
    assert size(0.94, 300) is None


def test_a_sheet_that_a_copier_made_smaller_is_told_by_the_size_of_the_whole_picture() -> None:
    assert size(0.94, 300, PAPER_300) == "A4"


@pytest.mark.parametrize("shape", [PAPER_300, CROPPED])
def test_a_file_that_states_no_resolution_tells_no_size(shape: tuple[int, int]) -> None:
    """A phone makes an enlarged sheet as many pixels large as a scanner makes a standard one."""
    assert size(1.0, None, shape) is None
    assert size(A3, None, shape) is None


def test_a_page_of_one_pixel_to_the_point_is_told_by_the_pixels_of_a_whole_paper() -> None:
    assert size(1.0, 72.0, PAPER_300) == "A4"
    assert size(A3, 72.0, (4961, 3508)) == "A3"
    assert size(1.0, 72.0, CROPPED) is None, "no paper has these sides at a usual resolution"
    assert size(1.0, 72.0, (4000, 3000)) is None, "a photo"


@pytest.mark.parametrize(("slant", "around"), [(170, 1.0), (60, 1.08), (60, 1.4)])
def test_what_was_seen_from_a_slant_lay_on_no_scanner(
    sheet: Sheet, slant: float, around: float
) -> None:
    """Far less of it suffices where the picture is no paper: no feeder pulled the sheet then."""
    page = sheet({"1": "135"})
    high, wide = page.shape
    corners = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    seen = np.array([[slant, 90], [wide - slant, 90], [wide, high], [0, high]], np.float32)
    lens = cv2.getPerspectiveTransform(corners, seen)
    photo = cv2.warpPerspective(
        page, lens, (round(around * wide), round(around * high)), borderValue=120
    )
    found = identify(photo, 300)
    assert found.layout and found.size is None
    on_glass = np.full((round(around * high), round(around * wide)), 250, np.uint8)
    on_glass[:high, :wide] = page
    assert identify(on_glass, 300).size == "A4"


def told(path: Path) -> float | None:
    [page] = open_pages(path)
    return page.dpi


def saved(path: Path, kind: str, picture: Image.Image, **how: object) -> Path:
    picture.save(path, kind, **how)
    return path


PAGE = Image.fromarray(np.full(PAPER_300, 240, np.uint8))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
def test_a_number_that_programs_put_in_is_no_resolution(tmp_path: Path, kind: str) -> None:
    assert told(saved(tmp_path / "none", kind, PAGE)) is None
    assert told(saved(tmp_path / "72", kind, PAGE, dpi=(72, 72))) is None
    assert told(saved(tmp_path / "96", kind, PAGE, dpi=(96, 96))) is None
    assert told(saved(tmp_path / "300", kind, PAGE, dpi=(300, 300))) == pytest.approx(300, abs=0.1)


@pytest.mark.parametrize(
    ("kind", "how"),
    [
        ("JPEG", {"dpi": (100, 100)}),
        ("PNG", {"dpi": (100, 100)}),
        ("TIFF", {"dpi": (100, 100)}),
        ("TIFF", {"resolution": 39.37, "resolution_unit": "cm"}),
        ("TIFF", {"resolution": 39, "resolution_unit": "cm"}),
    ],
)
def test_a_hundred_dots_an_inch_in_whole_dots_of_another_measure_are_believed(
    tmp_path: Path, kind: str, how: dict[str, Any]
) -> None:
    stated = told(saved(tmp_path / "100", kind, PAGE, **how))
    assert stated == pytest.approx(100, abs=1)
    assert tell_size(100 / 25.4, stated, CROPPED) == ("A4", None)
    assert tell_size(A3 * 100 / 25.4, stated, CROPPED) == ("A3", None)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize(
    ("folder", "tag", "value", "dpi"),
    [
        (0x8769, 0x829D, 1.8, None),
        (0x8769, 0x8827, 64, None),
        (0x8769, 0xA434, "back camera 4.25mm", None),
        (0x8769, 0xA300, b"\x03", None),
        (0x8825, 1, "N", None),
        (None, 0x0110, "SM-A525F", None),
        (None, 0x0110, "Galaxy Note10", None),
        (None, 0x0110, "Pixel 7a", None),
        (None, 0x0110, "Pixel", None),
        (None, 0x010F, "HONOR", None),
        (None, 0x010F, "TECNO MOBILE LIMITED", None),
        (None, 0x0131, "Adobe Scan for Android", None),
        (None, 0x0131, "Pixel Translations Inc., PIXTIFF Version 54.1.179.905", 300),
        (None, 0x0131, "Pixel 2.1", 300),
        (None, 0x0131, "Galaxy scanning suite", 300),
        (None, 0x0131, "Honor Imaging", 300),
        (None, 0x0131, "Poco Scan 2", 300),
        (None, 0x010F, "SAMSUNG", 300),
        (None, 0x0110, "Canon PIXMA G3410", 300),
        (0x8769, 0xA300, b"\x02", 300),
    ],
)
def test_what_a_phone_notes_tells_no_size_and_what_a_scanner_notes_does(
    tmp_path: Path, kind: str, folder: int | None, tag: int, value: Any, dpi: float | None
) -> None:
    notes = Image.Exif()
    notes[0x0112] = 1  # without a note of the first list Pillow writes no other
    (notes if folder is None else notes.get_ifd(folder))[tag] = value
    page = Image.fromarray(np.full((351, 248), 240, np.uint8))
    path = saved(tmp_path / "page", kind, page, dpi=(300, 300), exif=notes)
    assert told(path) == (None if dpi is None else pytest.approx(dpi, abs=0.1))


def pdf(path: Path, sides: tuple[int, int], on: tuple[float, float], **how: object) -> Path:
    """A page of A4 with a picture of these sides, laid on so large, in points."""
    jpeg = io.BytesIO()
    Image.new("L", sides, 240).save(jpeg, "JPEG", **how)
    document = pikepdf.new()
    page = document.add_blank_page(page_size=(595, 842))
    page.obj.Resources = pikepdf.Dictionary(
        XObject=pikepdf.Dictionary(
            Im=pikepdf.Stream(
                document,
                jpeg.getvalue(),
                Type=pikepdf.Name.XObject,
                Subtype=pikepdf.Name.Image,
                Width=sides[0],
                Height=sides[1],
                ColorSpace=pikepdf.Name.DeviceGray,
                BitsPerComponent=8,
                Filter=pikepdf.Name.DCTDecode,
            )
        )
    )
    wide, high = on
    page.obj.Contents = document.make_stream(f"q {wide} 0 0 {high} 0 0 cm /Im Do Q".encode())
    document.save(path)
    return path


def test_a_scan_in_a_pdf_has_the_resolution_of_its_page(tmp_path: Path) -> None:
    full = pdf(tmp_path / "full.pdf", (2480, 3508), (595, 842))
    assert told(full) == pytest.approx(300, abs=1)
    smaller = pdf(tmp_path / "smaller.pdf", (2480, 3508), (559, 791))
    assert told(smaller) == pytest.approx(319.3, abs=1), "printed to a file at 94 %"
    fax = pdf(tmp_path / "fax.pdf", (2480, 1754), (595, 842))
    assert told(fax) == pytest.approx(300, abs=1), (
        "half the lines, whose sides are those of A4 upright"
    )


def test_a_photo_that_was_laid_onto_a_page_has_none(tmp_path: Path) -> None:
    assert told(pdf(tmp_path / "laid.pdf", (3000, 4000), (595, 793))) is None
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x829A] = 0.01
    assert told(pdf(tmp_path / "camera.pdf", (2480, 3508), (595, 842), exif=exif)) is None


def test_an_enlarged_sheet_on_a_page_of_a4_is_no_standard_one(tmp_path: Path) -> None:
    """What an unknown program makes of an A3 sheet: the pixels of A3, or any, on a page of A4."""
    for sides in ((2339, 3307), (2450, 3465), (2384, 3372), (1754, 2480)):
        at_a4 = sides[0] / 595 * 72
        own = told(pdf(tmp_path / "laid.pdf", sides, (595, 842)))
        assert own is None or abs(own / 300 - 1) > 0.1, (sides, at_a4, own)
    scanned = told(pdf(tmp_path / "padded.pdf", (2496, 3520), (595, 842)))
    assert scanned == pytest.approx(301.5, abs=1), "a scanner rounds its pixels up"


def test_a_pdf_that_a_phone_wrote_tells_no_size(tmp_path: Path) -> None:
    path = pdf(tmp_path / "phone.pdf", (2480, 3508), (595, 842))
    with pikepdf.open(path, allow_overwriting_input=True) as document:
        document.docinfo["/Producer"] = "iOS Version 17.2 (Build 21C62) Quartz PDFContext"
        document.save(path)
    assert told(path) is None
