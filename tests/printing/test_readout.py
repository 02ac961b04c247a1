"""Papers for reading by ear and by hand."""

from examday.braille.cells import to_unicode
from examday.braille.encode import encode
from examday.paper.readout import LINES, WIDTH, as_brf
from tests.brf import brf_pages


def test_a_paper_fits_the_embosser_and_loses_no_word() -> None:
    text = "\n".join(f"Задание {n}: кислород, 135; верно" for n in range(1, 41))
    pages = brf_pages(as_brf(text))
    assert all(len(page) <= LINES for page in pages) and len(pages) > 1
    assert all(len(line) <= WIDTH for page in pages for line in page)
    cells = "".join(to_unicode(line) + "⠀" for page in pages for line in page)
    assert cells.count(to_unicode(encode("кислород"))) == 40


def test_a_sign_without_braille_becomes_a_blank_and_nothing_else_is_lost() -> None:
    [[line]] = brf_pages(as_brf("код ▣ 12"))
    assert to_unicode(line).split("⠀")[0] == to_unicode(encode("код"))
    assert to_unicode(encode("12")) in to_unicode(line)


def test_answers_of_the_language_exams_lose_no_letter() -> None:
    [[line]] = brf_pages(as_brf("été Noël Übung mañana łza"))
    # é and ë as in French, ü as in German, ñ as in Spanish; ł has no table and no simpler shape
    assert to_unicode(line) == "⠿⠠⠞⠿⠀⠨⠝⠕⠫⠇⠀⠳⠃⠥⠝⠛⠀⠍⠁⠻⠁⠝⠁⠀⠀⠵⠁"
    [[line]] = brf_pages(as_brf("čas"))
    assert to_unicode(line) == to_unicode(encode("cas")), "another mark is lost, the letter is not"
