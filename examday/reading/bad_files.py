"""What a file from outside may cost, and what is wrong with one that is refused."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from examday.confined import is_machine
from examday.domain.errors import DomainError, MachineTrouble
from examday.domain.messages import N_


@dataclass(frozen=True)
class Limits:
    """What one file may cost.

    80 Mpx lets A3 at 600 dpi (70 Mpx) pass; twelve notebooks of twelve pages with their cover
    sheets are 156 frames of about a megabyte. Bytes, pixels, frames and sides are counts.
    """

    max_bytes: int = 200_000_000
    max_pixels: int = 80_000_000
    max_side: int = 20_000
    max_frames: int = 200
    """Checked before the first frame is decoded: a TIFF of 10,000 frames is an attack."""
    pdf_dpi: int = 300
    """Pages of a PDF are drawn so finely: what people are asked to scan at."""


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


class OtherCoding(BadFile):
    """A whole file whose picture is coded in a way that no decoder here knows."""

    code = "other-coding"
    message = N_("The picture in the file is coded as «%(what)s», which is not opened here.")
    advice = N_(
        "The file is not damaged. In the scanner's settings choose plain JPEG (8 bit), or TIFF with the "
        "compression G4, LZW or none, and scan the sheet again."
    )


class MorePictures(BadFile):
    """Behind the end of a picture a further page begins: two files were glued to each other."""

    code = "more-pictures"
    message = N_("The file holds a further picture behind its first one.")
    advice = N_(
        "Save each page as a file of its own, or all pages as one PDF or TIFF, and send them again."
    )


class Empty(BadFile):
    """A file without a single byte: whoever copied it stopped before the first."""

    code = "empty-file"
    message = N_("The file is empty.")
    advice = N_("Copy it from the scanner or phone again; the picture is still there.")


class NoPages(BadFile):
    """A PDF without a single page."""

    code = "no-pages"
    message = N_("The file has no pages.")
    advice = N_("Scan the sheet again; the scanner saved an empty file.")


class OpenForm(BadFile):
    """A PDF whose filled fields exist in no picture that could be drawn."""

    code = "open-form"
    message = N_("The PDF is a form to be filled in on a screen; what was typed cannot be drawn.")
    advice = N_("Print it, or «print» it to a PDF file, and send that.")


class PhonePicture(BadFile):
    """HEIC or HEIF, and nothing here that opens it."""

    code = "phone-picture"
    message = N_("The picture is in the format HEIC of a phone, which is not opened here.")
    advice = N_(
        "Switch the phone to JPEG (iPhone: Settings, Camera, Formats, Most Compatible; Android: camera "
        "settings, turn HEIF off) and take the picture again."
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
    """One page of a file.

    Its number from 1, its grey uint8 array H x W (0 = black), and the dpi from the file: None when
    it tells none, and when a camera took it, which stood at any distance. `stretch`: its px for one of
    the upright file, across and down; a file's own pixels may not be square.
    """

    number: int
    grey: np.ndarray
    dpi: float | None
    stretch: tuple[float, float] = (1.0, 1.0)


def blame(error: Exception) -> None:
    """Raise what speaks of the computer and not of the file.

    MachineTrouble (disk, handles), or MemoryError, whose meaning only the parent of a limited child
    can judge. Nothing is raised otherwise.
    """
    if isinstance(error, OSError) and is_machine(error):
        raise MachineTrouble(params={"what": type(error).__name__}) from error
    if isinstance(error, cv2.error) and error.code == cv2.Error.StsNoMem:
        raise MemoryError from error


def check_frames(frames: int, limits: Limits) -> None:
    """Raise TooManyPages above the limit."""
    if frames > limits.max_frames:
        raise TooManyPages(params={"pages": frames, "limit": limits.max_frames})


def check_size(width: int, height: int, limits: Limits) -> None:
    """Raise where a picture, px, is too large to open or too small to be a page."""
    if max(width, height) > limits.max_side or width * height > limits.max_pixels:
        raise FileTooLarge(params={"what": f"{width} × {height} px"})
    if min(width, height) < 8:
        raise Damaged
