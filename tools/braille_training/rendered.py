"""Random pages of the project's own renderer, as training pages."""

from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import numpy.typing as npt

from examday.braille.render import CELL_MM, LINE_MM, Look, render
from tools.braille_training.pages import LabelledPage

# The commonest cells of Russian text, so that most pages look like writing.
_COMMON = np.array(
    [
        21,
        17,
        10,
        1,
        29,
        30,
        14,
        23,
        58,
        7,
        5,
        13,
        25,
        15,
        37,
        43,
        46,
        62,
        3,
        53,
        27,
        31,
        47,
        26,
        60,
        2,
        36,
    ]
)


def random_look(rng: np.random.Generator) -> tuple[Look, int, int]:
    """Return a way to make and photograph a page.

    With it come the number of cells a line and the number of lines that fit on the page.
    """
    pitch = float(rng.uniform(0.85, 1.2))
    margin = (float(rng.uniform(8, 40)), float(rng.uniform(8, 40)))
    page = (float(rng.uniform(150, 250)), float(rng.uniform(160, 310)))
    look = Look(
        pixels_per_mm=float(rng.uniform(3.3, 4.6)),
        page_mm=page,
        margin_mm=margin,
        pitch=pitch,
        light_from=float(-90 + rng.uniform(-60, 60)),
        relief=float(rng.uniform(0.12, 1.3)),
        shadow=float(rng.uniform(0, 0.8)),
        dot_size=float(rng.uniform(0.55, 1.15)),
        unevenness=float(rng.uniform(0.01, 0.12)),
        paper=float(rng.uniform(110, 235)),
        table=float(rng.uniform(10, 220)),
        grain=float(rng.uniform(0.3, 3.5)),
        noise=float(rng.uniform(0.3, 4)),
        slope=(float(rng.uniform(-0.6, 0.6)), float(rng.uniform(-0.6, 0.6))),
        bend_mm=(float(rng.uniform(-9, 9)), float(rng.uniform(-4, 4))),
        corners=tuple(float(v) for v in rng.uniform(-0.04, 0.04, 8)),
        turn=float(rng.normal(0, 2)),
        blur=float(rng.uniform(0.3, 1.2)),
    )
    across = int((page[0] - margin[0] - 6) / (CELL_MM * pitch))
    down = int((page[1] - margin[1] - 6) / (LINE_MM * pitch))
    return look, max(1, min(across, 32)), max(1, min(down, 28))


def random_lines(rng: np.random.Generator, across: int, down: int) -> list[list[int]]:
    """Return lines of words.

    A third of the pages use all 63 cells evenly; some lines hold one lonely cell.
    """
    evenly = rng.random() < 0.34
    lines = []
    for _ in range(down):
        length = across if rng.random() < 0.6 else int(rng.integers(0, across + 1))
        length = 1 if rng.random() < 0.05 else length
        letters = rng.integers(1, 64, length) if evenly else rng.choice(_COMMON, length)
        letters[rng.random(length) < 0.15] = 0
        letters[rng.random(length) < 0.02] = 63
        lines.append([int(v) for v in letters])
    return lines


def rendered_page(seed: int, weight: float) -> LabelledPage:
    """Return page number `seed`.

    It is two-sided in half of the cases, with rubbed-out dots in a fifth, empty in one of twenty.
    """
    rng = np.random.default_rng([7, seed])
    look, across, down = random_look(rng)
    lines = [] if rng.random() < 0.05 else random_lines(rng, across, down)
    verso = random_lines(rng, across, down) if rng.random() < 0.5 else []
    rubbed = _rubbed_out(rng, lines) if rng.random() < 0.2 else []
    page = render(lines, look, seed, verso, rubbed)
    grey = write_print(page.grey, rng) if rng.random() < 0.2 or not lines else page.grey
    return LabelledPage(f"rendered-{seed}", grey, page.boxes, page.labels, weight)


def _rubbed_out(rng: np.random.Generator, lines: list[list[int]]) -> list[tuple[int, int, int]]:
    """Dots that were flattened in a tenth of the cells: (line, cell, dots)."""
    return [
        # Only dots that the cell does not have: its label stays true.
        (row, column, int(rng.integers(1, 64)) & ~dots & 63)
        for row, cells in enumerate(lines)
        for column, dots in enumerate(cells)
        if dots and rng.random() < 0.1
    ]


def write_print(grey: npt.NDArray[np.uint8], rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """Write ink on a copy of the page: lines of print and pen strokes.

    They are no dots and spoil none of the labels' meaning.
    """
    page = grey.copy()
    height, width = page.shape
    for _ in range(int(rng.integers(2, 14))):
        text = "".join(
            rng.choice(list("abdeghknoprstuwxyz.:i0123456789  "), int(rng.integers(3, 40)))
        )
        place = (int(rng.integers(0, width // 2)), int(rng.integers(20, height)))
        ink = int(rng.integers(10, 110))
        font, size = int(rng.integers(0, 8)), float(rng.uniform(0.35, 1.1))
        cv2.putText(page, text, place, font, size, ink, int(rng.integers(1, 3)), cv2.LINE_AA)
    return page


def rendered_pages(count: int, weight: float) -> list[LabelledPage]:
    """The first `count` pages; the same seeds give the same pages."""
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda seed: rendered_page(seed, weight), range(count)))
