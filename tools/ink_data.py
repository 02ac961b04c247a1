"""Hands for training and hands for measuring: the character sets split by writer.

Also how the characters look once they are on a form.

Splits (never by single picture where a set tells its writers):
- Cyrillic capitals: the picture's id starts with the second of recording; cut where five minutes pass. About 200 runs,
  the nearest thing to a writer. Every eighth run is for measuring.
- pen capitals: by writer; every eighth is for measuring.
- fonts: by family; FONT_MEASURE are for measuring.
- digits, pen photos: no writer is named. The last tenth of each class is for measuring; it measures the set, not new
  hands, and the model card says so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from examday.reading.glyph import CLASSES, CROSSED, CYRILLIC, DIACRITICS, LATIN, normalise

FONT_MEASURE = ("neucha", "klee-one", "patrick-hand", "pangolin")
RUN_GAP_S = 300  # after so long without a picture another run of recording begins
# the set of pen photos, whose grounds have to be taken away first
PHOTOS = "latin-capitals-and-digits"
GREY_GROUND = 20  # of 255: paper in a photo is brighter than this, black is darker
EVERY = 8  # one run or writer of so many is for measuring
SIDE = 28  # px, side of the pictures of most sets: others are brought to it
# How an accented letter is put together: base letter, accent. There is nothing to make ß from: it
# is read as B.
ACCENTED = {
    "À": "A`",
    "Â": "A^",
    "Ä": "A:",
    "Ö": "O:",
    "Ô": "O^",
    "È": "E`",
    "É": "E'",
    "Ê": "E^",
    "Ë": "E:",
    "Î": "I^",
    "Ï": "I:",
    "Ù": "U`",
    "Û": "U^",
    "Ü": "U:",
    "Ç": "C,",
}


# Capitals that one hand draws alike in both scripts: the Latin set is small, and gets four times
# the hands for these.
TWINS = dict(zip("АВЕКМНОРСТХ", "ABEKMHOPCTX", strict=True))


@dataclass(frozen=True)
class Hands:
    """Pictures of characters, with the class and the set of each.

    Pictures (n, 28, 28) uint8 white on black, class numbers (n,), and the name of the set each came
    from (n,).
    """

    x: np.ndarray
    y: np.ndarray
    source: np.ndarray

    def only(self, mask: np.ndarray) -> Hands:
        return Hands(self.x[mask], self.y[mask], self.source[mask])


def load(folder: Path) -> tuple[Hands, Hands]:
    """Hands for training and hands for measuring from `folder` (the five permitted sets)."""
    sets = [
        _one_set(folder, "cyrillic-capitals", _by_run),
        _one_set(folder, "digits", _last_tenth),
        _one_set(folder, PHOTOS, _last_tenth),
        _one_set(folder, "font-glyphs", _by_font),
        _one_set(folder, "pen-latin-capitals", _by_writer),
    ]
    everything = Hands(
        np.concatenate([hands.x for hands, _ in sets]),
        np.concatenate([hands.y for hands, _ in sets]),
        np.concatenate([hands.source for hands, _ in sets]),
    )
    measure = np.concatenate([mask for _, mask in sets])
    return everything.only(~measure), everything.only(measure)


def _one_set(
    folder: Path, name: str, measure_mask: Callable[[np.lib.npyio.NpzFile], np.ndarray]
) -> tuple[Hands, np.ndarray]:
    """The characters of one set that the network knows, and which of them are for measuring."""
    data = np.load(folder / f"{name}.npz")
    wanted = np.isin(data["y"], list(CLASSES))
    y = np.array([CLASSES.index(character) for character in data["y"][wanted]])
    pictures = data["x"][wanted]
    if name == PHOTOS:
        pictures = np.array([on_black(picture) for picture in pictures])
    if pictures.shape[1:] != (SIDE, SIDE):
        pictures = np.array([_small(picture) for picture in pictures])
    return Hands(pictures, y, np.full(len(y), name)), measure_mask(data)[wanted]


def _bounds(picture: np.ndarray, level: int) -> tuple[int, int, int, int] | None:
    """First and last row, first and last column brighter than `level`; None where nothing is."""
    rows, columns = np.flatnonzero(picture.max(1) > level), np.flatnonzero(picture.max(0) > level)
    if not len(rows) or not len(columns):
        return None
    return int(rows[0]), int(rows[-1]), int(columns[0]), int(columns[-1])


def on_black(picture: np.ndarray) -> np.ndarray:
    """The picture (28, 28) without the grey of the paper it was photographed on.

    Pen photos keep a grey box around the strokes, which no scan of a form has; pictures whose
    ground is black are returned as they are.
    """
    bounds = _bounds(picture, 8)
    if bounds is None:
        return picture
    top, bottom, left, right = bounds
    box = picture[top : bottom + 1, left : right + 1]
    if np.percentile(box, 25) <= GREY_GROUND or (box > GREY_GROUND).mean() < 0.75:
        return picture
    level, _ = cv2.threshold(box, 0, 255, cv2.THRESH_OTSU)
    ground, ink = box[box <= level].astype(float), box[box > level].astype(float)
    floor = ground.mean() + 2 * ground.std()
    if not len(ink) or ink.mean() - floor < GREY_GROUND:
        return picture
    out = np.zeros_like(picture)
    out[top : bottom + 1, left : right + 1] = np.clip(
        (box - floor) / (ink.mean() - floor) * 255, 0, 255
    )
    return out


def twins(hands: Hands) -> Hands:
    """Capitals of one script once more as those of the other, where both look alike.

    Which script a field holds is decided outside, so no picture is told to be two things at once.
    """
    pairs = {**TWINS, **{latin: cyrillic for cyrillic, latin in TWINS.items()}}
    other = {CLASSES.index(one): CLASSES.index(twin) for one, twin in pairs.items()}
    found = hands.only(np.isin(hands.y, list(other)))
    return Hands(
        found.x, np.array([other[int(y)] for y in found.y]), np.full(len(found.y), "twins")
    )


def _by_run(data: np.lib.npyio.NpzFile) -> np.ndarray:
    # The id of a picture starts with the second of its recording, hexadecimal.
    seconds = np.array([int(g[:8], 16) for g in data["g"]])
    order = np.argsort(seconds, kind="stable")
    run = np.zeros(len(seconds), int)
    run[order] = np.cumsum(np.r_[0, np.diff(seconds[order]) > RUN_GAP_S])
    return np.asarray(run % EVERY == EVERY // 2)


def _last_tenth(data: np.lib.npyio.NpzFile) -> np.ndarray:
    # These sets name no writer, so they cannot be split by hand.
    mask = np.zeros(len(data["y"]), bool)
    for character in np.unique(data["y"]):
        where = np.flatnonzero(data["y"] == character)
        mask[where[-max(1, len(where) // 10) :]] = True
    return mask


def _by_writer(data: np.lib.npyio.NpzFile) -> np.ndarray:
    writers = np.unique(data["w"])
    return np.isin(data["w"], writers[EVERY // 2 :: EVERY])


def _by_font(data: np.lib.npyio.NpzFile) -> np.ndarray:
    return np.isin(data["f"], FONT_MEASURE)


def pen(picture: np.ndarray, rng: np.random.Generator, harsh: float = 1.0) -> np.ndarray:
    """Return a 28 x 28 picture as a pen would have left it on paper at scanner resolution.

    The result is float darkness 0…1, about 50 px.

    Enlarged, its edge cut at a random level (thin strokes break, thick ones swell), thickened or thinned, softened.
    `harsh` 0 leaves the strokes as thick as they were.
    """
    big = _enlarged(_trimmed(picture, rng, harsh), rng)
    level = rng.uniform(0.22, 0.62) if harsh else rng.uniform(0.38, 0.5)
    sharp = rng.uniform(3.0, 14.0)
    soft = cv2.GaussianBlur(big, (0, 0), rng.uniform(0.3, 1.0))
    floor, top, ink = (1 / (1 + np.exp((level - v) * sharp)) for v in (0.0, 1.0, soft))
    dark: np.ndarray = (ink - floor) / (top - floor)
    if harsh and rng.random() < 0.35:
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))
        dark = cv2.dilate(dark, kernel) if rng.random() < 0.6 else cv2.erode(dark, kernel)
    return np.asarray(np.clip(dark, 0, 1), np.float32)


def _trimmed(picture: np.ndarray, rng: np.random.Generator, harsh: float) -> np.ndarray:
    """The character without its empty rim; now and then a row or column of it is lost as well."""
    bounds = _bounds(picture, 60)
    if bounds is not None:
        top, bottom, left, right = bounds
        cut = rng.integers(0, 2, 4) if rng.random() < 0.25 * harsh else np.zeros(4, int)
        picture = picture[top + cut[0] : bottom + 1 - cut[1], left + cut[2] : right + 1 - cut[3]]
    return np.full((6, 3), 255, np.uint8) if min(picture.shape) < 1 else picture


def _enlarged(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The picture at scanner resolution, 0…1, with a rim of 6 px."""
    scale = rng.uniform(1.6, 2.6)
    width = max(3, round(picture.shape[1] * scale * rng.uniform(0.85, 1.15)))
    height = max(3, round(picture.shape[0] * scale))
    big = cv2.resize(picture, (width, height), interpolation=cv2.INTER_CUBIC)
    rimmed = cv2.copyMakeBorder(big, 6, 6, 6, 6, cv2.BORDER_CONSTANT, value=0)
    return rimmed.astype(np.float32) / 255


CANVAS = 84  # px: strokes are drawn three times as large as the pictures of the sets
INK = 255

Points = list[tuple[float, float]]


def _stroke(canvas: np.ndarray, points: Points, width: int) -> None:
    cv2.polylines(canvas, [np.array(points, np.int32)], False, INK, width, cv2.LINE_AA)


def _small(canvas: np.ndarray) -> np.ndarray:
    """The canvas at the size of the sets, 28 x 28."""
    return np.asarray(cv2.resize(canvas, (SIDE, SIDE), interpolation=cv2.INTER_AREA))


def stroke_mark(character: str, rng: np.random.Generator) -> np.ndarray:
    """A comma or a minus drawn as one pen stroke, 28 x 28."""
    canvas, width = np.zeros((CANVAS, CANVAS), np.uint8), int(rng.integers(5, 15))
    if character == "-":
        half, tilt, bow = int(rng.integers(18, 38)), rng.normal(0, 5), rng.normal(0, 3)
        points: Points = [(42 - half, 42 - tilt), (42, 42 + bow), (42 + half, 42 + tilt)]
    else:
        length, lean = rng.integers(16, 36), rng.normal(-5, 6)
        points = [(42, 42 - length / 2), (42 + rng.normal(1, 3), 42), (42 + lean, 42 + length / 2)]
        if rng.random() < 0.25:
            cv2.circle(canvas, (42, int(42 - length / 2)), width, INK, -1)
    _stroke(canvas, points, width)
    return _small(canvas)


def accent(picture: np.ndarray, kind: str, rng: np.random.Generator) -> np.ndarray:
    """A base letter with an accent drawn above it (or the tail of Ç below), 28 x 28."""
    canvas = np.zeros((CANVAS, CANVAS), np.uint8)
    letter = cv2.resize(picture, (60, 60), interpolation=cv2.INTER_CUBIC)
    top = 6 if kind == "," else 22
    canvas[top : top + 60, 12:72] = letter
    inked = np.flatnonzero(canvas.max(0) > 60)
    x = int(inked.mean()) if len(inked) else 42
    rows = np.flatnonzero(canvas.max(1) > 60)
    above = (int(rows[0]) if len(rows) else 22) - 6
    below = (int(rows[-1]) if len(rows) else 66) - 2
    width, dx, lift = (int(rng.integers(*span)) for span in ((3, 7), (7, 12), (6, 13)))
    if kind == ":":
        for side in (-dx, dx):
            cv2.circle(canvas, (x + side, above - lift // 2), width - 1, INK, -1)
    else:
        _stroke(canvas, _accent_line(kind, x, below if kind == "," else above, dx, lift), width)
    return _small(canvas)


def _accent_line(
    kind: str,
    x: int,
    y: int,
    dx: int,
    lift: int,
) -> Points:
    """The stroke of an accent that begins or ends at x, y: `dx` to the side, `lift` high."""
    lines: dict[str, Points] = {
        "`": [(x - dx, y - lift), (x + dx // 2, y)],
        "'": [(x + dx, y - lift), (x - dx // 2, y)],
        "^": [(x - dx, y), (x, y - lift), (x + dx, y)],
        ",": [(x, y), (x + 4, y + 8), (x - 6, y + 14)],
    }
    return lines[kind]


def led_in(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the character begun with a small stroke from the side.

    A hand that was taught joined writing does so: strangers' Т and И are misread for it.
    """
    bounds = _bounds(picture, 60)
    if bounds is None:
        return picture
    top, bottom, left, right = bounds
    canvas = cv2.resize(picture, (CANVAS, CANVAS), interpolation=cv2.INTER_CUBIC)
    begin = picture[top : top + max(2, (bottom - top) // 3), left : left + (right - left) // 2 + 1]
    rows, columns = np.nonzero(begin > 60)
    if not len(rows):
        return picture
    at = int(rng.integers(len(rows)))
    x, y = 3.0 * (left + columns[at]), 3.0 * (top + rows[at])
    reach, drop = rng.uniform(5, 15), rng.uniform(-4, 14)
    points = [(x - reach, y + drop), (x - reach / 2, y - rng.uniform(0, 6)), (x, y)]
    _stroke(canvas, points, int(rng.integers(3, 8)))
    return _small(canvas)


SHAPES: dict[str, tuple[Points, ...]] = {
    "Т": ([(0, 0), (1, 0)], [(0.08, 0), (0.08, 1)], [(0.5, 0), (0.5, 1)], [(0.92, 0), (0.92, 1)]),
    "И": ([(0, 0), (0.02, 0.7), (0.2, 1), (0.5, 0.95), (0.85, 0.4)], [(0.88, 0), (0.9, 1)]),
    "Й": (
        [(0, 0.2), (0.02, 0.75), (0.2, 1), (0.5, 0.95), (0.85, 0.5)],
        [(0.88, 0.2), (0.9, 1)],
        [(0.25, 0), (0.45, 0.1), (0.65, 0)],
    ),
    "М": ([(0, 1), (0.25, 0.05), (0.5, 0.75), (0.75, 0.05), (1, 1)],),
    "А": ([(0, 1), (0.2, 0.2), (0.5, 0), (0.8, 0.2), (1, 1)], [(0.1, 0.6), (0.9, 0.6)]),
}
"""Shapes that people use and that the sets hardly hold: three-legged Т, u-shaped И, М on slanted legs,
А with an arch; strokes in a square of side 1."""


def drawn(rng: np.random.Generator, each: int) -> Hands:
    """Letters of `SHAPES`, each drawn `each` times by an unsteady hand."""
    pictures, labels = [], []
    for letter, strokes in SHAPES.items():
        for _ in range(each):
            canvas, width = np.zeros((CANVAS, CANVAS), np.uint8), int(rng.integers(4, 11))
            high, wide = rng.uniform(44, 64), rng.uniform(32, 62)
            for stroke in strokes:
                shaken = [
                    (
                        42 + (x - 0.5) * wide + rng.normal(0, 2),
                        42 + (y - 0.5) * high + rng.normal(0, 2),
                    )
                    for x, y in stroke
                ]
                _stroke(canvas, _rounded(shaken), width)
            small = _small(canvas)
            pictures.append(led_in(small, rng) if rng.random() < 0.5 else small)
            labels.append(CLASSES.index(letter))
    return Hands(np.array(pictures), np.array(labels), np.full(len(labels), "drawn"))


def _rounded(points: Points) -> Points:
    """The line with its corners cut once, as a moving pen leaves it; ends stay."""
    out = [points[0]]
    for (x0, y0), (x1, y1) in zip(points, points[1:], strict=False):
        out += [(0.75 * x0 + 0.25 * x1, 0.75 * y0 + 0.25 * y1)]
        out += [(0.25 * x0 + 0.75 * x1, 0.25 * y0 + 0.75 * y1)]
    return [*out, points[-1]]


def struck_out(ink: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The ink of a character (any size) struck through: a cross, hatching, or a scribble over it."""
    layer, thick = np.zeros(ink.shape, np.float32), int(rng.integers(2, 6))
    ways = (_strike_cross, _strike_across, _strike_scribble, _strike_down)
    ways[rng.integers(0, 4)](layer, thick, rng)
    return np.asarray(np.maximum(ink, layer))


def _strike_cross(layer: np.ndarray, thick: int, _rng: np.random.Generator) -> None:
    height, width = layer.shape
    cv2.line(layer, (2, 2), (width - 3, height - 3), 1.0, thick, cv2.LINE_AA)
    cv2.line(layer, (width - 3, 2), (2, height - 3), 1.0, thick, cv2.LINE_AA)


def _strike_across(layer: np.ndarray, thick: int, rng: np.random.Generator) -> None:
    height, width = layer.shape
    for step in np.linspace(0.15, 0.85, int(rng.integers(3, 6))):
        y = int(step * height + rng.normal(0, 2))
        start = (0, y + int(rng.integers(-6, 7)))
        cv2.line(layer, start, (width - 1, y), 1.0, thick, cv2.LINE_AA)


def _strike_scribble(layer: np.ndarray, thick: int, rng: np.random.Generator) -> None:
    height, width = layer.shape
    count = int(rng.integers(9, 16))
    spots = [(int(rng.integers(0, width)), int(rng.integers(0, height))) for _ in range(count)]
    cv2.polylines(layer, [np.array(spots, np.int32)], False, 1.0, thick, cv2.LINE_AA)


def _strike_down(layer: np.ndarray, thick: int, rng: np.random.Generator) -> None:
    height, width = layer.shape
    for x in np.linspace(0, width - 1, int(rng.integers(6, 11))):
        end = (int(x + rng.normal(3, 3)), height - 2)
        cv2.line(layer, (int(x), 1), end, 1.0, thick, cv2.LINE_AA)


def frames(hands: Hands, rng: np.random.Generator) -> np.ndarray:
    """Each picture once on paper and back in the network's frame: (n, 32, 32) uint8."""
    out = np.zeros((len(hands.x), 32, 32), np.uint8)
    for row, picture in enumerate(hands.x):
        frame = normalise(pen(picture, rng))
        if frame is None:
            frame = normalise(picture.astype(np.float32) / 255)
        out[row] = 0 if frame is None else frame
    return out


def invented(hands: Hands, rng: np.random.Generator, each: int) -> Hands:
    """Return characters that no set holds: marks and accented letters.

    They are made from strokes and from the Latin letters of `hands`.
    """
    pictures, labels = [], []
    for character in ",-":
        pictures += [stroke_mark(character, rng) for _ in range(each * 4)]
        labels += [character] * each * 4
    for character, recipe in ACCENTED.items():
        base = hands.x[(hands.y == CLASSES.index(recipe[0]))]
        chosen = base[rng.integers(0, len(base), each)]
        pictures += [accent(p, recipe[1], rng) for p in chosen]
        labels += [character] * each
    y = np.array([CLASSES.index(label) for label in labels])
    return Hands(np.array(pictures), y, np.full(len(y), "invented"))


def crossed_frames(hands: Hands, rng: np.random.Generator, count: int) -> np.ndarray:
    """Struck-out characters in the network's frame."""
    out = []
    for row in rng.integers(0, len(hands.x), count):
        frame = normalise(struck_out(pen(hands.x[row], rng), rng))
        out.append(frame if frame is not None else np.zeros((32, 32), np.uint8))
    return np.array(out)


GROUPS = {
    "digits": [CLASSES.index(c) for c in "0123456789"],
    "cyrillic": [CLASSES.index(c) for c in CYRILLIC],
    "latin": [CLASSES.index(c) for c in LATIN],
    "diacritics": [CLASSES.index(c) for c in DIACRITICS],
    "marks": [CLASSES.index(c) for c in ",-" + CROSSED],
}
