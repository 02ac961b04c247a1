"""What a file is, told by its bytes, and the encodings that come into question for it."""

import re
from pathlib import Path

from examday.domain.messages import N_
from examday.paper.table_shape import MAX_BYTES, BadTable

ENCODINGS: dict[str, str] = {"utf-8-sig": "UTF-8", "cp1251": "Windows-1251", "cp866": "DOS (866)"}
"""Encodings of Russian offices, codec → name. Each is offered, none is chosen silently."""
BY_MARK: dict[str, str] = dict.fromkeys(("utf-16", "utf-16-le", "utf-16-be"), "UTF-16")
"""Encodings that a byte order mark tells, so nobody is asked about them: the answer could only be
wrong."""
_MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))
"""Byte order marks: a file that has one tells its encoding, and nobody is asked."""
_CODE_PAGES = {0x26: "cp866", 0x65: "cp866", 0xC9: "cp1251", 0x57: "cp1251"}
"""What a DBF says of its own letters; right often enough to choose between two that both read."""
_NO_TEXT = re.compile(rb"[\x00-\x08\x0e-\x19\x1b-\x1f]")
"""Control characters that no text table holds: a file with one is no table. Tab, line ends and the
old end-of-file mark may stand in one."""
_PAGE = re.compile(
    rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html|head|body|table|meta)\b", re.I
)
"""«Excel» files of many portals are web pages with the ending .xls."""


STRANGERS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", N_("This is a PDF document, not a table.")),
    (b"{\\rtf", N_("This is a text document (RTF), not a table.")),
    (b"\x89PNG", N_("This is a picture, not a table.")),
    (b"\xff\xd8\xff", N_("This is a picture, not a table.")),
    (b"MIME-Version", N_("This is a web page in one file (MHT), whatever it is called.")),
    (b"Rar!", N_("This is a RAR archive. Take the tables out of it and send them.")),
    (b"7z\xbc\xaf", N_("This is a 7z archive. Take the tables out of it and send them.")),
)
"""First bytes of files that are no tables, and what they are: «not a table» alone helps nobody who
has sent the PDF."""


def kind_of(path: Path) -> str:
    """What the bytes are: "workbook", "dbf" or "csv".

    BadTable when the file is empty or too large.
    """
    size = path.stat().st_size
    if not size:
        raise BadTable(N_("The file is empty."))
    if size > MAX_BYTES:
        raise BadTable(
            N_("The file is too large: %(size)s MB, at most %(limit)s MB."),
            params={"size": size // 2**20, "limit": MAX_BYTES // 2**20},
        )
    with path.open("rb") as source:
        head = source.read(1024)
    for first, what in STRANGERS:
        if head.startswith(first):
            raise BadTable(what)
    # ZIP (XLSX, ODS) or the old binary container (XLS): the name may lie, these bytes cannot.
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return "workbook"
    _no_page(head)
    if _is_dbf(head, size):
        return "dbf"
    if not _wide(head) and _NO_TEXT.search(head):
        raise BadTable()
    return "csv"


def _wide(head: bytes) -> str:
    """Which UTF-16 the text is: by its mark, else by the empty halves of plain characters."""
    for mark, encoding in _MARKS[:2]:
        if head.startswith(mark):
            return encoding
    pairs = len(head) // 2
    for encoding, start in (("utf-16-le", 1), ("utf-16-be", 0)):
        halves = head[start : 2 * pairs : 2]
        # The other byte of Latin letters is 0, of Russian ones 4: hardly anything else is this
        # uniform.
        if pairs and sum(half in (0, 4) for half in halves) > 0.9 * pairs and 0 in halves:
            return encoding
    return ""


def _no_page(head: bytes) -> None:
    """BadTable for what office programs open as a table although it is marked-up text."""
    if _PAGE.match(head) or _PAGE.match(head.replace(b"\x00", b"")[2:]):
        raise BadTable(
            N_("This is a web page, whatever it is called."),
            code="web-page",
            advice=N_(
                "Open it in an office program, save it as an XLSX workbook and send that. "
                "Nothing was changed."
            ),
        )
    if b"urn:schemas-microsoft-com:office:spreadsheet" in head:
        raise BadTable(
            N_("This is an XML table of the year 2003, whatever it is called."),
            advice=N_(
                "Open it in an office program, save it as an XLSX workbook and send that. "
                "Nothing was changed."
            ),
        )


def _is_dbf(head: bytes, size: int) -> bool:
    """Told by its structure: the lengths in the header fit the columns and the file.

    Version and date say nothing: programs leave them empty.
    """
    if len(head) < 33 or head[:1] in b"\xff\xfe\xef":
        return False
    header, record = (int.from_bytes(head[at : at + 2], "little") for at in (8, 10))
    if header < 33 or record < 2 or header > size or b"\x00" not in head[:32]:
        return False
    # `header` ≤ `size` holds here, so any number of records may follow: the last ones may be lost.
    return _has_columns(head, header)


def _has_columns(head: bytes, header: int) -> bool:
    """Tell whether columns of known kinds stand in the header, which ends at `header`."""
    ends = head.find(b"\r", 32, header) if header <= len(head) else 32 * ((header - 1) // 32)
    columns = (ends - 32) // 32
    kinds = {head[32 + 32 * column + 11 : 33 + 32 * column + 11] for column in range(columns)}
    known = all(kind.isalpha() or kind in (b"@", b"+", b"0", b"") for kind in kinds)
    return columns > 0 and known


def needs_encoding(path: Path) -> bool:
    """Workbooks carry their own; CSV and DBF need a person to choose."""
    return kind_of(path) != "workbook"


def encodings_of(path: Path) -> list[str]:
    """The encodings that come into question: one where a byte order mark tells it."""
    if kind_of(path) != "csv":
        return list(ENCODINGS)
    with path.open("rb") as source:
        head = source.read(1024)
    told = _wide(head) or ("utf-8-sig" if head.startswith(_MARKS[2][0]) else "")
    return [told] if told else list(ENCODINGS)


def code_page(path: Path) -> str:
    """The encoding that a DBF says it has; "" where it says none."""
    if kind_of(path) != "dbf":
        return ""
    with path.open("rb") as source:
        return _CODE_PAGES.get(source.read(32)[29], "")
