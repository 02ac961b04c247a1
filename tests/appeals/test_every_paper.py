"""Every paper of a case is read word by word: no code names, and text and Braille have all that the
PDF has."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from typing import Any

import pypdfium2
import pytest

from examday.domain.appeals.hearing import Outcome
from examday.domain.custody.kit import Kind
from examday.domain.errors import NotFound
from examday.domain.people.roles import Actor
from examday.i18n import gettext as say
from examday.resources import TEMPLATES
from examday.services.appeals.decision import decisions, signatures
from examday.services.appeals.hearing import correcting, sitting
from examday.services.appeals.order import orders, second_transfer
from examday.services.appeals.papers import (
    kit,
    kit_pictures,
    letters,
    order_paper,
    plain,
    protocol_paper,
    table_heads,
)
from examday.services.appeals.views.casebook import open_case
from examday.services.custody import papers
from examday.services.printing.words import ru
from examday.services.unit_of_work import Store
from examday.storage.tables import Handover, Person, Signoff
from examday.storage.tables_appeal import Appeal
from tests.appeals import world
from tests.appeals.test_appeal_services import PIN, heard

LATIN = re.compile(r"[A-Za-z][A-Za-z_:-]{2,}")
"""Papers are Russian: a Latin word on them is a code name, unless it belongs to the trade."""
OF_THE_TRADE = {"SHA-", "PDF", "BRF", "SHA"}
PAPERS: dict[str, Callable[..., bytes]] = {
    "kit": lambda uow, case, large: kit_pictures.kit(uow, case, say, large, True),
    "kit for members": lambda uow, case, large: kit_pictures.kit(uow, case, say, large, False),
    "receipt": lambda uow, case, large: letters.receipt(uow, case, say, large),
    "notice": lambda uow, case, large: letters.notice(uow, case, say, large),
    "protocol": lambda uow, case, large: protocol_paper.protocol(uow, case, say, large),
    "order": lambda uow, case, large: order_paper.order(uow, case, say, large),
}


@pytest.fixture
def c(store: Store, add_person: Callable[..., Person], clock: object) -> world.Commission:
    """A case with everything that a paper can have to say: a tie, a correction, a late filing."""
    clock.now = dt.datetime(2026, 6, 22, 7, 0, tzinfo=dt.UTC)  # type: ignore[attr-defined]
    return world.make(store, add_person)


@pytest.fixture
def case(c: world.Commission) -> str:
    number = world.file_appeal(
        c,
        filed=dt.date(2026, 6, 22),
        reached=dt.date(2026, 6, 22),
        result_day=dt.date(2026, 6, 16),
        late_reason="болезнь, справка",
        facts={"text": "проверить ответы 2 и 5"},
    )
    heard(c, number, ("chair", Outcome.SATISFY), ("member", Outcome.SATISFY))
    with c.store.read() as uow:
        sat = sitting.sitting_of(uow, uow.get(Appeal, number))
        vote = next(row.id for row in sat.votes if row.person_id == c.people["member"].id)
    c.do("secretary", correcting.correct_vote, number, vote, Outcome.REJECT, "не та кнопка")
    made = c.do("secretary", decisions.decide, number, "Бланк не совпадает с оригиналом.")
    for login in ("chair", "member"):
        c.do("secretary", signatures.sign, number, c.people[login].id, PIN, made.sha256)
    with c.store.begin(c.actor("secretary")) as uow:
        booklet = uow.get(Appeal, number).booklet
        common = {"booklet_id": booklet.id, "at": uow.now()}
        uow.add(
            Handover(
                exam_id=booklet.exam_id,
                kind="collect",
                to_id=c.people["organiser"].id,
                agreed=True,
                **common,
            )
        )
        uow.add(
            Signoff(
                version=1,
                round=1,
                slot="transferrer",
                role="room_organiser",
                person_id=c.people["organiser"].id,
                content_sha256="0" * 64,
                **common,
            )
        )
        uow.record("test:papers", f"booklet:{booklet.id}")
    c.do("secretary", orders.order_reprocessing, number)
    c.do("secretary", second_transfer.assign, number, c.people["fresh"].id, c.people["fresh2"].id)
    return number


def words(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def overprints(pdf: bytes) -> list[str]:
    """Words of a paper that stand upon each other, or run over its edge."""
    found = []
    for page in pypdfium2.PdfDocument(pdf):
        text = page.get_textpage()
        boxes = [
            (box, text.get_text_bounded(*box).strip())
            for box in (text.get_rect(n) for n in range(text.count_rects()))
        ]
        # The stamp of a training paper lies across the page on purpose, in grey behind the words.
        boxes = [(box, said) for box, said in boxes if said and "ТРЕНИРОВКА" not in said]
        found += [said for (left, _b, right, _t), said in boxes
                  if left < 0 or right > page.get_width()]  # fmt: skip
        for n, (one, said) in enumerate(boxes):
            found += [f"{said} / {under}" for other, under in boxes[:n] if _upon(one, other)]
    return found


def _upon(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    """Two boxes share more than a seam, in points."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    return wide > 2 and high > 2


def code_names(text: str) -> set[str]:
    """Latin words of a paper that are neither digests nor words of the trade."""
    found = set(LATIN.findall(re.sub(r"\b[0-9a-f]{6,}\b", "", text.replace("\r\n", "\n"))))
    # Staff are called by their capitalised logins; a digest may be broken over two lines.
    known = OF_THE_TRADE | {login.capitalize().rstrip("2") for login in world.PEOPLE}
    return {word for word in found if word not in known and not re.fullmatch("[a-f]+", word)}


def leaves(value: Any) -> Iterator[str]:
    """Every text that a paper's data hold."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from leaves(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from leaves(part)


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("name", sorted(PAPERS))
def test_no_paper_says_a_code_name(c: world.Commission, case: str, name: str, large: bool) -> None:
    made = c.do("secretary", lambda uow: PAPERS[name](uow, open_case(uow, case), large))
    assert code_names(words(made)) == set()


@pytest.mark.parametrize("what", ["protocol", "notice", "receipt", "order"])
def test_text_and_braille_have_all_that_the_pdf_has(
    c: world.Commission, case: str, what: str
) -> None:
    _title, read = plain.PAPERS[what]
    data = c.do("secretary", lambda uow: read(uow, open_case(uow, case), say))
    text = c.do(
        "secretary", lambda uow: plain.paper_text(uow, open_case(uow, case), say, "txt", what)
    )
    missing = {part for part in leaves(data) if part and part not in text}
    assert missing == set()
    assert code_names(text) == set()
    assert plain.as_file(text, "brf").isascii()


def test_the_protocol_says_everything_about_its_hearing(c: world.Commission, case: str) -> None:
    made = c.do("secretary", lambda uow: PAPERS["protocol"](uow, open_case(uow, case), False))
    said = " ".join(words(made).split())
    for wanted in (
        "Голоса разделились поровну: решил голос председателя",
        "очно",
        "апеллянт признал работы своими, показано на бумаге",
        "болезнь, справка",
        "голос, Member",
        "не та кнопка",
        "секретарь",
    ):
        assert wanted in said, wanted


def test_the_order_names_the_hands_the_barred_ones_and_the_terms(
    c: world.Commission, case: str
) -> None:
    made = c.do("secretary", lambda uow: PAPERS["order"](uow, open_case(uow, case), False))
    said = " ".join(words(made).split())
    with c.store.read() as uow:
        due = {
            row.due.strftime("%d.%m.%Y")
            for row in orders.steps(uow, uow.get(Appeal, case)).values()
        }
    for wanted in (
        "задание 2",
        "задание 5",
        "Fresh",
        "Fresh2",
        "Organiser",
        "Organiser2",
        "перенос",
        *due,
    ):
        assert wanted in said, wanted
    with pytest.raises(NotFound):
        c.do("secretary", lambda uow: plain.paper_text(uow, open_case(uow, case), say, "txt", "x"))


@pytest.mark.parametrize(
    ("exam_day", "own", "other"),
    [
        (dt.date(2026, 6, 4), "апелляционн", "конфликтн"),
        (dt.date(2017, 6, 1), "конфликтн", "апелляционная комиссия"),
    ],
)
def test_every_paper_calls_the_commission_by_its_name_of_that_year(
    c: world.Commission, case: str, exam_day: dt.date, own: str, other: str
) -> None:
    with c.store.begin(Actor.system("test")) as uow:
        uow.get(Appeal, case).exam.date = exam_day
        uow.record("test:day", f"appeal:{case}")
    for name in sorted(set(PAPERS) - {"protocol"}):
        made = c.do(
            "secretary", lambda uow, name=name: PAPERS[name](uow, open_case(uow, case), False)
        )
        said = words(made).casefold()
        assert other not in said, name
        assert own in said or name.startswith("kit"), name


def test_papers_are_russian_in_whatever_language_the_pages_are_read(
    c: world.Commission, case: str, browser: Any
) -> None:
    secretary = browser()
    secretary.log_in("secretary")
    secretary.client.set_cookie("lang", "en")
    assert "Carrying out" in secretary.get(f"/appeals/{case}/order").get_data(as_text=True)
    for what in ("order", "protocol", "notice", "receipt"):
        made = secretary.post(f"/appeals/{case}/{what}.pdf", {})
        assert made.status_code == 200 and code_names(words(made.data)) == set(), what
        text = secretary.post(f"/appeals/{case}/{what}.txt", {})
        assert code_names(text.get_data(as_text=True)) == set(), what


def test_text_names_the_columns_that_the_pdf_has() -> None:
    heads: dict[str, tuple[str, ...]] = {}
    for path in sorted((TEMPLATES / "print").glob("appeal-*.typ")):
        for columns, key in re.findall(
            r'#listing\(\(((?:"[^"]+"(?:, )?)+)\), data\.(\w+)', path.read_text(encoding="utf-8")
        ):
            heads[key] = tuple(re.findall('"([^"]+)"', columns))
    assert {"votes", "annex_1", "long_answers", "order_steps", "entries"} <= set(heads)
    # The tasks of a kit are said line by line, each paper by its name.
    heads.pop("tasks", None)
    said = {key: tuple(ru(name) for name in table_heads.COLUMNS[key]) for key in heads}
    assert said == heads


def test_an_empty_value_moves_no_other_under_a_wrong_column() -> None:
    data: dict[str, Any] = {
        "votes": [["Петрова", "отклонить", ""]],
        "corrections": [["голос", "", "отклонить", "не та кнопка"]],
    }
    text = plain.as_text("Протокол", "0001-0000-0000-0000", data, say)
    assert "  Член комиссии: Петрова; Голос: отклонить\n" in text
    assert "  Что: голос; Верно: отклонить; Причина: не та кнопка\n" in text


def test_the_order_has_no_thread_of_a_work_at_its_foot(c: world.Commission, case: str) -> None:
    data = c.do("secretary", lambda uow: order_paper.order_data(uow, open_case(uow, case), say))
    assert "steps" not in data, "the foot of every paper draws the beads of a work from it"


def test_the_kit_names_the_recording_of_a_spoken_answer(c: world.Commission) -> None:
    number, digest = world.file_appeal(c), "0f" * 32
    with c.store.begin(Actor.system("test")) as uow:
        booklet = uow.get(Appeal, number).booklet
        facts = {"file": "otvet.wav", "sha256": digest}
        carrier = papers.make(
            uow, booklet.exam_id, Kind.RECORDING, booklet_id=booklet.id, facts=facts
        )
        uow.record("test:recording", f"booklet:{booklet.id}")
        code = carrier.code
    with c.store.read(c.actor("secretary")) as uow:
        data = kit.kit_data(uow, open_case(uow, number), say, True)
    assert ["Запись устного ответа", f"otvet.wav; код файла {digest}; {code}"] in data["facts"]
