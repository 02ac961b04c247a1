"""Where on a page something lies, in words: for the ear, which has no frame to look at."""

from examday.domain.messages import N_

Box = tuple[float, float, float, float]

_WORDS = (
    (N_("at the top left"), N_("at the top"), N_("at the top right")),
    (N_("on the left"), N_("in the middle"), N_("on the right")),
    (N_("at the bottom left"), N_("at the bottom"), N_("at the bottom right")),
)
_WHOLE = N_("over the whole page")


def place_of(box: Box, width: int, height: int) -> str:
    """Return the msgid of the third of the page that the middle of `box` lies in.

    `box`: left, top, right, bottom; `width` and `height` of the page in the same unit.
    """
    left, top, right, bottom = box
    if right - left > 0.7 * width and bottom - top > 0.7 * height:
        return _WHOLE
    row = min(2, max(0, int(3 * (top + bottom) / 2 / height)))
    column = min(2, max(0, int(3 * (left + right) / 2 / width)))
    # A wide area has no side: to name one would send the finger to half of it.
    column = 1 if right - left > 0.7 * width else column
    row = 1 if bottom - top > 0.7 * height else row
    return _WORDS[row][column]
