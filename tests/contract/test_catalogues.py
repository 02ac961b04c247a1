"""Every sentence that a person can meet is there in Russian: pages, refusals, workers, commands."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from tests.program import nodes

ROOT = Path(__file__).parents[2]
LOCALE = ROOT / "examday" / "locale" / "ru"
FILES = sorted(LOCALE.glob("*.po"))
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
PLACES = re.compile(r"%\((\w+)\)[sd]")
ENTRY = re.compile(r'^msgid ((?:".*"\n)+)', re.MULTILINE)


@cache
def spoken() -> dict[str, tuple[str, bool]]:
    """Each msgid in the sources with the place it was found at, and whether it has a plural."""
    found = {
        msgid: (f"templates/{name}:{line}", plural) for name, line, msgid, plural in _in_templates()
    }
    for folder in ("examday", "workers"):
        for path in (ROOT / folder).rglob("*.py"):
            for line, msgid, plural in _in_code(path):
                found[msgid] = (f"{path.relative_to(ROOT)}:{line}", plural)
    return found


def _in_templates() -> Iterator[tuple[str, int, str, bool]]:
    rows = extract_from_dir(
        ROOT / "templates", [("**.html", "jinja2")], {"**.html": {"encoding": "utf-8"}}, KEYWORDS
    )
    for name, line, message, _comments, _context in rows:
        plural = isinstance(message, tuple)
        yield name, line, message[0] if plural else message, plural


def _in_code(path: Path) -> Iterator[tuple[int, str, bool]]:
    """Calls of the marking functions with a written-out sentence."""
    for node in nodes(path):
        name = getattr(getattr(node, "func", None), "id", "")
        if (
            isinstance(node, ast.Call)
            and name in KEYWORDS
            and node.args
            and isinstance(node.args[0], ast.Constant)
        ):
            msgid = node.args[0].value
            if isinstance(msgid, str) and msgid:
                yield node.lineno, msgid, name == "ngettext"


@cache
def catalogue(path: Path) -> Catalog:
    """One .po file."""
    with path.open("rb") as source:
        return read_po(source, locale="ru")


def translations() -> dict[str, list[tuple[str, object]]]:
    """msgid → (file, msgstr) of every translated entry."""
    known: dict[str, list[tuple[str, object]]] = {}
    for path in FILES:
        for message in catalogue(path):
            msgid = message.id[0] if isinstance(message.id, (tuple, list)) else message.id
            filled = (
                all(message.string)
                if isinstance(message.string, (tuple, list))
                else bool(message.string)
            )
            if msgid and filled and not message.fuzzy:
                known.setdefault(msgid, []).append((path.name, message.string))
    return known


def test_every_sentence_is_there_in_russian() -> None:
    known = translations()
    missing = sorted(
        f"{place}: {msgid}" for msgid, (place, _plural) in spoken().items() if msgid not in known
    )
    assert not missing, "add to a file of examday/locale/ru:\n" + "\n".join(missing)


def test_a_sentence_is_translated_the_same_way_everywhere() -> None:
    different = {
        msgid: found
        for msgid, found in translations().items()
        if len({str(text) for _, text in found}) > 1
    }
    assert not different


def test_counted_things_have_three_russian_forms() -> None:
    known = translations()
    poor = [
        msgid
        for msgid, (_place, plural) in spoken().items()
        if plural
        and not all(isinstance(text, (tuple, list)) and len(text) == 3 for _, text in known[msgid])
    ]
    assert not poor


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_figures_and_names_keep_their_places(path: Path) -> None:
    wrong = []
    for message in catalogue(path):
        ids = message.id if isinstance(message.id, (tuple, list)) else (message.id,)
        texts = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
        wanted = set().union(*(PLACES.findall(text) for text in ids))
        wrong += [
            ids[0] for text in texts if text and ids[0] and set(PLACES.findall(text)) - wanted
        ]
        wrong += [
            ids[0]
            for text in texts
            if text and ids[0] and len(texts) == 1 and wanted - set(PLACES.findall(text))
        ]
    assert not wrong


def test_no_sentence_is_kept_that_nobody_says() -> None:
    unsaid = {msgid: found for msgid, found in translations().items() if msgid not in spoken()}
    assert not unsaid, "take them out of examday/locale/ru"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_sentence_stands_twice_in_a_file(path: Path) -> None:
    # Files of two branches are joined line by line (.gitattributes), and the reader takes the first.
    entries = ENTRY.findall(path.read_text(encoding="utf-8"))
    said = Counter("".join(re.findall(r'"(.*)"', entry)) for entry in entries)
    assert len(said) == len(catalogue(path)) + 1, "each entry was found, and the head"
    assert [msgid for msgid, times in said.items() if times > 1] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_catalogue_reads_without_faults(path: Path) -> None:
    with path.open("rb") as source:
        read_po(source, locale="ru", abort_invalid=True)
