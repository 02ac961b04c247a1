"""Pages of a PDF as grey pictures.

A scan comes at the pixels of the picture that the scanner put in, a form filled in on a screen is
drawn, and every picture in the file must be whole.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing

import numpy as np
import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium
from pikepdf.models import PdfParsingError
from PIL import Image, UnidentifiedImageError

from examday.reading.bad_files import (
    Damaged,
    Limits,
    LockedPdf,
    NoPages,
    OpenForm,
    PageImage,
    check_frames,
    check_size,
)
from examday.reading.complaints import no_complaints
from examday.reading.fax import FaxCode, check_fax
from examday.reading.jpeg import decode_jpeg
from examday.reading.pdf_origin import believed, by_phone
from examday.reading.second_decoder import check_waves

# share of a page that its pictures cover, so that they are the page: a logo covers less
COVERS = 0.5
REBUILT = (
    "reconstruct",
    "startxref",
    "unexpected EOF",
    "trailer dictionary",
    "ended prematurely",
    "expected endobj",
    "MediaBox is undefined",
    "non-dictionary object",
    "appears more than once",
)
"""Parts of what is said of a file whose own numbers did not hold, so that some were made up."""
TEXT_85 = "/ASCII85Decode"
ONE_BIT = "/CCITTFaxDecode"
DENSE_BIT = "/JBIG2Decode"
DRAWN_IN = "cp1252"
"""Letters in which what was typed is drawn where the file brings no picture of it: others are left
out without a word, Cyrillic ones among them."""
WRITING = "Tj TJ ' \" Do BI ID EI c v y l"
"""Steps by which letters are drawn (text, picture, lines): what has none of them holds no writing
that could be lost."""
TEXT = "Tj", "TJ", "'", '"'
# flags of an annotation (ISO 32000-2, 12.5.3): what they hide is not part of the page
HIDDEN, NO_VIEW = 0x02, 0x20
ANCESTORS = 8  # of a field, which may hold its value: a hostile file may name them in a ring
# kinds of things that a page may show: what it draws beside these was damaged
SHOWN = ("/Image", "/Form", "/PS")


def pdf_pages(data: bytes, limits: Limits) -> Iterator[PageImage]:
    """The pages of a PDF. BadFile when it is locked, cut short, empty or holds a broken picture."""
    units, phone = _check_whole(data, limits)
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise (LockedPdf if "assword" in str(error) else Damaged) from error
    with closing(document):
        try:
            document.init_forms()
            for number, unit in enumerate(units, 1):
                page = document[number - 1]
                _check_drawn(page)
                grey, dpi = _render(page, unit, limits)
                yield PageImage(number, grey, None if phone else dpi)
        except (pypdfium2.PdfiumError, IndexError) as error:
            raise Damaged from error


def _check_whole(data: bytes, limits: Limits) -> tuple[list[float], bool]:
    """The user unit of each page, in points, and whether a phone wrote the file.

    Raises when the file is not whole.
    """
    try:
        with pikepdf.open(io.BytesIO(data)) as document:
            _check_told(document)
            if not len(document.pages):
                raise NoPages
            check_frames(len(document.pages), limits)
            _check_tree(document)
            _check_form(document)
            seen: set[tuple[int, int]] = set()
            for page in document.pages:
                _check_page(page, seen, limits)
            # Things are read when they are first asked for, so what is wrong with them is said only
            # now.
            _check_told(document)
            units = [float(page.obj.get("/UserUnit", 1)) for page in document.pages]
            return units, by_phone(document)
    except pikepdf.PasswordError as error:
        raise LockedPdf from error
    except (
        pikepdf.PdfError,
        pypdfium2.PdfiumError,
        ValueError,
        TypeError,
        KeyError,
        RuntimeError,
    ) as error:
        raise Damaged from error


def _check_told(document: pikepdf.Pdf) -> None:
    """Raise Damaged when the library had to make up something that the file should say."""
    if any(word in str(told) for told in document.get_warnings() for word in REBUILT):
        raise Damaged


def _check_tree(document: pikepdf.Pdf) -> None:
    """Raise Damaged when the file tells more pages than it has, or one of several shows nothing at all.

    What a page should show may be missing from the file: then it would be a blank back.
    """
    pages = document.pages
    if int(document.Root.Pages.get("/Count", len(pages))) != len(pages):
        raise Damaged
    bare = [page for page in pages if not {"/Contents", "/Annots"} & set(page.obj.keys())]
    if bare and len(pages) > 1:
        raise Damaged


def _check_page(page: pikepdf.Page, seen: set[tuple[int, int]], limits: Limits) -> None:
    """Raise Damaged when something that the page shows is not there or does not decode."""
    resources = page.obj.get("/Resources")
    _check_pictures(resources, seen, limits)
    for part in _streams(page.obj.get("/Contents")):
        _check_end(part)
    _check_shown(page, resources)
    _check_inline(page, limits)
    for note in _entries(page.obj.get("/Annots")):
        normal = _look(note)
        if isinstance(normal, pikepdf.Stream):
            _check_end(normal)
            _check_pictures(normal.get("/Resources"), seen, limits)


def _entries(given: object) -> list[object]:
    return list(given) if isinstance(given, pikepdf.Array) else []


def _check_shown(page: pikepdf.Page, resources: object) -> None:
    """Raise Damaged when the page shows a picture that the file does not hold: it would be white."""
    held = resources.get("/XObject") if isinstance(resources, pikepdf.Dictionary) else None
    there = held if isinstance(held, pikepdf.Dictionary) else pikepdf.Dictionary()
    try:
        shown = pikepdf.parse_content_stream(page, "Do")
    except PdfParsingError as error:
        raise Damaged from error
    for step in shown:
        thing = there.get(str(step.operands[0])) if len(step.operands) else None
        if not isinstance(thing, pikepdf.Stream) or str(thing.get("/Subtype")) not in SHOWN:
            raise Damaged


def _check_inline(drawn: pikepdf.Page | pikepdf.Stream, limits: Limits) -> None:
    """Raise Damaged when a picture that stands among the drawing steps themselves is not whole."""
    try:
        steps = pikepdf.parse_content_stream(drawn, "BI ID EI")
    except PdfParsingError as error:
        raise Damaged from error
    holder = pikepdf.new()
    for step in steps:
        # In text of 85 letters its end cannot be told from what it says.
        if (
            isinstance(step, pikepdf.ContentStreamInlineImage)
            and TEXT_85 not in step.iimage.filters
        ):
            picture = pikepdf.Stream(holder, step.iimage.read_raw_bytes())
            for name, value in step.iimage.obj.items():
                picture[name] = value
            _check_picture(picture, limits)


def _streams(contents: object) -> list[pikepdf.Stream]:
    parts = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
    return [part for part in parts if isinstance(part, pikepdf.Stream)]


def _check_form(document: pikepdf.Pdf) -> None:
    """OpenForm for a form that only a form filler draws: its pages hold «please wait» at best."""
    form = document.Root.get("/AcroForm")
    held = form if isinstance(form, pikepdf.Dictionary) else pikepdf.Dictionary()
    if "/XFA" in held and not len(held.get("/Fields", [])):
        raise OpenForm
    anew = bool(held.get("/NeedAppearances", False))
    for page in document.pages:
        for note in _entries(page.obj.get("/Annots")):
            typed = _typed(note).strip()
            if typed and not _is_hidden(note) and not _is_seen(note, typed, anew):
                raise OpenForm


def _is_hidden(note: object) -> bool:
    """Whether nobody sees an annotation on the screen either: sums and keys that a form carries."""
    flags = note.get("/F", 0) if isinstance(note, pikepdf.Dictionary) else 0
    return bool(int(flags) & (HIDDEN | NO_VIEW))


def _is_seen(note: object, typed: str, anew: bool) -> bool:
    """Whether what was typed is in the picture. `anew`: the form asks for its fields to be drawn anew."""
    look = _look(note)
    field = isinstance(note, pikepdf.Dictionary) and note.get("/Subtype") == "/Widget"
    return _can_be_drawn(typed) if look is None or (anew and field) else _shows(look)


def _look(note: object) -> pikepdf.Object | None:
    """How an annotation looks, as the program that wrote the file has drawn it."""
    looks = note.get("/AP") if isinstance(note, pikepdf.Dictionary) else None
    return looks.get("/N") if isinstance(looks, pikepdf.Dictionary) else None


def _shows(look: pikepdf.Object) -> bool:
    """Whether a look draws more than the field's ground: programs that only store what was typed leave it bare."""
    if not isinstance(look, pikepdf.Stream):
        return True
    steps = pikepdf.parse_content_stream(look, WRITING)
    return any(str(step.operator) not in TEXT or _letters(step.operands) for step in steps)


def _letters(operands: Iterable[object]) -> bool:
    """Whether a step that draws text has any: some programs write an empty one where the value stood."""
    return any(
        _letters(one) if isinstance(one, pikepdf.Array) else bool(str(one).strip())
        for one in operands
        if isinstance(one, (pikepdf.Array, pikepdf.String))
    )


def _typed(note: object) -> str:
    """What was typed into a field or chosen in it; it may stand with the field's parent.

    Of a note written onto the page, its words.
    """
    if isinstance(note, pikepdf.Dictionary) and note.get("/Subtype") == "/FreeText":
        return str(note.get("/Contents", ""))
    for _step in range(ANCESTORS):
        if not isinstance(note, pikepdf.Dictionary):
            return ""
        value = note.get("/V")
        if isinstance(value, pikepdf.Array):
            return "".join(str(one) for one in value if isinstance(one, pikepdf.String))
        if isinstance(value, pikepdf.Stream):
            return str(pikepdf.String(_decoded(value)))
        if isinstance(value, pikepdf.String):
            return str(value)
        note = note.get("/Parent")
    return ""


def _can_be_drawn(typed: str) -> bool:
    try:
        typed.encode(DRAWN_IN)
    except UnicodeEncodeError:
        return False
    return True


def _check_pictures(
    resources: object,
    seen: set[tuple[int, int]],
    limits: Limits,
    depth: int = 0,
) -> None:
    """Raise Damaged when a picture of the page does not decode to its end.

    PDF viewers leave such a picture out, and the page is white.
    """
    if not isinstance(resources, pikepdf.Dictionary) or depth > 5:
        return
    objects = resources.get("/XObject", pikepdf.Dictionary())
    for name in list(objects.keys()):
        stream = objects[name]
        if not isinstance(stream, pikepdf.Stream) or stream.objgen in seen:
            continue
        seen.add(stream.objgen)
        if stream.get("/Subtype") == "/Form":
            _check_end(stream)
            _check_inline(stream, limits)
            _check_pictures(stream.get("/Resources"), seen, limits, depth + 1)
        elif stream.get("/Subtype") == "/Image":
            _check_picture(stream, limits)
            # The print may lie in the mask alone: scanners that save space put it over a coarse picture of the paper.
            for mask in (stream.get("/SMask"), stream.get("/Mask")):
                if isinstance(mask, pikepdf.Stream):
                    _check_picture(mask, limits)
                    _check_dense(mask)


def _check_picture(stream: pikepdf.Stream, limits: Limits) -> None:
    wide, high = int(stream.get("/Width", 0)), int(stream.get("/Height", 0))
    # a side of a few pixels makes no picture large: it is an ornament
    check_size(max(wide, 8), max(high, 8), limits)
    filters = _filters(stream)
    last = filters[-1] if filters else ""
    if last in ("/DCTDecode", "/JPXDecode"):
        _check_photo(_raw(stream, filters), last)
    elif last == ONE_BIT:
        _check_fax(stream, filters, high)
    elif last != DENSE_BIT:
        if filters == ["/FlateDecode"]:
            _check_sum(stream.read_raw_bytes())
        if len(_decoded(stream)) < _needed(stream, wide, high):
            raise Damaged


def _check_dense(mask: pikepdf.Stream) -> None:
    """Raise Damaged when a mask that only the renderer decodes does not decode.

    Without its mask the print of a page is a black box or nothing. The mask is shown on a page of
    its own, because the renderer tells of what it shows alone.
    """
    if _filters(mask)[-1:] != [DENSE_BIT]:
        return
    alone = pikepdf.new()
    page = alone.add_blank_page(page_size=(100, 100))
    picture = alone.copy_foreign(mask)
    page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im=picture))
    page.obj.Contents = alone.make_stream(b"q 100 0 0 100 0 0 cm /Im Do Q")
    held = io.BytesIO()
    alone.save(held)
    with closing(pypdfium2.PdfDocument(held.getvalue())) as document:
        _check_drawn(document[0])


def _check_end(drawing: pikepdf.Stream) -> None:
    """Raise Damaged when what draws the page does not decode to its own end.

    Libraries take what comes before the cut for the whole. The sum behind the end may be missing.
    """
    _decoded(drawing)
    coded = drawing.read_raw_bytes()
    # An empty page draws nothing, so there is nothing to unpack.
    if coded and _filters(drawing)[:1] == ["/FlateDecode"]:
        behind_head = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            behind_head.decompress(coded[2:])
        except zlib.error as error:
            raise Damaged from error
        if not behind_head.eof:
            raise Damaged


def _check_sum(data: bytes) -> None:
    """Raise Damaged when the sum of a stream does not hold; one that was left out is no fault."""
    try:
        zlib.decompressobj().decompress(data)
    except zlib.error as error:
        raise Damaged from error


def _filters(stream: pikepdf.Stream) -> list[str]:
    given = stream.get("/Filter")
    if given is None:
        return []
    return [str(name) for name in given] if isinstance(given, pikepdf.Array) else [str(given)]


def _decoded(stream: pikepdf.Stream) -> bytes:
    """What a stream holds. Runs of like bytes, which some scanners write, are left coded unless asked for."""
    return stream.read_bytes(pikepdf.StreamDecodeLevel.specialized)


def _raw(stream: pikepdf.Stream, filters: list[str]) -> bytes:
    """The coded picture, without what was wrapped round it."""
    data = stream.read_raw_bytes()
    outer = filters[:-1]
    if set(outer) - {"/FlateDecode"}:
        holder = pikepdf.new()
        wrapped = pikepdf.Stream(holder, data)
        wrapped.Filter = pikepdf.Array([pikepdf.Name(name) for name in outer])
        return _decoded(wrapped)
    for _name in outer:
        try:
            data = zlib.decompress(data)
        except zlib.error as error:
            raise Damaged from error
    return data


def _check_photo(data: bytes, kind: str) -> None:
    try:
        with no_complaints(), Image.open(io.BytesIO(data), formats=("JPEG", "JPEG2000")) as image:
            if kind != "/DCTDecode":
                image.load()
        if kind == "/DCTDecode":
            decode_jpeg(data)
        else:
            check_waves(data)
    except (OSError, SyntaxError, ValueError, UnidentifiedImageError) as error:
        raise Damaged from error


def _check_fax(stream: pikepdf.Stream, filters: list[str], high: int) -> None:
    """A fax picture, checked as its parameters say it is coded."""
    told = stream.get("/DecodeParms", pikepdf.Dictionary())
    parms = told[-1] if isinstance(told, pikepdf.Array) else told
    kind, columns = int(parms.get("/K", 0)), int(parms.get("/Columns", 1728))
    aligned = bool(parms.get("/EncodedByteAlign", False)) and not parms.get("/EndOfLine", False)
    two_ways = (kind > 0) - (kind < 0)
    check_fax(_raw(stream, filters), FaxCode(columns, high, two_ways, aligned))


def _needed(stream: pikepdf.Stream, wide: int, high: int) -> int:
    """Bytes that a picture without a code of its own must hold, at the least."""
    bits = 1 if stream.get("/ImageMask", False) else int(stream.get("/BitsPerComponent", 8))
    space = stream.get("/ColorSpace")
    if isinstance(space, pikepdf.Array) and len(space) > 1 and space[0] == "/ICCBased":
        parts = int(space[1].get("/N", 1))
    else:
        parts = {"/DeviceRGB": 3, "/CalRGB": 3, "/DeviceCMYK": 4}.get(str(space), 1)
    return high * -(-wide * bits * parts // 8)


def _render(
    page: pypdfium2.PdfPage, unit: float, limits: Limits
) -> tuple[np.ndarray, float | None]:
    """Return grey pixels and their dpi, as `PageImage` has it.

    Those of the scanner's picture where the page is one, else `limits.pdf_dpi`.
    """
    own = _own_scale(page, limits)
    scale = own or limits.pdf_dpi * unit / 72
    width, height = (side * scale for side in page.get_size())
    check_size(round(width), round(height), limits)
    bitmap = page.render(
        scale=scale,
        grayscale=True,
        may_draw_forms=True,
    )
    grey = np.array(bitmap.to_numpy())
    bitmap.close()
    dpi = scale * 72 / unit
    return (grey[:, :, 0] if grey.ndim == 3 else grey), believed(page, dpi) if own else dpi


def _check_drawn(page: pypdfium2.PdfPage) -> None:
    """Raise Damaged when a picture that only the renderer decodes does not decode.

    These kinds are JBIG2 and JPEG 2000. Such a picture would leave a white page.
    """
    for thing in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        if {DENSE_BIT[1:], "JPXDecode"} & set(thing.get_filters()):
            with no_complaints():
                thing.get_bitmap().close()


def _own_scale(page: pypdfium2.PdfPage, limits: Limits) -> float | None:
    """Return pixels per point of the pictures that cover the page.

    None where the page is not made of pictures. The finest counts: scanners lay fine print over a
    coarse ground.
    """
    wide, high = page.get_size()
    covered, finest = 0.0, 0.0
    for thing in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        left, bottom, right, top = thing.get_bounds()
        size = thing.get_px_size()
        across, up = right - left, top - bottom
        if across <= 0 or up <= 0:
            continue
        covered += across * up / max(wide * high, 1e-9)
        # A picture may lie on its side, and have half the lines of a fax: its own axes tell them apart.
        a, b, _c, _d, _e, _f = thing.get_matrix().get()
        sides = (across, up) if abs(a) >= abs(b) else (up, across)
        finest = max(finest, *(px / pt for px, pt in zip(size, sides, strict=True)))
    if covered < COVERS or not finest:
        return None
    # A page too large at these pixels is drawn at `limits.pdf_dpi` instead.
    return finest if max(wide, high) * finest <= limits.max_side else None
