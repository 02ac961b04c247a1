"""Where a page has dots that were not read.

Sharpness, scale and light change across a photograph; at its far end, or out of focus, the network
sees traces of cells that it cannot tell. Silence about them would look like empty paper. So where
several traces lie beside each other and nothing was read, an area is named.
"""

import cv2
import numpy as np
import numpy.typing as npt

from examday.braille.detect import READING_HEIGHT, Found, detect
from examday.braille.lines import tilt_of
from examday.braille.picture import Grey, even_light

Array = npt.NDArray[np.float32]
Mask = npt.NDArray[np.uint8]
Places = npt.NDArray[np.float64]
Box = tuple[float, float, float, float]

TRACE = 0.3
"""Heat from which something that was not read may be a cell.

Of eight spoilt pages on which parts were missed six are named so for half of these parts, of 107
pages that were read well one is named for nothing; at 0.25 seven and seven, at 0.4 three and one.
With the sharpened look: of 51 pages with a strip out of focus 33 and not 13 are named for half of what
was missed, of 46 pages that were read well two and not one for nothing.
"""
_DARK = 0.5
"""Share of the brightness of the read cells: what is darker is a table or a lid, where no cell can
be."""
_AVERAGE = 25
"""px over which brightness is averaged, so that the shade of one dot does not count."""
_SAME = 0.7
"""Cells by which two centres may differ and still be of one cell: neighbours are a whole cell
apart."""
_FEWEST = 6
"""Such cells beside each other that make an area: single ones are dirt, or a stamp's edge."""
_SHARPER, _SHARP = 2.0, 5.0
"""How much of what is finer than this spread is added; px as of `_CELL`. Of cells that a blur of a sixth
of their height hid 62 of 100 left a trace then, 46 before; it takes as long as reading the page."""
_APART = np.array([3.0, 2.2])
"""Cell widths and heights up to which two of them make one area: a word's gap or the next line must
not cut it."""
_TEXTURE = 0.25
"""Share of the fine contrast of read cells from which paper may hold dots; plain paper has less."""
_REACH = 5.0
"""Cells by which an area may reach beyond what was suspected: dots there are too faint
to leave a trace."""
_SURE_BACK = 0.5
"""Certainty from which a cell of the other side counts: below it dust and dents of the paper
would."""
_TWO_SIDED = 0.15
"""Cells of the other side for each one read, from which a sheet is embossed on both: fewer are
dents and dust."""
_PLAIN = 0.5
"""Share of the fine contrast of read cells that dots have too which nobody read: plain paper stays
below."""
_ROOM = np.array([3.0, 2.0])
"""Cells, wide and high, of such paper side by side from which the page is looked at in the other light.
Of 60 pages of which a corner was lit from the other side 58 had so much, of sound one-sided ones a third."""
_AROUND_IT = np.array([6.0, 4.0])
"""Cell widths and heights around a cell of the back within which cells that were read are counted:
wide enough to see beyond a word's gap."""
_MIXED, _APART_FROM = 0.5, 0.2
"""Share of them among all there: from the one a cell of the back lies among those of the face, below the
other it lies apart from them."""
_SAME_LINE = 0.3
"""Cells, up or down, within which two lie on one line: the next line is a whole cell and more
away."""
_ON_LINES = 0.3
"""Share of a group on lines of the page from which it belongs to them: where the back goes on below
the text of the face it shares none."""
_BLOCK = 0.1
"""Cells of a group, for each one read, from which it needs no line of theirs: light that turns over the
whole width of a page leaves none there. Measured on one-sided pages: such blocks had 0.12 and more."""
_ELSEWHERE = 0.05
"""Cells of the back near those of the face and not beside such a block, for each one read, below which
there is no back. Pictures of one-sided pages, lit from the other side below a third or three fifths of
their height, had at most 0.047 (17 of 17); pages embossed on both sides 0.10 and more, but for two of 27
with 0.015 and 0.050."""
_ONE_SIDED = 0.07
"""Cells of the back among those of the face, for each one read, below which a sheet is embossed on one
side alone: the corner's edge gives up to 0.06, of 42 sheets embossed on both 40 give more.
Of 18 one-sided pages that lost ten cells or more in such a corner 14 are named for half of them (hardly one
before), of 36 sheets embossed on both 2 for nothing."""
_HARDLY = 0.02
"""Share as of `_ONE_SIDED`, below which as good as none is there: pages embossed on both sides had
0.05 and more."""
_SURELY, _UNDER = 0.9, 0.65
"""Certainty of cells of the back that lie on read ones, and how many of them, for each one read, betray
a back whose lines lie right under those of the face: 0.8 there, on one-sided pages up to 0.55."""
_CELL = (21.0, 32.0)
"""px of a cell in the picture that the contrast is measured in: scans of all resolutions are
brought to it, so that one bound fits all."""
_DOT, _AROUND = 1.5, 4.0
"""px there, spreads of two blurs: their difference keeps what is as fine as a dot, and no shade."""
_SMOOTH = 14.0
"""px there over which the contrast is averaged: less than a cell, or gaps between lines close."""


def unread(
    picture: Grey,
    read: Found,
    seen: Found,
    weights: str,
) -> list[Box]:
    """Return areas with dots that are in no cell that was read; px of `picture`.

    `read`: the cells of the page. `seen`: all traces of cells down to TRACE.
    """
    if not len(read.centres):
        return []  # nothing to measure against: such a page is told as a whole
    scale = READING_HEIGHT / read.cell_height
    size = np.median(read.sizes, axis=0)
    suspects = _on_paper(_suspects(seen, read), picture, read)
    # A strip out of focus leaves few traces: where there are some, the page is looked at sharpened.
    if len(suspects) >= _FEWEST:
        sharper = detect(_sharpened(picture, scale), scale, weights)
        more = _on_paper(_suspects(sharper, read), picture, read)
        suspects = np.concatenate([suspects, more])
    groups = [suspects[group] for group in _groups(suspects, size)]
    paper, plain = _open_paper(picture, read, scale)
    if groups or _has_room(plain):
        groups = _by_other_light(groups, picture, read, scale, weights)
    return [_area(group, size, paper, scale) for group in groups]


def _sharpened(picture: Grey, scale: float) -> Grey:
    """Return the picture with what is as fine as a dot raised."""
    soft = cv2.GaussianBlur(picture, (0, 0), _SHARP / scale)
    return np.asarray(cv2.addWeighted(picture, 1 + _SHARPER, soft, -_SHARPER, 0), np.uint8)


def _open_paper(picture: Grey, read: Found, scale: float) -> tuple[Mask, Mask]:
    """Mark where fine contrast lies outside of the cells that were read; px of `picture` × `scale`.

    Twice: where paper may hold dots, and where it has as much of it as plain dots have.
    """
    small = cv2.resize(
        picture,
        None,
        fx=scale,
        fy=scale,
        interpolation=cv2.INTER_AREA,
    )
    light = even_light(np.asarray(small, np.uint8))
    fine = cv2.GaussianBlur(light, (0, 0), _DOT) - cv2.GaussianBlur(light, (0, 0), _AROUND)
    contrast = np.sqrt(cv2.GaussianBlur(fine * fine, (0, 0), _SMOOTH))
    places = read.centres * scale
    usual = float(np.median(_at(contrast, places)))
    half = np.array(_CELL) * 0.6
    for low, high in zip(places - half, places + half, strict=True):
        cv2.rectangle(contrast, low.astype(int).tolist(), high.astype(int).tolist(), 0, -1)
    maybe, plainly = (contrast >= share * usual for share in (_TEXTURE, _PLAIN))
    return maybe.astype(np.uint8), plainly.astype(np.uint8)


def _suspects(seen: Found, read: Found) -> Places:
    """Return the centres (N×2) of what may be a cell and lies in none that was read."""
    centres = seen.centres
    off = np.abs(centres[:, None] - read.centres[None]) / read.sizes[None]
    return np.asarray(centres[(off.max(2) > _SAME).all(1)], np.float64)


def _on_paper(centres: Places, picture: Grey, read: Found) -> Places:
    """Leave out what lies on something much darker than the paper: the grain of a table, print."""
    small = cv2.blur(picture, (_AVERAGE, _AVERAGE)).astype(np.float32)
    paper = float(np.median(_at(small, read.centres)))
    return centres[_at(small, centres) >= _DARK * paper]


def _at(values: Array, places: Places | Array) -> Array:
    """Return the value at each place (N×2, x y); places outside count as the edge."""
    x, y = places.round().astype(int).T
    height, width = values.shape
    return np.asarray(values[y.clip(0, height - 1), x.clip(0, width - 1)], np.float32)


def _groups(centres: Places, size: Array) -> list[npt.NDArray[np.intp]]:
    """Return the numbers of cells that lie beside each other; a cell seen twice counts once."""
    off = np.abs(centres[:, None] - centres[None]) / size
    again = np.triu((off.max(2) < _SAME), 1).any(0) if len(centres) else np.zeros(0, bool)
    once = np.flatnonzero(~again)
    beside = np.asarray((off[np.ix_(once, once)] < _APART).all(2))
    groups, left = [], set(range(len(once)))
    while left:
        group = {left.pop()}
        grown = set(group)
        while grown:
            near = np.flatnonzero(beside[list(grown)].any(0))
            grown = set(near.tolist()) & left
            left -= grown
            group |= grown
        if len(group) >= _FEWEST:
            groups.append(once[sorted(group)])
    return groups


def _has_room(paper: Mask) -> bool:
    """Tell whether the texture of some cells side by side lies where nothing was read."""
    width, height = (round(side) for side in np.array(_CELL) * _ROOM)
    # Nothing lies beyond the picture: its border must not count as paper that could hold dots.
    whole = cv2.erode(paper, np.ones((height, width), np.uint8), borderValue=0)
    return bool(whole.any())


def _by_other_light(
    groups: list[Places],
    picture: Grey,
    read: Found,
    scale: float,
    weights: str,
) -> list[Places]:
    """Look at the page with light and dark swapped.

    There the dents of a sheet embossed on both sides are dots: groups of these are left out. On a
    one-sided sheet dots show so where the lamp shines from the other side: groups of those are
    added. The back lies between the cells that were read; a corner in other light lies apart from
    them, on their lines, and a page's part under its whole width is a large group.
    """
    back = detect(np.asarray(255 - picture, np.uint8), scale, weights)
    between = ~_lie_in(back.centres, read)
    under = int((~between & (back.certainty > _SURELY)).sum())
    back = back.chosen(np.asarray(between & (back.certainty > _SURE_BACK), np.bool_))
    among = _share_around(back.centres, read)
    mixed = int((among >= _MIXED).sum())
    # Where hardly one lies among those of the face, few lines in other light are no back either.
    lone = among < (_APART_FROM if mixed > _HARDLY * len(read.centres) else _MIXED)
    inside = [_lie_in(group, back) for group in groups]
    elsewhere = len(back.centres) - sum(int(cells.sum()) for cells in inside)
    if elsewhere >= _TWO_SIDED * len(read.centres):
        groups = [group for group, cells in zip(groups, inside, strict=True) if cells.mean() < 0.5]
    size = np.median(read.sizes, axis=0)
    apart, others = (np.asarray(back.centres[which], np.float64) for which in (lone, ~lone))
    added = [apart[group] for group in _groups(apart, size)]
    one_sided = mixed < _ONE_SIDED * len(read.centres)
    bare = under < _UNDER * len(read.centres)
    return groups + [
        group
        for group in added
        if (bare and _is_block(group, others, read, size))
        or (one_sided and _in_line(group, read) >= _ON_LINES)
    ]


def _is_block(group: Places, others: Places, read: Found, size: Array) -> bool:
    """Tell whether cells that show in the other light are a large part of a page without a back.

    `others`: such cells near those that were read. Where the light turns both kinds lie side by side;
    a back has them all over the page.
    """
    off = np.abs(others[:, None] - group[None]) / size
    beside = np.asarray((off < _AROUND_IT).all(2)).any(axis=1)
    elsewhere = len(others) - int(np.count_nonzero(beside))
    count = len(read.centres)
    return len(group) >= _BLOCK * count and elsewhere < _ELSEWHERE * count


def _in_line(centres: Places, read: Found) -> float:
    """Return the share of centres that go on a line of the cells that were read."""
    fall = np.tan(np.deg2rad(tilt_of(read)))
    ours, theirs = (places[:, 1] - fall * places[:, 0] for places in (centres, read.centres))
    off = np.abs(ours[:, None] - theirs[None]) / read.cell_height
    return float((off < _SAME_LINE).any(1).mean())


def _share_around(centres: Places | Array, read: Found) -> Places:
    """Return for each of these cells which share of the cells around it was read."""
    size = np.median(read.sizes, axis=0)
    ours, theirs = (
        (np.abs(centres[:, None] - others[None]) / size < _AROUND_IT).all(2).sum(1)
        for others in (centres, read.centres)
    )
    return np.asarray(theirs / (ours + theirs), np.float64)


def _lie_in(centres: Places | Array, found: Found) -> npt.NDArray[np.bool_]:
    """Tell of each centre whether it lies in a found cell, or nearly so."""
    off = np.abs(centres[:, None] - found.centres[None]) / found.sizes[None]
    return np.asarray((off.max(2) < 0.8).any(1), np.bool_)


def _area(
    centres: Places,
    size: Array,
    paper: Mask,
    scale: float,
) -> Box:
    """Return the box of a group with the open paper around it; px of the picture."""
    low, high = centres.min(0) - size / 2, centres.max(0) + size / 2
    near = np.zeros_like(paper)
    axes = tuple(round(_REACH * side) for side in _CELL)
    for x, y in (centres * scale).astype(int).tolist():
        cv2.ellipse(near, (x, y), axes, 0, 0, 360, 1, -1)
    rows, columns = np.nonzero(near & paper)
    if len(rows):
        low = np.minimum(low, np.array([columns.min(), rows.min()]) / scale)
        high = np.maximum(high, np.array([columns.max(), rows.max()]) / scale)
    left, top, right, bottom = (round(float(v), 1) for v in (*low, *high))
    return left, top, right, bottom
