"""Render sample pages of Braille with their labels.

They are for training by hand, for demonstrations and for measuring.

    python tools/render_braille.py OUT --pages 20 --seed 1      random pages, NAME.jpg with NAME.csv
    python tools/render_braille.py OUT --text FILE              one page a form feed, one line a line of Russian text

The labels have the same form as training pages: `left;top;right;bottom;label`, relative 0–1, label
= sum of 2^(dot−1).
"""

import argparse
import sys
from pathlib import Path

import cv2

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from examday.braille.encode import encode
from examday.braille.render import Look, render
from tools.braille_training.pages import LabelledPage
from tools.braille_training.rendered import rendered_page


def text_pages(file: Path, seed: int) -> list[LabelledPage]:
    """The pages of a text file under the default lamp."""
    pages = []
    for number, text in enumerate(file.read_text("utf-8").split("\f"), start=1):
        lines = [encode(line) for line in text.rstrip("\n").split("\n")]
        page = render(lines, Look(), seed + number)
        pages.append(LabelledPage(f"{file.stem}-{number}", page.grey, page.boxes, page.labels, 1.0))
    return pages


def write(page: LabelledPage, out: Path) -> None:
    """NAME.jpg and NAME.csv."""
    height, width = page.grey.shape
    cv2.imwrite(str(out / f"{page.name}.jpg"), page.grey, [cv2.IMWRITE_JPEG_QUALITY, 90])
    rows = [
        ";".join(
            f"{value:.6f}" for value in (b[0] / width, b[1] / height, b[2] / width, b[3] / height)
        )
        + f";{label}"
        for b, label in zip(page.boxes, page.labels, strict=True)
    ]
    (out / f"{page.name}.csv").write_text("".join(row + "\n" for row in rows), "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("--pages", type=int, default=10)
    parser.add_argument(
        "--seed",
        type=int,
        default=1_000_000,
        help="training uses seeds from 0 upwards",
    )
    parser.add_argument("--text", type=Path)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    if options.text:
        pages = text_pages(options.text, options.seed)
    else:
        pages = [rendered_page(options.seed + k, 1.0) for k in range(options.pages)]
    for page in pages:
        write(page, options.out)
    print(f"{len(pages)} pages, {sum(len(page.labels) for page in pages)} cells in {options.out}")


if __name__ == "__main__":
    main()
