"""Every sentence that a person can meet is there in Russian: pages, refusals, workers, commands."""

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
LOCALE = ROOT / "examday" / "locale" / "ru"
FILES = sorted(LOCALE.glob("*.po"))
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
PLACES = re.compile(r"%\((\w+)\)[sd]")


@cache
def spoken() -> dict[str, tuple[str, bool]]:
    """Each msgid in the sources with the place it was found at, and whether it has a plural."""
    found: dict[str, tuple[str, bool]] = {}
    for folder, method in (("templates", "jinja2"), ("examday", "python"), ("workers", "python")):
        pattern = "**.html" if method == "jinja2" else "**.py"
        rows = extract_from_dir(ROOT / folder, [(pattern, method)], {pattern: {"encoding": "utf-8"}}, KEYWORDS)
        for name, line, message, _comments, _context in rows:
            plural = isinstance(message, tuple)
            msgid = message[0] if plural else message
            if msgid:
                found[msgid] = (f"{folder}/{name}:{line}", plural)
    return found


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
            filled = all(message.string) if isinstance(message.string, (tuple, list)) else bool(message.string)
            if msgid and filled and not message.fuzzy:
                known.setdefault(msgid, []).append((path.name, message.string))
    return known


def test_every_sentence_is_there_in_russian() -> None:
    known = translations()
    missing = sorted(f"{place}: {msgid}" for msgid, (place, _plural) in spoken().items() if msgid not in known)
    assert not missing, "\n".join(missing)


def test_a_sentence_is_translated_the_same_way_everywhere() -> None:
    different = {msgid: found for msgid, found in translations().items() if len({str(text) for _, text in found}) > 1}
    assert not different


def test_counted_things_have_three_russian_forms() -> None:
    known = translations()
    poor = [msgid for msgid, (_place, plural) in spoken().items()
            if plural and not all(isinstance(text, (tuple, list)) and len(text) == 3 for _, text in known[msgid])]
    assert not poor


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_figures_and_names_keep_their_places(path: Path) -> None:
    wrong = []
    for message in catalogue(path):
        ids = message.id if isinstance(message.id, (tuple, list)) else (message.id,)
        texts = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
        wanted = set().union(*(PLACES.findall(text) for text in ids))
        wrong += [ids[0] for text in texts if text and ids[0] and set(PLACES.findall(text)) - wanted]
        wrong += [ids[0] for text in texts if text and ids[0] and len(texts) == 1
                  and wanted - set(PLACES.findall(text))]
    assert not wrong


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_catalogue_reads_without_faults(path: Path) -> None:
    with path.open("rb") as source:
        read_po(source, locale="ru", abort_invalid=True)
