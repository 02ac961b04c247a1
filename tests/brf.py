"""The text of a file for an embosser, read back."""

from examday.braille.cells import from_brf


def brf_pages(text: str) -> list[list[list[int]]]:
    """Turn the text of a BRF file into pages of lines of cells."""
    pages = text.replace("\r\n", "\n").split("\f")
    return [[from_brf(line) for line in page.removesuffix("\n").split("\n")] for page in pages]
