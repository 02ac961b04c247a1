"""A page of a print-out that was scanned twice is known again; another page never passes for it."""

import random
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pypdfium2
import pytest
import typst
from PIL import Image, ImageDraw, ImageFont

from examday.reading.same_page import look_at, same_page
from examday.resources import TEMPLATES
from tests.sheets import Chance

WORDS = [
    "экзамен",
    "ответ",
    "задание",
    "решение",
    "функция",
    "график",
    "уравнение",
    "корень",
    "текст",
    "автор",
    "герой",
    "повесть",
    "проблема",
    "мнение",
    "пример",
    "довод",
    "вывод",
    "природа",
    "человек",
    "судьба",
    "память",
    "война",
    "мир",
    "дорога",
    "город",
    "река",
    "лес",
    "поле",
    "школа",
    "учитель",
    "ученик",
    "книга",
    "слово",
    "мысль",
    "чувство",
    "радость",
    "печаль",
    "надежда",
    "вера",
    "любовь",
]
DPI = 150


@pytest.fixture(scope="module")
def print_out(tmp_path_factory: pytest.TempPathFactory) -> list[np.ndarray]:
    """Four typed pages in one layout: full, full, half empty, and one of a few lines."""
    dealt = random.Random(7)
    pages = [
        "\n\n".join(" ".join(dealt.choice(WORDS) for _ in range(40)) for _ in range(paragraphs))
        for paragraphs in (7, 7, 3, 1)
    ]
    source = tmp_path_factory.mktemp("typed") / "print.typ"
    source.write_text(
        '#set page(paper: "a4", margin: 25mm)\n#set text(font: "Golos Text", size: 14pt)\n'
        + "\n#pagebreak()\n".join(pages),
        "utf-8",
    )
    made = typst.compile(source, format="pdf", font_paths=[TEMPLATES / "print" / "fonts"])
    document = pypdfium2.PdfDocument(made)
    return [np.asarray(page.render(scale=DPI / 72).to_pil().convert("L")) for page in document]


def scanned(page: np.ndarray, seed: int, turn: float = 0.0, scale: float = 1.0) -> np.ndarray:
    """The page as a scanner gives it: askew, moved, with noise, through JPEG."""
    rng = Chance(seed)
    high, wide = page.shape
    way = cv2.getRotationMatrix2D((wide / 2, high / 2), turn + rng.uniform(-1.5, 1.5), 1.0)
    way[:, 2] += rng.uniform(-25, 25, 2)
    moved = cv2.warpAffine(page, way, (wide, high), borderValue=250)
    sized = cv2.resize(moved, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    grey = cv2.GaussianBlur(sized, (0, 0), 0.6) * rng.uniform(0.85, 1) + rng.normal(
        0, 4, sized.shape
    )
    done, data = cv2.imencode(".jpg", np.clip(grey, 0, 255).astype(np.uint8), [1, 70])
    assert done
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE))


@pytest.mark.parametrize(
    ("number", "how"),
    [
        # Each page and each way in a push, all pairs in a release.
        pytest.param(number, how, marks=() if number % 3 == way else pytest.mark.release)
        for way, how in enumerate([{}, {"turn": 180.0}, {"scale": 1.6}])
        for number in range(4)
    ],
)
def test_the_same_page_is_known_again(
    print_out: list[np.ndarray], number: int, how: dict[str, float]
) -> None:
    page = print_out[number]
    assert same_page(look_at(scanned(page, 1)), look_at(scanned(page, 2, **how))) is True


@pytest.mark.release
def test_pages_of_one_print_out_are_told_apart(print_out: list[np.ndarray]) -> None:
    one = [look_at(scanned(page, 3)) for page in print_out]
    two = [look_at(scanned(page, 4)) for page in print_out]
    pairs = [(i, j) for i in range(4) for j in range(4) if i != j]
    assert [same_page(one[i], two[j]) for i, j in pairs] == [False] * len(pairs)


def test_empty_pages_say_nothing(print_out: list[np.ndarray], tmp_path: Path) -> None:
    empty = look_at(scanned(np.full((1754, 1240), 250, np.uint8), 5))
    assert same_page(empty, empty) is None
    assert same_page(look_at(scanned(print_out[0], 6)), empty) is None


@pytest.mark.release
def test_pages_in_which_the_same_few_words_come_again_are_told_apart() -> None:
    font = ImageFont.truetype(TEMPLATES / "print" / "fonts" / "GolosText_400Regular.ttf", 30)
    words = ["школа", "река", "утро", "дорога", "письмо", "окно", "ветер", "книга", "город", "поле"]

    def page(seed: int) -> np.ndarray:
        dealt, picture = random.Random(seed), Image.new("L", (1240, 1000), 248)
        for line in range(18):
            text = " ".join(dealt.sample(words, 8))
            ImageDraw.Draw(picture).text((120, 100 + 45 * line), text, font=font, fill=30)
        return np.asarray(picture)

    looks = [look_at(page(seed)) for seed in (2, 5, 6)]
    pairs = [(one, other) for one in looks for other in looks if one is not other]
    assert not any(same_page(one, other) for one, other in pairs)
    assert same_page(looks[0], look_at(cv2.GaussianBlur(page(2), (0, 0), 1.5)))


def test_lines_that_stand_far_apart_are_told_apart_by_their_letters() -> None:
    font = ImageFont.truetype(TEMPLATES / "print" / "fonts" / "GolosText_400Regular.ttf", 20)

    def page(seed: int) -> np.ndarray:
        dealt, picture = random.Random(seed), Image.new("L", (1000, 1100), 250)
        for line in range(20):
            words = " ".join("".join(dealt.choices("абвгдежзиклмно", k=6)) for _ in range(6))
            ImageDraw.Draw(picture).text((97, 109 + 48 * line), f"У-15 {words}", font=font, fill=15)
        return np.asarray(picture)

    one, other = look_at(page(1)), look_at(page(2))
    assert not same_page(one, other)
    assert same_page(one, look_at(cv2.GaussianBlur(page(1), (0, 0), 1.2)))


def _listed(page: int, line: Callable[[random.Random, int], str], lines: int = 20) -> np.ndarray:
    """A page of a list under the heading that all pages of its print-out bear."""
    dealt, picture = random.Random(page), Image.new("L", (1000, 1400), 250)
    font = ImageFont.truetype(TEMPLATES / "print" / "fonts" / "GolosText_400Regular.ttf", 24)
    heading = "Экзамен по математике. Работа набрана на компьютере"
    texts = [heading, "Аудитория 12, место 3", "", *(line(dealt, i) for i in range(lines))]
    for place, text in enumerate(texts):
        ImageDraw.Draw(picture).text((100, 90 + 52 * place), text, font=font, fill=25)
    return np.asarray(picture)


@pytest.mark.parametrize(
    "line",
    [
        lambda dealt, i: f"{i + 1}. {dealt.randint(1, 99)}",
        lambda dealt, i: f"Задание {i + 1}. Ответ: {dealt.randint(1, 99)}",
        lambda dealt, i: f"{i + 1}) {dealt.choice(['верно', 'неверно'])}",
    ],
)
def test_lists_under_one_heading_are_told_apart_by_a_few_digits(
    line: Callable[[random.Random, int], str],
) -> None:
    one, other = (_listed(page, line) for page in (1, 2))
    assert same_page(look_at(one), look_at(other)) is False
    again = scanned(one, 3)
    cv2.line(again, (300, 200), (600, 700), 60, 3)
    assert same_page(look_at(one), look_at(again)), "a hair on the glass makes no other page"


def test_a_page_that_goes_on_under_the_heading_of_another_is_another() -> None:
    heading, whole = (_listed(1, lambda _dealt, i: f"{i + 1}. нет", n) for n in (0, 9))
    assert same_page(look_at(heading), look_at(whole)) is False
    assert same_page(look_at(whole), look_at(heading)) is False
