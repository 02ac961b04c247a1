"""The Russian texts keep to the style page: words of the trade, none of ours."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
STYLE = ROOT / "docs" / "texts.md"
ROW = re.compile(r"^\| ([^|]+) \| [^|]+ \| [^|]+ \|$", re.MULTILINE)


def banned() -> list[str]:
    """The first column of the table of the style page, without its head."""
    table = STYLE.read_text(encoding="utf-8").split("## Words that do not stand")[1]
    return [word for word in ROW.findall(table) if word not in ("not", "---")]


def texts() -> dict[str, str]:
    """Where a Russian text stands → the text."""
    found: dict[str, str] = {}
    for path in (ROOT / "examday" / "locale" / "ru").glob("*.po"):
        with path.open("rb") as file:
            for message in read_po(file):
                said = (
                    message.string if isinstance(message.string, str) else " ".join(message.string)
                )
                found[f"{path.name}: {message.id}"] = said
    for path in [
        *(ROOT / "docs" / "help" / "ru").glob("*.md"),
        *(ROOT / "templates").rglob("*.typ"),
    ]:
        found[path.name] = path.read_text(encoding="utf-8")
    return found


@pytest.mark.parametrize("word", banned())
def test_a_word_that_is_not_of_the_trade_stands_nowhere(word: str) -> None:
    # Whole beginnings: «сведён», «сведённый» are meant, «сведений» is another word.
    pattern = re.compile(rf"(?<!\w){re.escape(word)}", re.IGNORECASE)
    assert [where for where, said in texts().items() if pattern.search(said)] == []


def test_the_table_is_read() -> None:
    assert len(banned()) >= 8 and "сведена" in banned()
