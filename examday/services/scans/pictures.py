"""Pictures of pages and fields: files, crops, and where a form lies on a page.

Pixels are those of the page picture turned upright: origin top left, x to the right, y down. Crops
of fields are cut by the form's layout, so that an enlarged original and its copy come out at one
scale.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from sqlalchemy import select

from examday.domain.errors import Invalid, MachineTrouble, NotFound
from examday.domain.messages import N_
from examday.domain.scans.pages import ORIGINAL, PageState
from examday.domain.transfer.fields import is_long
from examday.paper.layout import Box, Layout, layouts
from examday.reading.placement import Placement, placement_of
from examday.services.scans.works import as_read, standing
from examday.services.unit_of_work import UnitOfWork
from examday.settings import Settings
from examday.storage.objects.opened import pictures as kept_pictures
from examday.storage.objects.pictures import Pictures
from examday.storage.tables import Booklet, Exam, Page

FIELD_PX_PER_MM = 8.0  # of the standard form: about 200 dpi, at which pencil can be read
MARGIN_MM = 1.4  # room around a field, because writing crosses the printed cells
# px, longest side of the page that is shown where no field can be cut out: it fills a screen
WHOLE = 1600
THUMBNAIL = 220  # px: what sheet it is can be seen, what is written cannot be read
LARGEST = 6000  # px, longest side of a picture that is sent: an address can ask for any size


def pages_of(
    uow: UnitOfWork,
    booklet: Booklet,
    role: str,
    version: int | None = None,
) -> list[Page]:
    """The attached pages in the order in which their work is read.

    An original serves every transfer version, a copy its own (default: the present one) and those
    in which its copier let it stand.
    """
    rows = uow.session.scalars(
        select(Page)
        .where(Page.booklet_id == booklet.id, Page.role == role, Page.state == PageState.ATTACHED)
        .order_by(Page.order, Page.number, Page.id)
    )
    if role == ORIGINAL:
        return as_read.in_order(uow, booklet, rows)
    number, stands = version or booklet.version, standing.standing(uow, booklet, version)
    counted = (page for page in rows if page.version == number or page.id in stands)
    return as_read.in_order(uow, booklet, counted)


def layout_of_form(exam: Exam, form: str) -> str:
    """The layout of a form that a person named: its edition of the exam's year.

    The name itself where no layout of the form is known.
    """
    years = {one.year: one.id for one in layouts().values() if one.form == form}
    fitting = [year for year in years if year <= exam.date.year] or list(years)[:1]
    return years[max(fitting)] if fitting else form


def form_of(page: Page) -> Layout | None:
    """The form that was laid over the page, if it is still known."""
    return layouts().get(page.sheet)


def size_of(page: Page) -> tuple[int, int]:
    """Width and height of the upright picture, px."""
    width, height = int(page.identity.get("width") or 0), int(page.identity.get("height") or 0)
    return (height, width) if _turned(page) in (90, 270) else (width, height)


def on_page(page: Page, form: Layout, box: Box) -> tuple[int, int, int, int] | None:
    """A box of the form, mm → the upright box round it in px of the upright picture.

    None where nothing proves that the form lies right: then no frame is shown.
    """
    placed = _placed(page, form)
    if placed is None:
        return None
    corners = _project(_turn(page), list(placed.corners(box)))
    (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
    return round(x0), round(y0), round(x1), round(y1)


def _placed(page: Page, form: Layout) -> Placement | None:
    """Where the form lies on the page as it was scanned: the reader's one judgement."""
    return placement_of({"layout": page.sheet, **page.identity}, {form.id: form})


def proven(page: Page) -> bool:
    """Return False where the page lies under a form and nothing proves that it lies right.

    Then no frame is shown on it anywhere, and people are told why.
    """
    form = form_of(page)
    return form is None or _placed(page, form) is not None


def field_box(form: Layout, field_id: str) -> Box | None:
    """The field on the form, mm; a replacement row with its task cells.

    None when the form has no such field.
    """
    combs = [comb.box for comb in form.combs if comb.field == field_id]
    if not combs:
        return None
    return (
        min(b[0] for b in combs),
        min(b[1] for b in combs),
        max(b[2] for b in combs),
        max(b[3] for b in combs),
    )


def text_box(form: Layout) -> Box | None:
    """The part of a form that is for long answers, mm; None when it has none."""
    boxes = [area.box for area in form.areas if area.role == "long"]
    if not boxes:
        return None
    return (
        min(b[0] for b in boxes),
        min(b[1] for b in boxes),
        max(b[2] for b in boxes),
        max(b[3] for b in boxes),
    )


def _turned(page: Page) -> int:
    return int(page.identity.get("turned") or 0) % 360


def _turn(page: Page) -> np.ndarray:
    """3x3, px of the picture as it was scanned → px of the upright picture."""
    width, height = int(page.identity.get("width") or 1), int(page.identity.get("height") or 1)
    return {
        0: np.eye(3),
        90: np.array([[0.0, 1, 0], [-1, 0, width - 1], [0, 0, 1]]),
        180: np.array([[-1.0, 0, width - 1], [0, -1, height - 1], [0, 0, 1]]),
        270: np.array([[0.0, -1, height - 1], [1, 0, 0], [0, 0, 1]]),
    }[_turned(page)]


def upright_box(page: Page, box: Box) -> Box:
    """A box in px of the picture as it was scanned → in px of the upright picture."""
    corners = _project(_turn(page), [(box[0], box[1]), (box[2], box[3])])
    (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
    return (float(x0), float(y0), float(x1), float(y1))


def _project(matrix: np.ndarray, points: list[tuple[float, float]]) -> np.ndarray:
    return _through(matrix, np.array(points))


def _through(matrix: np.ndarray, points: np.ndarray) -> np.ndarray:
    mapped = np.c_[points, np.ones(len(points))] @ matrix.T
    return np.asarray(mapped[:, :2] / mapped[:, 2:])


@dataclass(frozen=True)
class Grey:
    """The full grey picture that the intake made of a page of a stored original.

    It names the original by digest, so that the same `Grey` always means the same picture.
    """

    kept: Pictures
    sha256: str
    number: int

    @property
    def name(self) -> str:
        """What it is called among the pictures of its original."""
        return f"{self.number}.grey.jpg"

    @property
    def there(self) -> bool:
        """Whether the picture is there."""
        return self.kept.has(self.sha256, self.name)

    def jpeg(self) -> bytes:
        """The picture as it is kept. NotFound when it is not there."""
        try:
            return self.kept.read(self.sha256, self.name)
        except FileNotFoundError as error:
            raise _no_picture() from error


def picture_of(settings: Settings, page: Page) -> Grey:
    """The picture of a page, there or not."""
    return Grey(kept_pictures(settings), page.file.sha256, page.number)


def present(settings: Settings, page: Page) -> Grey:
    """The picture of a page. NotFound when it is not there."""
    picture = picture_of(settings, page)
    if not picture.there:
        raise _no_picture()
    return picture


def _no_picture() -> NotFound:
    return NotFound(
        N_("The picture of this page is missing."),
        advice=N_(
            "The original is kept; the technical specialist can have the picture made again."
        ),
    )


def grey_of(settings: Settings, page: Page) -> np.ndarray | None:
    """The page in grey for a reader, None when its file is not there.

    MachineTrouble when the picture, which we made ourselves, cannot be read just now: a reader must
    not take that for an empty page.
    """
    try:
        return read_grey(picture_of(settings, page))
    except NotFound:
        return None


def read_grey(picture: Grey) -> np.ndarray:
    """A grey picture of our own making. NotFound when it is not there; else as `decoded`."""
    return decoded(picture.jpeg())


def decoded(jpeg: bytes) -> np.ndarray:
    """A picture of our own making in grey; MachineTrouble when it cannot be read."""
    grey = _decode(jpeg, cv2.IMREAD_GRAYSCALE)
    if grey is None:
        raise MachineTrouble(params={"what": "picture"})
    return grey


def _decode(jpeg: bytes, how: int) -> np.ndarray | None:
    """Grey pixels; None for bytes that are no picture."""
    # The library takes no bytes at all for a fault of the program.
    grey = cv2.imdecode(np.frombuffer(jpeg, np.uint8), how) if jpeg else None
    return None if grey is None else np.asarray(grey, dtype=np.uint8)


@lru_cache(maxsize=4)
def _decoded(picture: Grey, turned: int, halved: bool) -> np.ndarray:
    grey = _decode(
        picture.jpeg(), cv2.IMREAD_REDUCED_GRAYSCALE_2 if halved else cv2.IMREAD_GRAYSCALE
    )
    if grey is None:
        raise NotFound(N_("The picture of this page is missing."))
    back = {
        90: cv2.ROTATE_90_COUNTERCLOCKWISE,
        180: cv2.ROTATE_180,
        270: cv2.ROTATE_90_CLOCKWISE,
    }.get(turned)
    return np.asarray(grey if back is None else cv2.rotate(grey, back))


def picture(
    settings: Settings,
    page: Page,
    box: tuple[int, int, int, int] | None = None,
    scale: float = 1.0,
) -> bytes:
    """JPEG of the upright page or of `box` (px of it), `scale` times as large.

    Invalid for an impossible box.
    """
    if not 0.01 <= scale <= 4:
        raise Invalid()
    halved = scale <= 0.5
    grey = _decoded(present(settings, page), _turned(page), halved)
    step = 2 if halved else 1
    if box is not None:
        x0, y0, x1, y1 = (max(0, edge) // step for edge in box)
        grey = grey[y0:y1, x0:x1]
    if grey.size == 0 or max(grey.shape) * scale * step > LARGEST:
        raise Invalid()
    return _jpeg(_scaled(grey, scale * step))


def thumbnail(settings: Settings, page: Page) -> bytes:
    """A picture that shows what sheet it is and too small for reading what is written."""
    grey = _decoded(present(settings, page), _turned(page), True)
    return _jpeg(_scaled(grey, THUMBNAIL / max(grey.shape)))


def field_picture(
    settings: Settings,
    page: Page,
    form: Layout,
    field_id: str,
) -> bytes:
    """Return the field cut out straight, with a margin.

    Its scale is FIELD_PX_PER_MM of the standard form, whatever the sheet's size. Of a long answer:
    the text area of the form that was laid over this page.
    NotFound when the form has no such field.
    """
    if is_long(field_id):
        form = form_of(page) or form
    box = text_box(form) if is_long(field_id) else field_box(form, field_id)
    if box is None:
        raise NotFound()
    placed = _placed(page, form)
    if placed is None:  # the whole page, rather than a field that may be another one
        return picture(settings, page, None, min(1.0, WHOLE / max(size_of(page))))
    grey = _decoded(present(settings, page), _turned(page), False)
    x0, y0, x1, y1 = box[0] - MARGIN_MM, box[1] - MARGIN_MM, box[2] + MARGIN_MM, box[3] + MARGIN_MM
    wide, high = (round(side * FIELD_PX_PER_MM) for side in (x1 - x0, y1 - y0))
    x, y = np.meshgrid(
        np.arange(wide) / FIELD_PX_PER_MM + x0, np.arange(high) / FIELD_PX_PER_MM + y0
    )
    mm = np.stack([x.ravel(), y.ravel()], axis=1)
    there = _through(_turn(page), placed.points(mm)).astype(np.float32).reshape(high, wide, 2)
    across, down = there[:, :, 0].copy(), there[:, :, 1].copy()
    cut = cv2.remap(grey, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return _jpeg(np.asarray(cut))


def _scaled(grey: np.ndarray, scale: float) -> np.ndarray:
    if scale == 1:
        return grey
    size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
    return np.asarray(
        cv2.resize(grey, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    )


def _jpeg(grey: np.ndarray) -> bytes:
    return bytes(cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, 88])[1])
