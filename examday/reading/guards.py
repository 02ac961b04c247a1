"""Opens what a scanner, a phone or a stranger sends: limits first, decoding last. No other module
opens images.

Order of the guards: bytes, header (format, frames, sides, pixels) without decoding,
decompression-bomb warnings as errors, and only then pixels. `examday.reading.sandbox.inspect` adds
memory and time limits for files from outside.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pypdfium2
from PIL import Image, ImageOps, UnidentifiedImageError

from examday.confined import is_machine
from examday.domain.errors import DomainError, MachineTrouble
from examday.domain.messages import N_

FORMATS = ("JPEG", "PNG", "TIFF")
JPEG_END = b"\xff\xd9"


@dataclass(frozen=True)
class Limits:
    """What one file may cost. 80 Mpx lets A3 at 600 dpi (70 Mpx) pass; bytes, pixels, frames and
    sides are counts."""

    max_bytes: int = 60_000_000
    max_pixels: int = 80_000_000
    max_side: int = 20_000
    max_frames: int = 50
    pdf_dpi: int = 300


class BadFile(DomainError):
    """The file cannot be taken as a scan; nothing was stored and nothing was read from it."""

    code = "bad-file"
    message = N_("The file cannot be read as a scan.")
    advice = N_("Scan the sheet again as JPEG, PNG, TIFF or PDF at 300 dpi and send the new file.")


class FileTooLarge(BadFile):
    """More bytes or pixels than any sheet needs."""

    code = "file-too-large"
    message = N_("The file is too large: %(what)s.")
    advice = N_(
        "Scan one sheet at 300 dpi in shades of grey; an A3 page then takes 1 to 5 megabytes."
    )


class NotAnImage(BadFile):
    """Not one of the formats that are opened, whatever its name says."""

    code = "not-an-image"
    message = N_("The file is not a JPEG, PNG, TIFF or PDF.")


class TooManyPages(BadFile):
    """A scan of a booklet has a few pages; hundreds are a mistake or an attack."""

    code = "too-many-pages"
    message = N_("The file has %(pages)s pages; at most %(limit)s are taken at once.")
    advice = N_("Split the file and send the parts one after another.")


class Damaged(BadFile):
    """The file starts like an image but cannot be decoded to its end."""

    code = "damaged-file"
    message = N_("The file is damaged or was cut short.")
    advice = N_(
        "Copy it from the scanner again, or scan the sheet again. Keep the damaged file out of the folder."
    )


class LockedPdf(BadFile):
    """A PDF behind a password."""

    code = "locked-pdf"
    message = N_("The PDF is protected by a password.")
    advice = N_("Save it without a password, or scan the sheet again.")


class TookTooLong(BadFile):
    """Decoding hit the limit of time or memory and was stopped."""

    code = "took-too-long"
    message = N_("Opening the file took too much time or memory and was stopped.")


@dataclass(frozen=True)
class PageImage:
    """One page: number from 1, grey uint8 array H x W (0 = black), dpi from the file or None when
    it tells none."""

    number: int
    grey: np.ndarray
    dpi: float | None


def open_pages(path: Path, limits: Limits = Limits()) -> Iterator[PageImage]:
    """Yield the pages of a JPEG, PNG, TIFF or PDF, upright as the camera's EXIF note says. Raises
    `BadFile`, or MachineTrouble and MemoryError, which are not the file's fault."""
    try:
        size = path.stat().st_size
    except OSError as error:
        _blame(error)
        raise BadFile(N_("The file cannot be opened.")) from error
    if size > limits.max_bytes:
        raise FileTooLarge(
            params={"what": f"{size / 1e6:.0f} MB > {limits.max_bytes / 1e6:.0f} MB"}
        )
    data = path.read_bytes()
    if not data:
        raise Damaged
    if b"%PDF-" in data[:1024]:
        yield from _pdf_pages(data, limits)
    else:
        yield from _image_pages(data, limits)


def _image_pages(data: bytes, limits: Limits) -> Iterator[PageImage]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                _check_frames(
                    getattr(image, "n_frames", 1) if image.format == "TIFF" else 1, limits
                )
                for number in range(1, (image.n_frames if image.format == "TIFF" else 1) + 1):
                    if image.format == "TIFF":
                        image.seek(number - 1)
                    _check_size(image.width, image.height, limits)
                    yield PageImage(number, _decode(image, data), _dpi(image))
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
            _blame(error)
            raise Damaged from error


def _blame(error: Exception) -> None:
    """Raise what speaks of the computer and not of the file: MachineTrouble (disk, handles), or
    MemoryError, whose meaning only the parent of a limited child can judge. Nothing otherwise."""
    if isinstance(error, OSError) and is_machine(error):
        raise MachineTrouble(params={"what": type(error).__name__}) from error
    if isinstance(error, cv2.error) and error.code == cv2.Error.StsNoMem:
        raise MemoryError from error


def _check_frames(frames: int, limits: Limits) -> None:
    if frames > limits.max_frames:
        raise TooManyPages(params={"pages": frames, "limit": limits.max_frames})


def _check_size(width: int, height: int, limits: Limits) -> None:
    if max(width, height) > limits.max_side or width * height > limits.max_pixels:
        raise FileTooLarge(params={"what": f"{width} × {height} px"})
    if min(width, height) < 8:
        raise Damaged


def _decode(image: Image.Image, data: bytes) -> np.ndarray:
    """Grey pixels. A complete baseline JPEG goes through OpenCV, which decodes only its brightness
    (half the time); one without an end marker goes through Pillow, which refuses to invent the
    missing part."""
    if image.format in ("JPEG", "MPO") and JPEG_END in data[-4096:]:
        flags = cv2.IMREAD_GRAYSCALE | cv2.IMREAD_IGNORE_ORIENTATION
        grey = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
        if grey is not None and grey.shape == (image.height, image.width):
            return _upright(grey, image.getexif().get(0x0112, 1))
    turned = ImageOps.exif_transpose(image)
    if turned.mode.startswith("I;16") or turned.mode == "I":
        wide = np.asarray(turned, dtype=np.float64)
        return np.clip(wide / (257.0 if wide.max() > 255 else 1.0), 0, 255).astype(np.uint8)
    if "A" in turned.getbands() or "transparency" in turned.info:
        alpha = turned.convert("RGBA")
        paper = Image.new("RGBA", alpha.size, "white")
        turned = Image.alpha_composite(paper, alpha)
    return np.ascontiguousarray(turned.convert("L"))


def _upright(grey: np.ndarray, orientation: int) -> np.ndarray:
    """Apply the EXIF orientation 1…8."""
    if orientation in (2, 4, 5, 7):
        grey = cv2.flip(grey, 1)
    quarter = {3: 2, 4: 2, 5: 1, 6: 3, 7: 3, 8: 1}.get(orientation, 0)
    return np.ascontiguousarray(np.rot90(grey, quarter))


def _dpi(image: Image.Image) -> float | None:
    """Resolution the file states, or None. Sides that differ by more than 5 % are not believed."""
    stated = image.info.get("dpi")
    try:
        across, down = (float(value) for value in stated)
    except (TypeError, ValueError):
        return None
    if not 50 <= across <= 2400 or abs(across - down) > 0.05 * across:
        return None
    return across


def _pdf_pages(data: bytes, limits: Limits) -> Iterator[PageImage]:
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise (LockedPdf if "assword" in str(error) else Damaged) from error
    try:
        _check_frames(len(document), limits)
        if not len(document):
            raise Damaged
        for number in range(1, len(document) + 1):
            yield PageImage(number, _render(document[number - 1], limits), float(limits.pdf_dpi))
    except pypdfium2.PdfiumError as error:
        raise Damaged from error
    finally:
        document.close()


def _render(page: pypdfium2.PdfPage, limits: Limits) -> np.ndarray:
    scale = limits.pdf_dpi / 72
    width, height = (side * scale for side in page.get_size())
    _check_size(round(width), round(height), limits)
    bitmap = page.render(scale=scale, grayscale=True)
    grey = np.array(bitmap.to_numpy())
    bitmap.close()
    return grey[:, :, 0] if grey.ndim == 3 else grey
