"""A file is whole or it is set aside; its own geometry makes the picture."""

import contextlib
import io
import re
import struct
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pikepdf
import pillow_heif
import pytest
from PIL import Image, TiffImagePlugin

from examday.reading import decoded_twice, heif
from examday.reading.bad_files import MorePictures, OtherCoding, PhonePicture
from examday.reading.guards import BadFile, Damaged, NoPages, OpenForm, open_pages
from examday.reading.holes import has_hole
from examday.reading.second_decoder import ONLY_HEVC, picture_of
from tests.phone_tiles import tiled

Sheet = Callable[..., np.ndarray]


@pytest.fixture(scope="module")
def paper() -> np.ndarray:
    """A page with print all over: noise that no coder can leave out."""
    rng = np.random.default_rng(5)
    page = rng.integers(150, 255, (600, 424), dtype=np.uint8)
    page[40:560:40, 30:400] = 10
    return page


def coded(page: np.ndarray, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    Image.fromarray(page).save(out, kind, **options)
    return out.getvalue()


def pages(folder: Path, data: bytes) -> list[tuple[tuple[int, ...], float | None]]:
    file = folder / "scan"
    file.write_bytes(data)
    return [(page.grey.shape, page.dpi) for page in open_pages(file)]


def first(folder: Path, data: bytes) -> np.ndarray:
    file = folder / "scan"
    file.write_bytes(data)
    return next(open_pages(file)).grey


def one_bit(page: np.ndarray) -> Image.Image:
    return Image.fromarray(page > 200)


@pytest.mark.parametrize("options", [{}, {"progressive": True}], ids=["baseline", "progressive"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_jpeg_cut_short_is_damaged_with_or_without_an_end_mark(
    tmp_path: Path, paper: np.ndarray, options: dict[str, object], share: float
) -> None:
    whole = coded(paper, "JPEG", quality=85, **options)
    assert pages(tmp_path, whole) and pages(tmp_path, whole + b"\0" * 100)
    half = whole[: int(share * len(whole))]
    for data in (half, half + b"\xff\xd9", half + b"\0" * 5000 + b"\xff\xd9"):
        with pytest.raises(Damaged):
            pages(tmp_path, data)


def test_a_progressive_jpeg_without_its_last_scans_is_damaged(
    tmp_path: Path, paper: np.ndarray
) -> None:
    whole = coded(paper, "JPEG", quality=85, progressive=True)
    last = whole.rfind(b"\xff\xda")
    with pytest.raises(Damaged):  # complete in itself, only less sharp: no decoder says a word
        pages(tmp_path, whole[:last] + b"\xff\xd9")


def test_code_left_over_in_a_jpeg_is_damage_and_padding_is_none(
    tmp_path: Path, paper: np.ndarray
) -> None:
    whole = coded(paper, "JPEG", quality=85)
    for padding in (b"\0" * 7, b"\xff" * 7):
        assert pages(tmp_path, whole[:-2] + padding + b"\xff\xd9")
    height = whole.index(b"\xff\xc0") + 5
    fewer_rows = whole[:height] + (592).to_bytes(2, "big") + whole[height + 2 :]
    with pytest.raises(Damaged):  # rows that went astray leave code over, too
        pages(tmp_path, fewer_rows)


@pytest.mark.parametrize(
    ("kind", "mark", "coding", "named"),
    [
        ("JPEG", b"\xff\xc0\x00\x0b\x08", b"\xff\xc1\x00\x0b\x0c", "JPEG, 12 bit"),
        ("JPEG", b"\xff\xc0\x00\x0b", b"\xff\xc3\x00\x0b", "JPEG, lossless"),
        (
            "TIFF",
            struct.pack("<HHIH", 259, 3, 1, 1),
            struct.pack("<HHIH", 259, 3, 1, 50001),
            "WebP",
        ),
        (
            "TIFF",
            struct.pack("<HHIH", 259, 3, 1, 1),
            struct.pack("<HHIH", 259, 3, 1, 34712),
            "JPEG 2000",
        ),
    ],
    ids=["12 bits", "lossless", "WebP", "JPEG 2000"],
)
def test_a_whole_file_of_a_coding_that_is_not_opened_is_called_that_and_a_cut_one_damaged(
    tmp_path: Path, paper: np.ndarray, kind: str, mark: bytes, coding: bytes, named: str
) -> None:
    whole = coded(paper, kind)
    other = whole.replace(mark, coding, 1)
    assert pages(tmp_path, whole) and other != whole
    with pytest.raises(OtherCoding) as refused:
        pages(tmp_path, other)
    assert refused.value.params == {"what": named}
    with pytest.raises(Damaged):
        pages(tmp_path, other[: len(other) // 2])


def test_a_broken_chunk_of_a_png_is_found(tmp_path: Path, paper: np.ndarray) -> None:
    whole = bytearray(coded(paper, "PNG"))
    assert pages(tmp_path, bytes(whole))
    with pytest.raises(BadFile):
        pages(tmp_path, bytes(whole[:-12]))
    whole[len(whole) // 2] ^= 0x55
    with pytest.raises(BadFile):
        pages(tmp_path, bytes(whole))


@pytest.mark.parametrize(
    "compression", ["group3", "group4", "tiff_lzw", "tiff_adobe_deflate", "raw", "jpeg"]
)
def test_a_tiff_with_a_strip_zeroed_or_cut_is_damaged(
    tmp_path: Path, paper: np.ndarray, compression: str
) -> None:
    image = one_bit(paper) if compression.startswith("group") else Image.fromarray(paper)
    out = io.BytesIO()
    image.save(out, "TIFF", compression=compression)
    whole = out.getvalue()
    assert pages(tmp_path, whole)
    cut = whole[: len(whole) // 2]
    with pytest.raises(Damaged):  # begun as a scan: hurt, not some other kind of file
        pages(tmp_path, cut)
    if compression not in ("raw", "group3"):  # nothing in those says what a row should be
        hurt = bytearray(whole)
        middle = len(whole) // 2
        hurt[middle : middle + 400] = bytes(400)
        with pytest.raises(BadFile):
            pages(tmp_path, bytes(hurt))


def test_strange_bytes_in_packed_rows_of_a_tiff_are_damage(
    tmp_path: Path, paper: np.ndarray
) -> None:
    for image in (Image.fromarray(paper), one_bit(paper), Image.fromarray(paper).convert("RGB")):
        out = io.BytesIO()
        image.save(out, "TIFF", compression="packbits")
        whole = out.getvalue()
        assert pages(tmp_path, whole)
        middle = len(whole) // 2
        strange = np.random.default_rng(2).integers(0, 256, 300, dtype=np.uint8).tobytes()
        with pytest.raises(Damaged):
            pages(tmp_path, whole[:middle] + strange + whole[middle + 300 :])


def test_a_reduced_frame_and_a_preview_are_no_pages(tmp_path: Path, paper: np.ndarray) -> None:
    page, preview = Image.fromarray(paper), Image.fromarray(cv2.resize(paper, (106, 150)))
    other = Image.fromarray(paper[::-1].copy())
    told = Image.fromarray(cv2.resize(paper, (200, 300)))
    told.encoderinfo = {"tiffinfo": {254: 1}}
    out = io.BytesIO()
    page.save(out, "TIFF", save_all=True, append_images=[told, other, preview])
    found = pages(tmp_path, out.getvalue())
    assert [shape for shape, _ in found][:1] == [(600, 424)]
    assert (300, 200) not in [shape for shape, _ in found]


def test_a_tiff_cut_in_its_last_preview_is_damage(tmp_path: Path, paper: np.ndarray) -> None:
    preview = Image.fromarray(cv2.resize(paper, (106, 150)))
    preview.encoderinfo = {"tiffinfo": {254: 1}}
    out = io.BytesIO()
    Image.fromarray(paper).save(out, "TIFF", save_all=True, append_images=[preview])
    whole = out.getvalue()
    assert len(pages(tmp_path, whole)) == 1
    with pytest.raises(Damaged):
        pages(tmp_path, whole[:-3000])


@pytest.mark.parametrize(
    ("kind", "dpi"), [("TIFF", (204, 98)), ("JPEG", (200, 100)), ("JPEG with a note", (300, 150))]
)
def test_pixels_that_are_not_square_are_made_square(
    tmp_path: Path, paper: np.ndarray, kind: str, dpi: tuple[int, int]
) -> None:
    flat = cv2.resize(paper, (424, 294))
    by_note = Image.Exif()
    by_note[282], by_note[283], by_note[296] = float(dpi[0]), float(dpi[1]), 2
    more = {"exif": by_note} if kind == "JPEG with a note" else {"dpi": dpi}
    ((shape, told),) = pages(tmp_path, coded(flat, kind[:4], **more))
    assert shape == (round(294 * dpi[0] / dpi[1]), 424)
    assert told == pytest.approx(dpi[0], abs=1)


@pytest.mark.parametrize("note", [(300.0, None, 2), (300.0, 150.0, 1)])
def test_a_note_that_tells_no_second_resolution_squares_nothing(
    tmp_path: Path, paper: np.ndarray, note: tuple[object, ...]
) -> None:
    by_note = Image.Exif()
    by_note.update({tag: told for tag, told in zip((282, 283, 296), note, strict=True) if told})
    assert pages(tmp_path, coded(paper, "JPEG", exif=by_note)) == [(paper.shape, None)]


@pytest.mark.parametrize("bits", [10, 12, 16])
def test_grey_of_more_than_eight_bits_is_as_light_as_it_was(
    tmp_path: Path, paper: np.ndarray, bits: int
) -> None:
    deep = (paper.astype(np.uint16) << (bits - 8)) | (paper.astype(np.uint16) >> (16 - bits))
    grey = first(tmp_path, coded(deep, "TIFF"))
    assert abs(grey.astype(int) - paper).max() <= 2


@pytest.mark.parametrize("kind", [".png", ".tif"])
def test_colours_of_twelve_bits_in_sixteen_are_as_light_as_they_were(
    tmp_path: Path, paper: np.ndarray, kind: str
) -> None:
    deep = cv2.merge([paper.astype(np.uint16) << 4 | paper >> 4] * 3)
    assert abs(first(tmp_path, cv2.imencode(kind, deep)[1].tobytes()).astype(int) - paper).max() < 3


def test_a_turn_is_undone_in_a_picture_of_sixteen_bits(tmp_path: Path, paper: np.ndarray) -> None:
    exif = Image.Exif()
    exif[274] = 6
    stored = np.ascontiguousarray(np.rot90(paper)).astype(np.uint16) * 257
    out = io.BytesIO()
    Image.fromarray(stored).save(out, "PNG", exif=exif)
    assert abs(first(tmp_path, out.getvalue()).astype(int) - paper).max() <= 1


def pdf(
    picture: bytes, size: tuple[int, int], box: tuple[float, float], **more: object
) -> pikepdf.Pdf:
    document = pikepdf.new()
    image = pikepdf.Stream(document, picture)
    image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    image.Width, image.Height, image.BitsPerComponent = *size, 8
    image.ColorSpace = pikepdf.Name.DeviceGray
    image.Filter = pikepdf.Name(str(more.pop("filter", "/DCTDecode")))
    page = document.add_blank_page(page_size=box)
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im=image))
    page.Contents = document.make_stream(f"q {box[0]} 0 0 {box[1]} 0 0 cm /Im Do Q".encode())
    for name, value in more.items():
        page.obj[f"/{name}"] = value
    return document


def written(document: pikepdf.Pdf, **options: object) -> bytes:
    out = io.BytesIO()
    document.save(out, **options)
    return out.getvalue()


@pytest.mark.parametrize("points", [0.24, 1.0, 0.36])
def test_a_pdf_page_that_is_one_picture_has_its_pixels(
    tmp_path: Path, paper: np.ndarray, points: float
) -> None:
    box = 424 * points, 600 * points
    document = pdf(coded(paper, "JPEG", quality=95), (424, 600), box)
    ((shape, dpi),) = pages(tmp_path, written(document))
    assert abs(shape[0] - 600) <= 1 and abs(shape[1] - 424) <= 1
    assert dpi == pytest.approx(72 / points, rel=0.01)


def test_pictures_and_steps_of_a_pdf_may_be_packed_in_runs(
    tmp_path: Path, paper: np.ndarray
) -> None:
    packed = {"filter": "/RunLengthDecode"}
    document = pdf(in_runs(paper.tobytes()), (424, 600), (101.76, 144.0), **packed)
    page = document.pages[0]
    steps = page.Contents.read_bytes()
    page.Contents.write(in_runs(steps), filter=pikepdf.Name.RunLengthDecode)
    as_it_is = {"stream_decode_level": pikepdf.StreamDecodeLevel.none, "compress_streams": False}
    seen = cv2.resize(first(tmp_path, written(document, **as_it_is)), (424, 600))
    assert np.abs(seen.astype(int) - paper).mean() < 12
    document = pdf(in_runs(paper.tobytes()[:-900]), (424, 600), (101.76, 144.0), **packed)
    with pytest.raises(Damaged):
        pages(tmp_path, written(document, **as_it_is))


def test_a_user_unit_enlarges_the_page_and_not_its_pixels(
    tmp_path: Path, paper: np.ndarray
) -> None:
    document = pdf(coded(paper, "JPEG"), (424, 600), (50.9, 72.0), UserUnit=2)
    ((shape, dpi),) = pages(tmp_path, written(document))
    assert abs(shape[0] - 600) <= 1
    assert dpi == pytest.approx(300, rel=0.01)


def test_what_was_typed_into_a_form_is_in_the_picture(tmp_path: Path) -> None:
    document = pikepdf.new()
    page = document.add_blank_page(page_size=(300, 200))
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
    )
    look = document.make_stream(b"/Tx BMC q BT /F 30 Tf 0 g 5 10 Td (13157) Tj ET Q EMC")
    look.Type, look.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
    look.BBox, look.Resources = [0, 0, 200, 50], pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
    field = document.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, FT=pikepdf.Name.Tx,
            T="t1", V="13157", F=4, Rect=[20, 100, 220, 150],
            AP=pikepdf.Dictionary(N=look), DA="/F 30 Tf 0 g", P=page.obj,
        )
    )  # fmt: skip
    document.Root.AcroForm = pikepdf.Dictionary(Fields=[field], DA="/F 30 Tf 0 g")
    page.obj.Annots = document.make_indirect(pikepdf.Array([field]))
    assert (first(tmp_path, written(document)) < 100).sum() > 500


def test_a_form_that_only_a_form_filler_draws_is_refused(tmp_path: Path) -> None:
    document = pikepdf.new()
    document.add_blank_page(page_size=(300, 200))
    document.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([]), XFA="data")
    with pytest.raises(OpenForm):
        first(tmp_path, written(document))


@pytest.mark.parametrize("drawn", [False, True], ids=["no look", "asks to be drawn anew"])
def test_typed_letters_that_the_renderer_leaves_out_are_said(tmp_path: Path, drawn: bool) -> None:
    document = pikepdf.new()
    page = document.add_blank_page(page_size=(300, 200))
    field = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, FT=pikepdf.Name.Tx,
        T="t1", V="ОТВЕТ 135", F=4, Rect=[20, 100, 220, 150], DA="/F 30 Tf 0 g",
    )  # fmt: skip
    if drawn:
        look = document.make_stream(b"q Q")
        look.Type, look.Subtype, look.BBox = (
            pikepdf.Name.XObject,
            pikepdf.Name.Form,
            [0, 0, 200, 50],
        )
        field.AP = pikepdf.Dictionary(N=look)
    page.obj.Annots = document.make_indirect(pikepdf.Array([document.make_indirect(field)]))
    document.Root.AcroForm = pikepdf.Dictionary(
        Fields=page.obj.Annots, DA="/F 30 Tf 0 g", NeedAppearances=drawn
    )
    with pytest.raises(OpenForm):
        first(tmp_path, written(document))
    page.obj.Annots[0].V = pikepdf.String("135")
    assert first(tmp_path, written(document)).size
    page.obj.Annots[0].V = document.make_stream("ОТВЕТ".encode("utf-16"))
    with pytest.raises(OpenForm):
        first(tmp_path, written(document))


def test_what_was_typed_and_only_stored_is_said(tmp_path: Path) -> None:
    """Programs that fill in a form without a screen leave its look as it was: a frame, no letters."""
    document = pikepdf.new()
    page = document.add_blank_page(page_size=(300, 200))
    look = document.make_stream(b"/Tx BMC q 1 g 0 0 200 50 re f 0 G 0 0 200 50 re S Q EMC")
    look.Type, look.Subtype, look.BBox = pikepdf.Name.XObject, pikepdf.Name.Form, [0, 0, 200, 50]
    field = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, FT=pikepdf.Name.Tx, F=4,
        T="t1", Rect=[20, 100, 220, 150], DA="/F 30 Tf 0 g", AP=pikepdf.Dictionary(N=look),
    )  # fmt: skip
    page.obj.Annots = document.make_indirect(pikepdf.Array([document.make_indirect(field)]))
    document.Root.AcroForm = pikepdf.Dictionary(Fields=page.obj.Annots, DA="/F 30 Tf 0 g")
    assert first(tmp_path, written(document)).size, "nothing was typed"
    page.obj.Annots[0].V = pikepdf.String(" ")
    assert first(tmp_path, written(document)).size, "a blank shows nothing either"
    page.obj.Annots[0].V = pikepdf.String("135")
    with pytest.raises(OpenForm):
        first(tmp_path, written(document))
    look.write(b"/Tx BMC q BT /F 30 Tf 0 g 5 10 Td () Tj [() -20] TJ ET Q EMC")
    with pytest.raises(OpenForm):
        first(tmp_path, written(document))
    page.obj.Annots[0].F = 4 | 2  # hidden: on no screen and on no paper
    assert first(tmp_path, written(document)).size


def test_a_note_in_letters_that_are_left_out_is_said(tmp_path: Path) -> None:
    document = pikepdf.new()
    page = document.add_blank_page(page_size=(300, 200))
    note = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.FreeText, F=4, Contents="ОТВЕТ 135",
        Rect=[20, 100, 220, 150], DA="/Helv 30 Tf 0 g",
    )  # fmt: skip
    page.obj.Annots = pikepdf.Array([document.make_indirect(note)])
    with pytest.raises(OpenForm):
        first(tmp_path, written(document))


def dense_bits(page: np.ndarray) -> bytes:
    """A page of one bit in JBIG2 as PDF files hold it: one region, coded as a fax is."""
    high, wide = page.shape
    file = io.BytesIO()
    Image.fromarray(page).convert("1").save(file, "TIFF", compression="group4")
    with Image.open(file) as tiff:
        (start,), (size,) = tiff.tag_v2[273], tiff.tag_v2[279]
    fax = file.getvalue()[start : start + size]
    about = struct.pack(">IIIIBH", wide, high, 0, 0, 0, 0)
    region = struct.pack(">IIIIBB", wide, high, 0, 0, 0, 1) + fax
    return b"".join(
        struct.pack(">IBBBI", number, kind, 0, 1, len(part)) + part
        for number, kind, part in ((0, 48, about), (1, 38, region))
    )


def test_a_mask_that_does_not_decode_is_no_page_without_print(
    tmp_path: Path, paper: np.ndarray
) -> None:
    document = pdf(coded(paper, "JPEG"), (424, 600), (101.8, 144.0))
    bits = dense_bits(np.where(paper > 128, 255, 0).astype(np.uint8)[:600, :424])
    mask = document.make_stream(bits)
    mask.Type, mask.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    mask.Width, mask.Height, mask.BitsPerComponent = 424, 600, 1
    mask.ColorSpace, mask.Filter = pikepdf.Name.DeviceGray, pikepdf.Name.JBIG2Decode
    document.pages[0].Resources.XObject.Im.SMask = mask
    assert len(pages(tmp_path, written(document, compress_streams=False))) == 1
    mask.write(b"\x37\x80" * 900, filter=pikepdf.Name.JBIG2Decode)
    with pytest.raises(Damaged):
        pages(tmp_path, written(document, compress_streams=False))


@pytest.mark.parametrize("kind", ["/DCTDecode", "/JBIG2Decode", "/FlateDecode", "/CCITTFaxDecode"])
def test_a_picture_of_a_pdf_that_does_not_decode_is_no_white_page(
    tmp_path: Path, paper: np.ndarray, kind: str
) -> None:
    whole = coded(paper, "JPEG")
    rubbish = whole[: len(whole) // 2] + b"\xff\xd9" if kind == "/DCTDecode" else b"\x37\x80" * 900
    document = pdf(rubbish, (424, 600), (101.8, 144.0), filter=kind)
    if kind == "/CCITTFaxDecode":
        image = document.pages[0].Resources.XObject.Im
        image.BitsPerComponent = 1
        image.DecodeParms = pikepdf.Dictionary(K=-1, Columns=424, Rows=600)
    with pytest.raises(Damaged):
        pages(tmp_path, written(document, compress_streams=False))


@pytest.mark.parametrize("fault", ["other name", "no object", "no picture"])
def test_a_page_whose_picture_is_not_in_the_file_is_no_white_page(
    tmp_path: Path, paper: np.ndarray, fault: str
) -> None:
    document = pdf(coded(paper, "JPEG"), (424, 600), (101.8, 144.0))
    page = document.pages[0]
    if fault == "other name":
        page.Contents = document.make_stream(b"q 101 0 0 144 0 0 cm /Another Do Q")
    elif fault == "no object":
        del page.Resources.XObject.Im
    else:
        page.Resources.XObject.Im.Subtype = pikepdf.Name("/Imago")
    with pytest.raises(Damaged):
        pages(tmp_path, written(document))


@pytest.mark.parametrize("drawn", ["page", "form"])
def test_drawing_steps_that_end_too_early_are_damage_and_a_missing_sum_is_none(
    tmp_path: Path, paper: np.ndarray, drawn: str
) -> None:
    lines = b"".join(b"%d %d m %d 140 l S " % (n, n * 7 % 97, n * 3 % 101) for n in range(100))
    steps = zlib.compress(b"q 101 0 0 144 0 0 cm /Im Do Q " + lines)
    for cut, harm in ((4, False), (60, True)):
        document = pdf(coded(paper, "JPEG"), (424, 600), (101.8, 144.0))
        page = document.pages[0]
        stream = document.make_stream(b"")
        stream.write(steps[:-cut], filter=pikepdf.Name.FlateDecode)
        if drawn == "form":
            stream.Subtype, stream.Type = pikepdf.Name.Form, pikepdf.Name.XObject
            stream.BBox, stream.Resources = [0, 0, 102, 144], page.Resources
            page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Fm=stream))
            page.Contents = document.make_stream(b"/Fm Do")
        else:
            page.Contents = stream
        as_it_is = {"stream_decode_level": pikepdf.StreamDecodeLevel.none}
        with pytest.raises(Damaged) if harm else contextlib.nullcontext():
            assert pages(tmp_path, written(document, compress_streams=False, **as_it_is))


def inline(picture: bytes, filters: bytes) -> pikepdf.Pdf:
    """A page whose picture stands among its drawing steps, as some drivers write it."""
    document = pikepdf.new()
    page = document.add_blank_page(page_size=(106, 150))
    head = b"q 106 0 0 150 0 0 cm BI /W 424 /H 600 /BPC 8 /CS /G /F " + filters + b" ID "
    page.Contents = document.make_stream(head + picture + b"\nEI Q")
    return document


def in_runs(data: bytes) -> bytes:
    """Bytes as a scanner packs them that counts like ones; here none is counted."""
    parts = (data[at : at + 128] for at in range(0, len(data), 128))
    return b"".join(bytes([len(part) - 1]) + part for part in parts) + b"\x80"


@pytest.mark.parametrize("kind", ["/DCT", "/Fl", "/RL", "[/AHx /DCT]", "[/AHx /Fl]"])
def test_a_picture_among_the_drawing_steps_is_whole_or_damage(
    tmp_path: Path, paper: np.ndarray, kind: str
) -> None:
    whole = coded(paper, "JPEG") if "DCT" in kind else zlib.compress(paper.tobytes())
    whole = in_runs(paper.tobytes()) if "RL" in kind else whole
    half = whole[: len(whole) // 2] + (b"\xff\xd9" if "DCT" in kind else b"")
    wrapped = (lambda data: data.hex().encode() + b">") if "AHx" in kind else bytes
    seen = first(tmp_path, written(inline(wrapped(whole), kind.encode())))
    assert np.abs(seen.astype(int) - paper).mean() < 9
    with pytest.raises(Damaged):
        pages(tmp_path, written(inline(wrapped(half), kind.encode())))


def hurt_jpeg(paper: np.ndarray) -> bytes:
    whole = coded(paper, "JPEG")
    return whole[: len(whole) // 2] + b"\xff\xd9"


def test_a_hurt_picture_is_found_where_the_pages_share_their_resources(
    tmp_path: Path, paper: np.ndarray
) -> None:
    document = pdf(hurt_jpeg(paper), (424, 600), (101.8, 144.0))
    page = document.pages[0]
    document.Root.Pages.Resources = page.Resources
    del page.obj["/Resources"]
    with pytest.raises(Damaged):
        pages(tmp_path, written(document))


@pytest.mark.parametrize("which", ["/SMask", "/Mask"])
def test_a_hurt_mask_is_damage_because_it_may_hold_the_print(
    tmp_path: Path, paper: np.ndarray, which: str
) -> None:
    document = pdf(coded(paper, "JPEG"), (424, 600), (101.8, 144.0))
    mask = document.make_stream(hurt_jpeg(paper))
    mask.Type, mask.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    mask.Width, mask.Height, mask.BitsPerComponent = 424, 600, 8
    mask.ColorSpace, mask.Filter = pikepdf.Name.DeviceGray, pikepdf.Name.DCTDecode
    document.pages[0].Resources.XObject.Im[which] = mask
    with pytest.raises(Damaged):
        pages(tmp_path, written(document))


def test_the_sum_of_a_packed_picture_must_hold(tmp_path: Path, paper: np.ndarray) -> None:
    whole = bytearray(zlib.compress(paper.tobytes(), 0))
    box = (424, 600), (101.8, 144.0)
    assert pages(tmp_path, written(pdf(bytes(whole), *box, filter="/FlateDecode")))
    # whole all the same: the sum alone is missing
    assert pages(tmp_path, written(pdf(bytes(whole[:-4]), *box, filter="/FlateDecode")))
    whole[len(whole) // 2] ^= 0x40
    with pytest.raises(Damaged):
        options = {"stream_decode_level": pikepdf.StreamDecodeLevel.none}
        pages(tmp_path, written(pdf(bytes(whole), *box, filter="/FlateDecode"), **options))


def test_a_pdf_without_pages_says_so_and_one_cut_short_is_damaged(
    tmp_path: Path, paper: np.ndarray
) -> None:
    with pytest.raises(NoPages):
        pages(tmp_path, written(pikepdf.new()))
    whole = written(pdf(coded(paper, "JPEG"), (424, 600), (101.8, 144.0)))
    with pytest.raises(Damaged):
        pages(tmp_path, whole[: int(0.9 * len(whole))])


def test_a_scanners_pdf_with_an_owner_password_is_read(tmp_path: Path, paper: np.ndarray) -> None:
    document = pdf(coded(paper, "JPEG"), (424, 600), (101.8, 144.0))
    lock = pikepdf.Encryption(owner="secret", user="", R=6)
    assert pages(tmp_path, written(document, encryption=lock))


def test_a_phones_heic_is_read(tmp_path: Path, paper: np.ndarray) -> None:
    out = io.BytesIO()
    pillow_heif.from_pillow(Image.fromarray(paper).convert("RGB")).save(out, quality=95)
    seen = first(tmp_path, out.getvalue())
    assert seen.shape == paper.shape
    assert abs(np.asarray(seen, int) - paper).mean() < 12
    with pytest.raises(Damaged):
        pages(tmp_path, out.getvalue()[: len(out.getvalue()) // 2])


@pytest.mark.release
def test_what_a_camera_took_states_no_size_and_a_scanner_with_a_name_does(
    tmp_path: Path, paper: np.ndarray
) -> None:
    phone = io.BytesIO()
    pillow_heif.from_pillow(Image.fromarray(paper).convert("RGB")).save(phone, quality=95)
    assert [dpi for _, dpi in pages(tmp_path, phone.getvalue())] == [None]
    for tag, dpi in (("exposed", None), ("maker", 300.0)):
        exif = Image.Exif()
        exif[0x010F] = "EPSON"
        if tag == "exposed":
            exif.get_ifd(0x8769)[0x829A] = 0.01
        out = io.BytesIO()
        Image.fromarray(paper).save(out, "JPEG", quality=95, dpi=(300, 300), exif=exif)
        assert [found for _, found in pages(tmp_path, out.getvalue())] == [dpi], tag


@pytest.mark.release
def test_a_page_behind_a_phones_heic_is_not_lost(
    tmp_path: Path, paper: np.ndarray, other: np.ndarray
) -> None:
    def heic(page: np.ndarray) -> bytes:
        out = io.BytesIO()
        pillow_heif.from_pillow(Image.fromarray(page).convert("RGB")).save(out, quality=95)
        return out.getvalue()

    jpeg, noise = coded(other, "JPEG"), bytes(range(256)) * 40
    video = struct.pack(">I8sII4s", 24, b"ftypmp42", 0, 0, b"mp42") + jpeg
    live = struct.pack(">I4s", 8 + len(video), b"mpvd") + video
    whole = heic(paper)
    further = (heic(other), jpeg, coded(other, "PNG"), coded(other, "TIFF"), bytes(64) + jpeg)
    # What reads as the head of a box that is longer than the file, or goes on to its end, is none.
    words = b"MotionPhoto_Data"
    further += (words + jpeg, bytes(4) + words + jpeg, live + words + jpeg, video + words + jpeg)
    further += (heic(other).replace(b"heic", b"hevx", 1),)
    for data in further:
        with pytest.raises(MorePictures):
            pages(tmp_path, whole + data)
    for data in (live, noise, bytes(500), b"SEFH\0\0\0\0SEFT", coded(paper, "JPEG")):
        assert len(pages(tmp_path, whole + data)) == 1
    with pytest.raises(MorePictures):
        pages(tmp_path, whole + live + jpeg)


@pytest.mark.release
def test_each_picture_of_a_heic_file_is_a_page_and_a_hole_is_damage(
    tmp_path: Path, paper: np.ndarray
) -> None:
    book = pillow_heif.from_pillow(Image.fromarray(paper).convert("RGB"))
    book.add_from_pillow(Image.fromarray(paper[:300]).convert("RGB"))
    out = io.BytesIO()
    book.save(out, quality=95)
    whole = out.getvalue()
    assert [shape for shape, _ in pages(tmp_path, whole)] == [(600, 424), (300, 424)]
    middle = len(whole) // 2
    with pytest.raises(Damaged):  # its decoder draws on without a word
        pages(tmp_path, whole[:middle] + bytes(512) + whole[middle + 512 :])


@pytest.mark.parametrize("colours", ["RGB", "L"])
@pytest.mark.release
def test_strange_bytes_in_a_phones_picture_are_damage(
    tmp_path: Path, paper: np.ndarray, colours: str
) -> None:
    picture = Image.fromarray(paper).convert(colours)
    if colours == "RGB":
        # Red and blue things beside the sheet are turned into grey otherwise by each decoder.
        picture.paste((200, 20, 30), (0, 0, 100, 300))
        picture.paste((20, 30, 190), (100, 0, 200, 300))
    out = io.BytesIO()
    pillow_heif.from_pillow(picture).save(out, quality=90)
    whole = out.getvalue()
    assert len(pages(tmp_path, whole)) == 1
    for share in (0.3, 0.5, 0.7):
        strange = bytearray(whole)
        at = int(share * len(whole))
        strange[at : at + 8] = b"\x5a\xc3\x11\x99\x7e\x42\xe7\x3d"
        with pytest.raises(Damaged):  # its decoder draws something else without a word
            pages(tmp_path, bytes(strange))


@pytest.mark.release
def test_a_phones_picture_that_one_decoder_alone_sees_is_damage(
    tmp_path: Path, paper: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = io.BytesIO()
    pillow_heif.from_pillow(Image.fromarray(paper).convert("RGB")).save(out, quality=90)
    whole = out.getvalue()
    ((place, settings),) = heif._coded_places(whole)
    alone = []
    for at in range(place.start + 6, place.start + 28):
        strange = bytearray(whole)
        strange[at] ^= 0x55
        code, config = bytes(strange[place]), whole[settings]
        units = b"".join(decoded_twice.START + u for u in decoded_twice._units(config, code))
        if picture_of(units, ONLY_HEVC) is None and not _refused(tmp_path, bytes(strange)):
            alone.append(at - place.start)
    assert not alone, "the first decoder's word does not stand where the second sees nothing"


def _refused(folder: Path, data: bytes) -> bool:
    try:
        return not pages(folder, data)
    except Damaged:
        return True


@pytest.mark.release
def test_a_phones_picture_of_tiles_is_one_page_and_damage_in_any_tile_is_told(
    tmp_path: Path, paper: np.ndarray
) -> None:
    sheet = np.pad(paper[:512, :424], ((0, 0), (0, 88)), constant_values=235)
    whole, places = tiled(sheet)
    ((shape, _dpi),) = pages(tmp_path, whole)
    assert shape == sheet.shape
    assert abs(np.asarray(first(tmp_path, whole), int) - sheet).mean() < 12
    for place, share in zip(places, (0.97, 0.9, 0.8, 0.5), strict=True):
        strange, at = bytearray(whole), int(place.start + share * (place.stop - place.start))
        strange[at] ^= 0x10
        with pytest.raises(Damaged):  # near its end both decoders draw the same nonsense
            pages(tmp_path, bytes(strange))


@pytest.mark.release
def test_a_phones_picture_whose_code_nobody_has_checked_is_not_read(
    tmp_path: Path, paper: np.ndarray
) -> None:
    """The code stands inside the box of notes: allowed, and written by no phone."""
    out = io.BytesIO()
    pillow_heif.from_pillow(Image.fromarray(paper).convert("RGB")).save(out, quality=90)
    whole = out.getvalue()
    ((place, config),) = heif._coded_places(whole)
    elsewhere = decoded_twice._file(whole[config], whole[place], paper.shape)
    assert len(pages(tmp_path, elsewhere)) == 1, "in its usual place it is read"
    kind, meta, body = elsewhere[:24], elsewhere[24:], whole[place]
    (length,) = struct.unpack_from(">I", meta)
    notes = meta[8 : length - len(decoded_twice._place(0, 0))]
    inside = decoded_twice._full(
        b"iloc", 1, struct.pack(">BBHHHHHII", 0x44, 0, 1, 1, 1, 0, 1, 0, len(body))
    )
    made = decoded_twice._box(b"meta", notes, inside, decoded_twice._box(b"idat", body))
    with pytest.raises(PhonePicture):
        pages(tmp_path, kind + made)


def test_without_the_decoder_the_message_says_how_to_switch_the_phone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pi_heif", None)
    with pytest.raises(BadFile) as refused:
        pages(tmp_path, b"\0\0\0\x18ftypheic" + b"\0" * 40)
    assert refused.value.code == "phone-picture" and refused.value.advice


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "TIFF", "PNG"])
def test_each_of_the_eight_turns_that_a_file_states_is_undone(
    tmp_path: Path, kind: str, turn: int
) -> None:
    upright = np.full((600, 424), 240, np.uint8)
    upright[30:90, 40:300] = 20  # a bar at the top, and a square at the left: no turn looks alike
    upright[300:380, 40:120] = 90
    stored = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.T,
        6: np.rot90(upright),
        7: upright[::-1, ::-1].T,
        8: np.rot90(upright, 3),
    }[turn]
    exif = Image.Exif()
    exif[274] = turn
    data = coded(np.ascontiguousarray(stored), kind, exif=exif)
    found = first(tmp_path, data)
    assert found.shape == upright.shape
    assert np.abs(found.astype(int) - upright).mean() < 3


def test_a_crop_box_shows_its_part_of_the_page_at_its_own_pixels(
    tmp_path: Path, paper: np.ndarray
) -> None:
    # the upper part alone, of a page of 212 x 300 points: a crop box hides the rest
    box = (0, 72, 212, 300)
    document = pdf(
        coded(paper, "JPEG", quality=95), (424, 600), (212.0, 300.0), CropBox=pikepdf.Array(box)
    )
    found = first(tmp_path, written(document))
    assert found.shape == (456, 424)
    assert np.abs(found.astype(int) - paper[:456]).mean() < 6


@pytest.mark.parametrize("bits", ["L", "1"])
def test_exchanged_lzw_code_is_damage_and_whole_code_is_not(
    tmp_path: Path, paper: np.ndarray, bits: str
) -> None:
    noise = np.random.default_rng(3).integers(-9, 10, paper.shape)
    grey = np.clip(paper.astype(int) + noise, 0, 255).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(grey).convert(bits).save(out, "TIFF", compression="tiff_lzw", dpi=(300, 300))
    whole = out.getvalue()
    assert first(tmp_path, whole).shape == paper.shape
    middle = len(whole) // 2
    one, other = whole[middle : middle + 8], whole[middle + 300 : middle + 308]
    hurt = whole[:middle] + other + whole[middle + 8 : middle + 300] + one + whole[middle + 308 :]
    with pytest.raises(Damaged):
        pages(tmp_path, hurt)


def test_a_copy_of_bare_pixels_that_broke_off_is_damage(tmp_path: Path, paper: np.ndarray) -> None:
    out = io.BytesIO()
    Image.fromarray(paper).save(out, "TIFF", dpi=(300, 300))
    whole = out.getvalue()
    middle = len(whole) // 2 + 100
    for hole in (len(whole) - middle, 3000):
        with pytest.raises(Damaged):
            pages(tmp_path, whole[:middle] + bytes(hole) + whole[middle + hole :])


@pytest.mark.parametrize("doubled", [1, 8, 512])
def test_bytes_that_came_in_twice_leave_some_over_behind_bare_pixels(
    tmp_path: Path, paper: np.ndarray, doubled: int
) -> None:
    out = io.BytesIO()
    Image.fromarray(paper).save(out, "TIFF", dpi=(300, 300))
    whole = out.getvalue()
    middle = len(whole) // 2
    with pytest.raises(Damaged):
        pages(tmp_path, whole[:middle] + whole[middle - doubled : middle] + whole[middle:])


@pytest.mark.parametrize("filled", [bytes(3), bytes(512), b"\xff" * 100])
def test_a_tiff_may_be_filled_up_behind_its_pixels(
    tmp_path: Path, paper: np.ndarray, filled: bytes
) -> None:
    out = io.BytesIO()
    Image.fromarray(paper).save(out, "TIFF", dpi=(300, 300))
    assert np.array_equal(first(tmp_path, out.getvalue() + filled), paper)


def test_a_tiff_with_wide_numbers_is_whole_though_its_tail_cannot_be_told(
    tmp_path: Path, paper: np.ndarray
) -> None:
    out = io.BytesIO()
    Image.fromarray(paper).save(out, "TIFF", dpi=(300, 300), big_tiff=True)
    assert out.getvalue().startswith(b"II+")
    assert np.array_equal(first(tmp_path, out.getvalue()), paper)


def test_what_a_tiff_leads_to_elsewhere_is_no_rest_of_its_pixels(
    tmp_path: Path, paper: np.ndarray
) -> None:
    out = io.BytesIO()
    notes = TiffImagePlugin.ImageFileDirectory_v2()
    notes[330] = 8  # leads to a preview, which is none here
    Image.fromarray(paper).save(out, "TIFF", dpi=(300, 300), tiffinfo=notes)
    assert np.array_equal(first(tmp_path, out.getvalue() + b"notes of a camera"), paper)


def test_a_place_that_a_tiff_keeps_for_a_preview_may_be_empty(
    tmp_path: Path, paper: np.ndarray
) -> None:
    for places in ((0,), (0, 0, 0)):
        notes = TiffImagePlugin.ImageFileDirectory_v2()
        notes.tagtype[330], notes[330] = 4, places
        out = io.BytesIO()
        Image.fromarray(paper).save(out, "TIFF", dpi=(300, 300), tiffinfo=notes)
        assert np.array_equal(first(tmp_path, out.getvalue()), paper)


@pytest.mark.parametrize(
    ("coding", "tag"),
    [("tiff_lzw", 273), ("tiff_lzw", 279), ("raw", 330)],
    ids=["strips", "their lengths", "previews"],
)
def test_a_tiff_whose_numbers_lie_behind_its_end_is_damage(
    tmp_path: Path, paper: np.ndarray, coding: str, tag: int
) -> None:
    notes = TiffImagePlugin.ImageFileDirectory_v2()
    notes.tagtype[330], notes[330] = 4, (0, 0, 0)
    notes[278] = 100
    out = io.BytesIO()
    Image.fromarray(paper).save(out, "TIFF", compression=coding, tiffinfo=notes)
    whole = out.getvalue()
    [found] = re.finditer(struct.pack("<HH", tag, 4) + b"(.{4})(.{4})", whole, re.S)
    assert struct.unpack("<I", found[1])[0] > 1, "several numbers, which lie elsewhere"
    for where in (len(whole) - 2, 2**32 - 2):
        hurt = whole[: found.start(2)] + struct.pack("<I", where) + whole[found.end(2) :]
        with pytest.raises(Damaged):
            pages(tmp_path, hurt)


@pytest.mark.parametrize(
    ("there", "hurt"),
    [(b"/MediaBox", b"/MeliaBox"), (b"stream\nq", b"str\0\0\0\0q")],
)
def test_a_pdf_page_of_which_something_was_made_up_is_damage(
    tmp_path: Path, paper: np.ndarray, there: bytes, hurt: bytes
) -> None:
    out = io.BytesIO()
    Image.fromarray(paper).save(out, "PDF", resolution=150)
    whole = out.getvalue()
    assert there in whole
    with pytest.raises(Damaged):
        pages(tmp_path, whole.replace(there, hurt))


def test_a_black_edge_of_a_scan_is_no_hole() -> None:
    grey = np.full((400, 300), 240, np.uint8)
    for lean in (0.0, 0.004, 0.1):
        rows, columns = np.indices(grey.shape)
        dark = np.where(rows > 380 - lean * columns, np.uint8(0), grey)
        assert not has_hole(dark) and not has_hole(dark[::-1]), lean
    broken = grey.copy()
    broken.reshape(-1)[-5000:] = 0
    assert has_hole(broken)


def _chain(data: bytes) -> list[int]:
    """Where each page of a TIFF names the next one."""
    at, found = struct.unpack_from("<I", data, 4)[0], []
    while at:
        (count,) = struct.unpack_from("<H", data, at)
        found.append(at + 2 + 12 * count)
        (at,) = struct.unpack_from("<I", data, found[-1])
    return found


@pytest.fixture
def other(paper: np.ndarray) -> np.ndarray:
    """A page with other writing."""
    page = np.full_like(paper, 245)
    for line in range(12):
        text = f"{line * 37 % 11} answer {line * line}"
        cv2.putText(page, text, (30, 60 + 40 * line), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 20, 2)
    return page


def test_a_page_behind_the_end_of_a_picture_is_not_lost(
    tmp_path: Path, paper: np.ndarray, other: np.ndarray
) -> None:
    jpeg, png, tiff = (coded(paper, kind) for kind in ("JPEG", "PNG", "TIFF"))
    more = [coded(other, kind) for kind in ("JPEG", "PNG", "TIFF")]
    glued = [jpeg + more[0], jpeg + more[2], png + more[1]]
    moving = coded(paper, "PNG", save_all=True, append_images=[Image.fromarray(other)])
    pair = coded(paper, "MPO", save_all=True, append_images=[Image.fromarray(other)])
    for data in (*glued, jpeg + bytes(700) + more[0][:9000], moving, pair):
        with pytest.raises(MorePictures):
            pages(tmp_path, data)
    with pytest.raises((MorePictures, Damaged)):
        pages(tmp_path, tiff + more[2])


def test_what_phones_put_behind_a_picture_bothers_nobody(
    tmp_path: Path, paper: np.ndarray, other: np.ndarray
) -> None:
    jpeg = coded(other, "JPEG")
    noise = np.random.default_rng(1).integers(0, 256, 30_000, dtype=np.uint8).tobytes()
    video = struct.pack(">I12sI4s", 20, b"ftypmp42\0\0\0\0", 0, b"mp42")[:20]
    video += struct.pack(">I4s", 8 + len(noise) + len(jpeg), b"mdat") + jpeg + noise
    preview = coded(cv2.resize(other, (212, 300)), "JPEG")
    bare = coded(np.full_like(other, 128), "JPEG")
    small = Image.fromarray(paper).resize((420, 590))
    large = np.repeat(np.repeat(other, 2, 0), 2, 1)
    declared = coded(large, "MPO", save_all=True, append_images=[small])
    samsung = b"MotionPhoto_Data" + video + b"SEFH\0\0\0\0SEFT"
    for data in (video, preview, bare, noise, samsung, jpeg):
        assert len(pages(tmp_path, jpeg + data)) == 1
    assert len(pages(tmp_path, declared)) == 1


@pytest.mark.parametrize("coding", ["raw", "group4", "tiff_lzw"])
def test_a_broken_list_of_a_tiffs_pages_loses_no_page(
    tmp_path: Path, paper: np.ndarray, other: np.ndarray, coding: str
) -> None:
    file = tmp_path / "three.tif"
    leaves = [Image.fromarray(page).convert("1") for page in (paper, other, paper)]
    leaves[0].save(file, save_all=True, append_images=leaves[1:], compression=coding)
    whole = file.read_bytes()
    one, two, _three = _chain(whole)
    assert len(pages(tmp_path, whole)) == 3
    first_list = whole[4:8]
    for place, leads_to in (
        (one, bytes(4)),
        (two, bytes(4)),
        (two, first_list),
        (one, b"\xff" * 4),
    ):
        with pytest.raises(Damaged):
            pages(tmp_path, whole[:place] + leads_to + whole[place + 4 :])


def test_a_strip_of_bare_pixels_is_as_long_as_it_is_told_to_be(
    tmp_path: Path, paper: np.ndarray
) -> None:
    whole = coded(paper, "TIFF")
    size = struct.pack("<I", paper.size)
    assert whole.count(size) == 1
    for told, good in ((paper.size + 8, True), (paper.size + 400, False)):
        data = whole.replace(size, struct.pack("<I", told)) + bytes(400)
        with contextlib.nullcontext() if good else pytest.raises(Damaged):
            pages(tmp_path, data)


def test_a_page_that_a_pdf_tells_of_and_does_not_hold_is_damage(
    tmp_path: Path, paper: np.ndarray
) -> None:
    out, leaf = io.BytesIO(), Image.fromarray(paper)
    leaf.save(out, "PDF", save_all=True, append_images=[leaf])
    whole = out.getvalue()
    first, second = re.findall(rb"(\d+) 0 R", re.findall(rb"/Kids \[(.*?)\]", whole)[0])
    spoilt = [
        (b"/Count 2", b"/Count 3"),
        (b"%s 0 R %s 0 R" % (first, second), b"%s 0 R %s 0 R" % (first, first)),
        (b"%s 0 R %s 0 R" % (first, second), b"%s 0 R %s 0 R" % (first, b"9" * len(second))),
    ]
    for there, instead in spoilt:
        assert whole.count(there) == 1
        with pytest.raises(Damaged):
            pages(tmp_path, whole.replace(there, instead))
    with pikepdf.open(io.BytesIO(whole)) as document:
        del document.pages[1].obj["/Contents"]
        document.save(out)
    with pytest.raises(Damaged):
        pages(tmp_path, out.getvalue())
