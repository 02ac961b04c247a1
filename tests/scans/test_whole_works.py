"""A step is reached when all the sheets that the work must have are there: counted originals, and a
copy with form № 2 where something was written on it."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event

from examday.domain.custody.lifecycle import Medium, State
from examday.domain.errors import Conflict, Forbidden, Invalid
from examday.domain.people.roles import Actor
from examday.domain.transfer.answers import Check, Seen, Value
from examday.i18n import gettext
from examday.services.scans import attachment, pictures, views
from examday.services.scans.showing.places import places
from examday.services.scans.works import whole, work_sheets
from examday.services.transfer import assignments, copying, verification
from examday.services.transfer.desks import verification as verification_desk
from examday.services.unit_of_work import Store
from examday.storage.tables import Booklet, EventRow, Item
from tests import day, sheets
from tests.transfer_day import Hands, add_page

FORM_1, FORM_2 = "answer-form-1.2022", "answer-form-2-sheet-1.2022"
SECOND_SHEET, EXTRA = "answer-form-2-sheet-2.2022", "extra-answer-form.2022"
REGISTRATION = "registration-form.2022"
AS_READ = (REGISTRATION, FORM_1, FORM_2, SECOND_SHEET, EXTRA)


def scan(store: Store, booklet_id: str, role: str, layout: str) -> None:
    """A sheet of this form came in and its codes, size and step were right."""
    with store.begin(Actor.system("test")) as uow:
        page = add_page(uow, booklet_id, role)
        page.sheet, page.booklet_id, page.state = layout, None, "exception"
        uow.session.flush()
        booklet = uow.hold(Booklet, booklet_id)
        attachment.attach(uow, page, booklet, role)
        whole.move_on(uow, booklet, page)


def kit(store: Store, booklet_id: str, kind: str, *names: str) -> None:
    """The kit has these sheets."""
    with store.begin(Actor.system("test")) as uow:
        booklet = uow.get(Booklet, booklet_id)
        for name in names:
            uow.add(
                Item(
                    code=f"{kind}/{booklet_id}/{name}",
                    kind=kind,
                    exam_id=booklet.exam_id,
                    booklet_id=booklet_id,
                    sheet=name,
                )
            )
        uow.record("test:kit", f"booklet:{booklet_id}")


def counted(store: Store, booklet_id: str, **numbers: int) -> None:
    with store.begin(Actor.system("test")) as uow:
        uow.get(Booklet, booklet_id).counts = numbers
        uow.record("test:counted", f"booklet:{booklet_id}")


def essay(crew: Hands, text: str | Value = "Сочинение") -> str:
    """A work with an essay, copied by Anna, whose copy is awaited."""
    work = crew.work(sheets.kit_code(70))
    sheets_of_kit = ("registration", "form_1", "form_2_1", "form_2_2", "extra_1")
    kit(crew.store, work, "standard_sheet", *sheets_of_kit)
    crew.settled(work, **({"long": text} if text else {}))
    crew.do("anna", assignments.take, work, "copier")
    crew.do("anna", copying.finish, work)
    return work


@pytest.mark.parametrize(
    "order",
    [
        (FORM_1, FORM_2, SECOND_SHEET, EXTRA),
        (EXTRA, SECOND_SHEET, REGISTRATION, FORM_2, FORM_1),
    ],
)
def test_the_copy_of_an_essay_waits_for_all_its_sheets(crew: Hands, order: tuple[str, ...]) -> None:
    work = essay(crew)
    for layout in order:
        assert crew.state(work) == State.COPIED
        scan(crew.store, work, "copy", layout)
    assert crew.state(work) == State.COPY_SCANNED
    with crew.store.read() as uow:
        booklet = uow.get(Booklet, work)
        sheet = {page.id: page.sheet for page in pictures.pages_of(uow, booklet, "copy")}
        essay_on = places(uow, booklet, "copy")["long:27"]
    assert list(sheet.values()) == sorted(order, key=AS_READ.index), "as a hand wrote them"
    lies_on = [sheet[place.page_id] for place in (essay_on, *essay_on.further)]
    assert lies_on == [FORM_2, SECOND_SHEET, EXTRA]


def test_additional_forms_are_read_in_the_order_of_the_kit(crew: Hands) -> None:
    work, codes = essay(crew), [sheets.kit_code(number) for number in (9002, 9001)]
    with crew.store.begin(Actor.system("test")) as uow:
        exam = uow.get(Booklet, work).exam_id
        for number, code in enumerate(codes, 2):
            kind, name = "standard_sheet", f"extra_{number}"
            form = {"code": f"{code}/{name}", "kind": kind, "sheet": name}
            uow.add(Item(exam_id=exam, booklet_id=work, **form))
        for order, code in enumerate(reversed(codes), 1):
            page = add_page(uow, work, "copy")
            page.sheet, page.code, page.order = EXTRA, code, order
        uow.record("test:extras", f"booklet:{work}")
    with crew.store.read() as uow:
        pages = pictures.pages_of(uow, uow.get(Booklet, work), "copy")
    assert [page.code for page in pages] == codes


def test_a_drawing_nobody_can_read_is_an_answer_too(crew: Hands) -> None:
    from examday.domain.transfer.answers import Mark

    work = essay(crew, Value("", Mark.ILLEGIBLE))
    scan(crew.store, work, "copy", FORM_1)
    assert crew.state(work) == State.COPIED


def test_without_an_essay_form_1_is_enough(crew: Hands) -> None:
    work = essay(crew, "")
    scan(crew.store, work, "copy", REGISTRATION)
    assert crew.state(work) == State.COPIED
    scan(crew.store, work, "copy", FORM_1)
    assert crew.state(work) == State.COPY_SCANNED


def test_who_lets_a_work_pass_says_why_and_it_stands_in_the_ledger(
    crew: Hands, head: Actor
) -> None:
    work = essay(crew)
    with pytest.raises(Conflict), crew.store.begin(head) as uow:
        whole.let_pass(uow, work, "ещё ничего не пришло")
    scan(crew.store, work, "copy", FORM_1)
    with pytest.raises(Invalid), crew.store.begin(head) as uow:
        whole.let_pass(uow, work, " ")
    with pytest.raises(Forbidden), crew.store.begin(crew.actor("anna")) as uow:
        whole.let_pass(uow, work, "сам себе разрешил")
    with crew.store.begin(head) as uow:
        whole.let_pass(uow, work, "лист 2 пуст")
    assert crew.state(work) == State.COPY_SCANNED
    with crew.store.read() as uow:
        [event] = uow.session.query(EventRow).where(EventRow.kind == "scans:without-sheets")
        assert "лист 2 пуст" in event.data and "answer-form-2-sheet-2" in event.data


def test_without_its_picture_only_not_seen_can_be_said(crew: Hands, head: Actor) -> None:
    work = essay(crew)
    scan(crew.store, work, "copy", FORM_1)
    with crew.store.begin(head) as uow:
        whole.let_pass(uow, work, "сканер сломан")
    with crew.store.read() as uow:
        shown = places(uow, uow.get(Booklet, work), "copy")
    assert "long:27" not in shown and "1" in shown
    crew.do("boris", assignments.take, work, "verifier")
    assert crew.look("boris", verification_desk.desk, work).unseen == {"long:27"}
    checks = crew.checks(work)
    with pytest.raises(Invalid) as refused:
        crew.do("boris", verification.submit, work, checks)
    assert refused.value.code == "no-picture"
    checks["long:27"] = Check(Seen.CANNOT_SEE)
    assert crew.do("boris", verification.submit, work, checks) == ["long:27"]
    assert crew.state(work) == State.SETTLED


def test_a_known_sheet_is_never_shown_for_the_fields_of_another(crew: Hands) -> None:
    work = essay(crew)
    scan(crew.store, work, "copy", FORM_2)
    with crew.store.read() as uow:
        shown = places(uow, uow.get(Booklet, work), "copy")
    assert set(shown) == {"long:27"}


@pytest.mark.parametrize(
    ("medium", "numbers", "layouts"),
    [
        (Medium.ENLARGED, {"enlarged_sheet": 4}, (FORM_1, REGISTRATION, FORM_2, SECOND_SHEET)),
        (Medium.TYPED, {"print_out": 3, "standard_sheet": 2}, ("", "", "")),
        (Medium.BRAILLE, {"braille_notebook": 1, "braille_sheet": 1}, ("", "")),
    ],
)
def test_the_counted_originals_are_all_awaited(
    store: Store, medium: Medium, numbers: dict[str, int], layouts: tuple[str, ...]
) -> None:
    which = day.booklet(store, sheets.kit_code(71), State.COLLECTED, medium)
    kit(store, which, "enlarged_sheet", "registration")
    if medium is not Medium.ENLARGED:
        kit(store, which, "standard_sheet", "registration")
        with store.begin(Actor.system("test")) as uow:
            for item in uow.session.query(Item).where(Item.kind == "enlarged_sheet"):
                uow.session.delete(item)
            uow.record("test:kit", f"booklet:{which}")
    counted(store, which, **numbers)
    for layout in layouts:
        with store.read() as uow:
            assert uow.get(Booklet, which).state == State.COLLECTED
        scan(store, which, "original", layout)
    with store.read() as uow:
        assert uow.get(Booklet, which).state == State.SCANNED


def test_many_works_that_wait_cost_as_many_statements_as_one(crew: Hands) -> None:
    """The list of files asks for them every few seconds, on the morning of an essay of all of them."""

    def waits(number: int) -> str:
        work = crew.work(sheets.kit_code(80 + number), state=State.COLLECTED)
        counted(crew.store, work, enlarged_sheet=2)
        scan(crew.store, work, "original", FORM_1)
        return work

    def looked() -> tuple[list[str], int]:
        asked: list[str] = []
        with crew.store.read() as uow:
            bind = uow.session.get_bind()
            event.listen(bind, "before_cursor_execute", lambda *a: asked.append(a[2]))
            found = [work.booklet_id for work in views.unfinished(uow)]
        return found, len(asked)

    works = [waits(0)]
    few = looked()
    works += [waits(number) for number in range(1, 5)]
    many = looked()
    assert (few[0], many[0]) == (works[:1], works)
    assert many[1] == few[1]


def test_a_sheet_that_was_not_enlarged_stands_for_none_that_was(store: Store) -> None:
    which = day.booklet(store, sheets.kit_code(73), State.COLLECTED, Medium.ENLARGED)
    kit(store, which, "enlarged_sheet", "registration", "form_1", "form_2_1")
    counted(store, which, enlarged_sheet=3)
    for layout in (FORM_1, SECOND_SHEET):
        scan(store, which, "original", layout)
    with store.read() as uow:
        lack = work_sheets.lack(uow, uow.get(Booklet, which))
        assert lack == work_sheets.Lack("original", 1, ("answer-form-2-sheet-1",))
    scan(store, which, "original", FORM_2)
    with store.read() as uow:
        assert uow.get(Booklet, which).state == State.SCANNED


def test_a_print_out_page_more_than_was_counted_is_asked_about(store: Store) -> None:
    which = day.booklet(store, sheets.kit_code(72), State.COLLECTED, Medium.TYPED)
    counted(store, which, print_out=1)
    scan(store, which, "original", "")
    with store.begin(Actor.system("test")) as uow:
        booklet = uow.get(Booklet, which)
        originals = [page for page in work_sheets.pages_of(uow, booklet) if page.role == "original"]
        assert booklet.state == State.SCANNED
        assert work_sheets.is_full(uow, booklet, originals)


def test_the_page_names_what_is_missing_and_takes_the_reason(
    crew: Hands, browser: Callable[[], Any]
) -> None:
    work = essay(crew)
    scan(crew.store, work, "copy", FORM_1)
    person = browser()
    person.log_in("head")
    text = person.get("/scans/exceptions").get_data(as_text=True)
    assert "Не хватает" in text and gettext("answer form 2, sheet 1") in text
    address, field = f"/scans/whole/{work}", f"why-{work}"
    # Nothing, and what came along with a copied message and shows nothing: no reason either.
    for why in ("", " ", "\u200b\u2060", " \u2800\U000e01ef"):
        refused = person.post(address, {field: why})
        assert refused.status_code == 400 and "Напишите, почему" in refused.get_data(as_text=True)
    assert person.post(address, {field: "листов нет"}).status_code == 303
    assert crew.state(work) == State.COPY_SCANNED
