"""Pages of JPEG, PNG and TIFF files, and of a phone's HEIC: grey, upright, with square pixels."""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Iterator

import cv2
import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from examday.reading.bad_files import (
    BadFile,
    Damaged,
    FileTooLarge,
    Limits,
    MorePictures,
    NotAnImage,
    PageImage,
    blame,
    check_frames,
    check_size,
)
from examday.reading.behind_end import check_alone
from examday.reading.complaints import check_jpeg, check_png, no_complaints
from examday.reading.exposure import by_camera
from examday.reading.heif import is_phone_picture, phone_pages
from examday.reading.jpeg import decode_jpeg
from examday.reading.other_coding import check_coding
from examday.reading.sheet_size import STATED_DPI
from examday.reading.tiff_chain import check_chain
from examday.reading.tiff_code import check_code, check_picture

FORMATS = ("JPEG", "PNG", "TIFF")
"""Nothing else is opened: decoders of rare formats are where bombs and overruns were found."""
JPEGS = ("JPEG", "MPO")  # the second: a JPEG with others behind it, such as a camera's preview
STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\0", b"MM\0*")
"""What begins so and cannot be opened is a damaged scan, and no foreign file under a wrong name."""
# tags by number (TIFF 6.0), as Pillow gives them
NEW_SUBFILE, OLD_SUBFILE, SIDES, TURN = 254, 255, 262, 274
WIDTH, HEIGHT = 256, 257
ACROSS, DOWN, UNIT = 282, 283, 296  # tags of a resolution
NO_UNIT, CENTIMETRES = 1, 3  # with the first the numbers tell no resolution
# Turns by which width and height change places: the size told is that of the unturned page
LYING = 5, 6, 7, 8
REDUCED, MASK = 1, 4  # bits of the first: such a picture is no page, and is left out of the count
BELIEVED_DPI = 50, 2400
"""No scanner works outside of this: such a number is a slip of a program."""
ODD_PIXEL = 3.0  # no device has pixels so many times as long as wide
SQUARE = 0.05  # share by which the sides of a pixel may differ: so little squeezes no writing
# a smaller frame so like the one before it is its preview and no page of its own
PREVIEW_SHARE, PREVIEW_OFF = 0.5, 14.0


def image_pages(data: bytes, limits: Limits) -> Iterator[PageImage]:
    """The pages of an image file. BadFile when it is not whole."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # Between once and twice its limit Pillow only warns, and would decode the bomb.
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            yield from _pages(data, limits)
        except UnidentifiedImageError as error:
            # The sender scans again where a scan was hurt, and sends another file where it is none: the start tells.
            raise (Damaged if data.startswith(STARTS) else NotAnImage) from error
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
            struct.error,  # a number that should lie behind the end of the file
        ) as error:
            blame(error)
            raise Damaged from error


def _pages(data: bytes, limits: Limits) -> Iterator[PageImage]:
    if is_phone_picture(data):
        for number, picture in enumerate(phone_pages(data, limits), 1):
            yield PageImage(number, _grey(Image.fromarray(picture)), None)
        return
    check_chain(data)
    check_coding(data)
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
            wide, high = _stored_size(image)[:: -1 if _lies(image) else 1]
            grey = _decode(image, data)
            if before is not None and _is_preview(grey, before):
                continue
            number, before = number + 1, grey
            if image.format != "TIFF":
                _check_alone(image, data, grey)
            dpi = None if by_camera(image) else _stated(across, down)
            yield PageImage(number, grey, dpi, (grey.shape[1] / wide, grey.shape[0] / high))
        if not number:
            raise Damaged


def _check_alone(image: Image.Image, data: bytes, grey: np.ndarray) -> None:
    """Raise MorePictures when a JPEG or PNG holds a further page."""
    if image.format == "PNG":
        # The frames of a moving PNG lie within it, not behind it, so they are counted.
        if getattr(image, "n_frames", 1) > 1:
            raise MorePictures
        check_alone(data, check_png(data), grey)
    else:
        check_alone(data, check_jpeg(data) + 2, grey)


def _lies(image: Image.Image) -> bool:
    """Whether a picture lies on its side in the file.

    To be asked of a TIFF before its decoder has turned it. A PNG is not asked where nothing stands
    before its pixels: it would be decoded.
    """
    if image.format == "PNG" and "exif" not in image.info:
        return False
    return int(image.getexif().get(TURN, 1)) in LYING


def _stored_size(image: Image.Image) -> tuple[int, int]:
    """Width and height in the file: of a TIFF the library tells those of the upright picture."""
    tags = getattr(image, "tag_v2", {})
    return int(tags.get(WIDTH, image.width)), int(tags.get(HEIGHT, image.height))


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
    if image.format in JPEGS:
        grey = decode_jpeg(data)
        if grey is not None and grey.shape == (image.height, image.width):
            turn = int(image.getexif().get(TURN, 1))
            return _upright(_squared(grey, across, down), turn)
    if _lies(image):
        across, down = down, across
    with no_complaints():
        if image.format == "PNG":
            check_png(data)
        deep = _deep(image, data)
        if deep is not None:
            return _squared(deep, across, down)
        image.load()
        if image.format == "TIFF":
            tags = getattr(image, "tag_v2", {})
            check_code(tags, data)
            check_picture(tags, image, data)
        return _squared(_grey(ImageOps.exif_transpose(image)), across, down)


WIDE = ("I;16", "I;16B", "I;16L", "I;16N", "I", "F")
"""Sixteen bits and more: Pillow cuts them at 255 when it makes them grey, and the sheet would be
white."""


# looked for in the name of the coding: Pillow says nowhere else that colours have 16 bits
DEEP_COLOUR = ";16"


def _deep(image: Image.Image, data: bytes) -> np.ndarray | None:
    """The grey of a picture with more than 8 bits, upright; None for any other.

    Of colours Pillow keeps the upper 8 of 16 bits, which leaves nothing of 12 bits in 16.
    """
    if image.mode in WIDE:
        image.load()
        turned = ImageOps.exif_transpose(image)
        white_is_zero = getattr(image, "tag_v2", {}).get(SIDES) == 0
        return _narrowed(np.asarray(turned, dtype=np.float64), image.mode == "F", white_is_zero)
    if not any(DEEP_COLOUR in str(tile[3]) for tile in getattr(image, "tile", ())):
        return None
    turn, frame = int(image.getexif().get(TURN, 1)), image.tell()
    flags = cv2.IMREAD_GRAYSCALE | cv2.IMREAD_ANYDEPTH | cv2.IMREAD_IGNORE_ORIENTATION
    read, found = cv2.imdecodemulti(np.frombuffer(data, np.uint8), flags, range=(frame, frame + 1))
    if not read or found[0].shape != _stored_size(image)[::-1]:
        raise Damaged
    return _upright(_narrowed(np.asarray(found[0], np.float64), False, False), turn)


def _narrowed(values: np.ndarray, floating: bool, white_is_zero: bool) -> np.ndarray:
    """8 bits of more: of as many as the brightest pixel needs, since 10 and 12 bits come in 16."""
    brightest = float(values.max(initial=0.0))
    if floating:
        full = 1.0 if brightest <= 1.0 else brightest
    else:
        full = next(
            (2.0**bits - 1 for bits in (8, 10, 12, 14, 16) if brightest < 2**bits), brightest
        )
    grey = np.clip(values * (255.0 / max(full, 1e-9)), 0, 255).astype(np.uint8)
    if white_is_zero:
        grey = 255 - grey
    return np.ascontiguousarray(grey)


def _grey(image: Image.Image) -> np.ndarray:
    # What lies under transparent pixels is anything, often black: white paper is meant.
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
    if image.format in JPEGS and not image.info.get("jfif_unit"):
        stated = _noted(image) or (None if "jfif_unit" in image.info else stated)
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
    if finer < STATED_DPI or finer > ODD_PIXEL * min(across, down):
        return None
    return finer


def _noted(image: Image.Image) -> tuple[float, float] | None:
    """The resolution that a note in a JPEG states otherwise across than down, as no camera does."""
    note = image.getexif()
    try:
        across, down = float(note[ACROSS]), float(note[DOWN])
    except (KeyError, TypeError, ValueError):
        return None  # no fault of the picture: a note is worth nothing but itself
    if across == down or note.get(UNIT) == NO_UNIT:
        return None
    scale = 2.54 if note.get(UNIT) == CENTIMETRES else 1.0
    return scale * across, scale * down


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
