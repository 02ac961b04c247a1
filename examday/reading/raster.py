"""Pages of JPEG, PNG and TIFF files, and of a phone's HEIC: grey, upright, with square pixels."""

from __future__ import annotations

import io
import warnings
import zlib
from collections.abc import Iterator

import cv2
import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from examday.reading.bad_files import (
    BadFile,
    Damaged,
    FileTooLarge,
    Limits,
    NotAnImage,
    PageImage,
    PhonePicture,
    blame,
    check_frames,
    check_size,
)
from examday.reading.complaints import check_jpeg, check_png, no_complaints
from examday.reading.fax import REVERSED, FaxCode, check_fax

FORMATS = ("JPEG", "PNG", "TIFF")
JPEG_END = b"\xff\xd9"
PHONES = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1")
NEW_SUBFILE, OLD_SUBFILE, SIDES, TURN = 254, 255, 262, 274  # tags of a TIFF
REDUCED, MASK = 1, 4  # bits of the first
BELIEVED_DPI = 50, 2400
ODD_PIXEL = 3.0  # no device has pixels so many times as long as wide
SQUARE = 0.05  # share by which the sides of a pixel may differ
PREVIEW_SHARE, PREVIEW_OFF = 0.5, 14.0  # a smaller frame so like the one before it is its preview


def image_pages(data: bytes, limits: Limits) -> Iterator[PageImage]:
    """The pages of an image file. BadFile when it is not whole."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            yield from _pages(data, limits)
        except UnidentifiedImageError as error:
            raise NotAnImage from error
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise FileTooLarge(params={"what": "> 80 Mpx"}) from error
        except BadFile:
            raise
        except (
            OSError,
            SyntaxError,
            ValueError,
            EOFError,
            KeyError,
            TypeError,
            IndexError,
            cv2.error,
        ) as error:
            blame(error)
            raise Damaged from error


def _pages(data: bytes, limits: Limits) -> Iterator[PageImage]:
    if data[4:8] == b"ftyp" and data[8:12] in PHONES:
        yield PageImage(1, _from_phone(data, limits), None)
        return
    with Image.open(io.BytesIO(data), formats=FORMATS) as image:
        frames = getattr(image, "n_frames", 1) if image.format == "TIFF" else 1
        check_frames(frames, limits)
        number, before = 0, None
        for frame in range(frames):
            if image.format == "TIFF":
                image.seek(frame)
                if _reduced(image):
                    continue
            check_size(image.width, image.height, limits)
            across, down = _resolution(image)
            grey = _decode(image, data)
            if before is not None and _is_preview(grey, before):
                continue
            number, before = number + 1, grey
            yield PageImage(number, grey, _stated(across, down))
        if not number:
            raise Damaged


def _reduced(image: Image.Image) -> bool:
    """Whether a TIFF's frame says that it is a smaller version of a page, or a mask."""
    tags = getattr(image, "tag_v2", {})
    return bool(int(tags.get(NEW_SUBFILE, 0)) & (REDUCED | MASK)) or tags.get(OLD_SUBFILE) == 2


def _is_preview(grey: np.ndarray, before: np.ndarray) -> bool:
    """Whether a frame shows the page before it, only much smaller: a preview that does not say so."""
    high, wide = grey.shape
    if high > PREVIEW_SHARE * before.shape[0] or wide > PREVIEW_SHARE * before.shape[1]:
        return False
    if abs(high / wide - before.shape[0] / before.shape[1]) > 0.03:
        return False
    small = cv2.resize(before, (wide, high), interpolation=cv2.INTER_AREA)
    return float(cv2.absdiff(small, grey).mean()) < PREVIEW_OFF


def _decode(image: Image.Image, data: bytes) -> np.ndarray:
    """Grey pixels, square and upright.

    A complete JPEG goes through OpenCV, which decodes only its brightness (half the time). Whatever
    the decoders complain of sets the file aside.
    """
    across, down = _resolution(image)
    with no_complaints():
        if image.format in ("JPEG", "MPO"):
            check_jpeg(data)
            flags = cv2.IMREAD_GRAYSCALE | cv2.IMREAD_IGNORE_ORIENTATION
            grey = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
            if grey is not None and grey.shape == (image.height, image.width):
                turn = int(image.getexif().get(TURN, 1))
                return _upright(_squared(np.asarray(grey), across, down), turn)
        if image.format == "PNG":
            check_png(data)
        size, wide = image.size, image.mode in WIDE
        image.load()
        if wide:
            return _squared(_narrowed(image), across, down)
        if image.size != size:  # the decoder turned it upright itself
            across, down = down, across
        if image.format == "TIFF":
            _check_strips(image, data)
        return _squared(_grey(ImageOps.exif_transpose(image)), across, down)


def _check_strips(image: Image.Image, data: bytes) -> None:
    """Raise Damaged when a TIFF's strips hold a fault that the decoder passed over in silence.

    These are sums that do not hold, or fax code that is none.
    """
    tags = getattr(image, "tag_v2", {})
    code, starts, sizes = (tags.get(tag) for tag in (CODING, STRIPS, STRIP_BYTES))
    if not starts or not sizes:
        return
    if code in DEFLATE:
        for start, size in zip(starts, sizes, strict=False):
            _inflate(data[start : start + size])
    elif code in FAX:
        two_ways = -1 if code == G4 else int(tags.get(FAX_OPTIONS, 0)) & 1 if code == G3 else 0
        wide, high = int(tags[WIDE_TAG]), int(tags[HIGH_TAG])
        each = min(high, int(tags.get(STRIP_ROWS, high)))
        for i, (start, size) in enumerate(zip(starts, sizes, strict=False)):
            strip = data[start : start + size]
            if tags.get(BIT_ORDER) == LOW_FIRST:
                strip = strip.translate(REVERSED)
            rows = min(each, high - i * each)
            check_fax(strip, FaxCode(wide, rows, two_ways, aligned=code == PLAIN))


def _inflate(strip: bytes) -> None:
    try:
        if not zlib.decompress(strip):
            raise Damaged
    except zlib.error as error:
        raise Damaged from error


CODING, STRIPS, STRIP_BYTES = 259, 273, 279  # tags of a TIFF
DEFLATE = (8, 32946)
PLAIN, G3, G4 = FAX = (2, 3, 4)  # fax rows that begin with a byte and have no marks; the two groups
WIDE_TAG, HIGH_TAG, BIT_ORDER, STRIP_ROWS, FAX_OPTIONS = 256, 257, 266, 278, 292
LOW_FIRST = 2  # the first pixel is a byte's lowest bit
WIDE = ("I;16", "I;16B", "I;16L", "I;16N", "I", "F")


def _narrowed(image: Image.Image) -> np.ndarray:
    """8 bits of more: of as many as the brightest pixel needs, since 10 and 12 bits come in 16."""
    values = np.asarray(image, dtype=np.float64)
    brightest = float(values.max(initial=0.0))
    if image.mode == "F":
        full = 1.0 if brightest <= 1.0 else brightest
    else:
        full = next(
            (2.0**bits - 1 for bits in (8, 10, 12, 14, 16) if brightest < 2**bits), brightest
        )
    grey = np.clip(values * (255.0 / max(full, 1e-9)), 0, 255).astype(np.uint8)
    if getattr(image, "tag_v2", {}).get(SIDES) == 0:  # white is zero
        grey = 255 - grey
    return np.ascontiguousarray(grey)


def _grey(image: Image.Image) -> np.ndarray:
    # What is transparent is taken for white paper.
    if "A" in image.getbands() or "transparency" in image.info:
        alpha = image.convert("RGBA")
        paper = Image.new("RGBA", alpha.size, "white")
        image = Image.alpha_composite(paper, alpha)
    return np.ascontiguousarray(image.convert("L"))


def _upright(grey: np.ndarray, orientation: int) -> np.ndarray:
    """Apply the EXIF orientation 1…8."""
    if orientation in (2, 4, 5, 7):
        grey = cv2.flip(grey, 1)
    quarter = {3: 2, 4: 2, 5: 1, 6: 3, 7: 3, 8: 1}.get(orientation, 0)
    return np.ascontiguousarray(np.rot90(grey, quarter))


def _resolution(image: Image.Image) -> tuple[float, float]:
    """Return dots per inch across and down as the file states them, 0 where it does not.

    Where it states them only in proportion: two numbers below any that would be believed.
    """
    stated = image.info.get("dpi")
    # Unit 0: the file states the proportion of a pixel's sides alone.
    if image.format in ("JPEG", "MPO") and image.info.get("jfif_unit") == 0:
        stated = None
    try:
        proportion = stated or image.info.get("aspect") or _density(image) or ()
        across, down = (float(value) for value in proportion)
    except (TypeError, ValueError):
        return 0.0, 0.0
    low, high = BELIEVED_DPI
    if low <= across <= high and low <= down <= high:
        return across, down
    if stated is None and 0 < across < 1000 and 0 < down < 1000:
        # Below BELIEVED_DPI, so that the proportion counts and the size does not.
        return across / 1000, down / 1000
    return 0.0, 0.0


def _stated(across: float, down: float) -> float | None:
    """Return the resolution of the picture once its pixels are square.

    None where the file states none that could be believed.
    """
    finer = max(across, down)
    if finer < BELIEVED_DPI[0] or finer > ODD_PIXEL * min(across, down):
        return None
    return finer


def _density(image: Image.Image) -> tuple[float, float] | None:
    """A JPEG may state the proportion of a pixel's sides alone."""
    return image.info.get("jfif_density") if image.info.get("jfif_unit") == 0 else None


def _squared(grey: np.ndarray, across: float, down: float) -> np.ndarray:
    """The picture with square pixels: a fax has twice as many across as down.

    What was fewer is stretched; more than three times as many is no scan but a mistake in the file.
    """
    if not across or not down or abs(across - down) <= SQUARE * across:
        return grey
    finer = max(across, down)
    if finer > ODD_PIXEL * min(across, down):
        return grey
    size = round(grey.shape[1] * finer / across), round(grey.shape[0] * finer / down)
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_LINEAR))


def _from_phone(data: bytes, limits: Limits) -> np.ndarray:
    """A HEIC picture, which its decoder turns upright itself.

    PhonePicture where that is not installed.
    """
    try:
        import pi_heif
    except ImportError as error:
        raise PhonePicture from error
    try:
        heif = pi_heif.open_heif(io.BytesIO(data), convert_hdr_to_8bit=True)
        check_size(heif.size[0], heif.size[1], limits)
        return _grey(heif.to_pillow())
    except (ValueError, RuntimeError, SyntaxError, EOFError) as error:
        raise Damaged from error
