"""After a picture of the original was exchanged, sheets of the copy on which nothing changed stay."""

import importlib.util
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from examday.domain.custody.lifecycle import State
from examday.domain.errors import Conflict
from examday.domain.people.roles import Actor
from examday.domain.scans.sheets import says_the_same, stays_true
from examday.domain.transfer.answers import BLANK, Check, Seen, Value
from examday.services.custody.booklets import advance
from examday.services.printing.papers.work.copying_sheet import copying_sheet
from examday.services.printing.papers.work.transfer_act import transfer_act
from examday.services.scans import pictures
from examday.services.scans.deciding import taking_back
from examday.services.scans.works import whole, work_sheets
from examday.services.transfer import assignments, copying, reopening, signatures, verification
from examday.services.transfer.desks import copying as desk
from examday.services.transfer.going_back import copy_back, resting
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Page, Reading
from tests import sheets
from tests.scans.test_sheet_by_sheet import EXTRA, FORM_2, LONG, exchanged, further, spare
from tests.transfer_day import Hands, add_page

FORM_1, REGISTRATION = "answer-form-1.2022", "registration-form.2022"
TOOL = Path(__file__).parents[2] / "tools" / "verify_export.py"


def read_anew(
    crew: Hands,
    head: Actor,
    long: str | Value,
    sheet: str = FORM_2,
    t1: str = "ДОМ",
    with_registration: bool = False,
) -> str:
    """A verified copy of two sheets; then a picture of the original is exchanged and its fields are
    read anew."""
    work = crew.work(sheets.kit_code(85))
    further(crew, work, FORM_2)
    crew.settled(work, t1="ДОМ", long="старое")
    crew.copied(work)
    if with_registration:
        scanned_form(crew, work, REGISTRATION)
    crew.verified(work)
    exchanged(crew, head, work, sheet)
    values: Mapping[str, Value] = {LONG: long if isinstance(long, Value) else Value(long)}
    if sheet == FORM_1:
        values = {f: v for f, v in crew.values(work, t1=t1).items() if f != LONG}
    crew.key_in(work, "anna", "first", values)
    crew.key_in(work, "boris", "second", values)
    assert crew.state(work) == State.SETTLED and crew.booklet(work).version == 2
    return work


def copied(crew: Hands, work: str, who: str = "anna") -> None:
    crew.do(who, assignments.take, work, "copier")
    crew.do(who, copying.finish, work)


def scanned_form(crew: Hands, work: str, sheet: str) -> None:
    """One more scan of the copy."""
    with crew.store.begin(Actor.system("test")) as uow:
        page = add_page(uow, work, "copy")
        page.sheet, page.order = sheet, 3
        uow.session.flush()
        uow.record("test:sheet", f"page:{page.id}")


def by_the_verifier(uow: UnitOfWork, work: str) -> str:
    """What the verifier of bundles takes for the signed content, from the rows alone."""
    spec = importlib.util.spec_from_file_location("verify_export", TOOL)
    assert spec and spec.loader
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    check = object.__new__(tool.Check)
    rows = [*uow.session.query(Page), *uow.session.query(Reading)]
    check.rows = {
        f"{row.__tablename__}:{row.id}": {c.key: getattr(row, c.key) for c in row.__table__.columns}
        for row in rows
    }
    booklet = uow.get(Booklet, work)
    record = {"id": booklet.id, "code": booklet.code, "version": booklet.version}
    settled, verified = (check.newest(source, record) for source in ("settled", "verified"))
    return str(check.signed_content(record, settled, verified))


def lacking(crew: Hands, work: str) -> tuple[str, ...]:
    with crew.store.read() as uow:
        missing = work_sheets.lack(uow, uow.get(Booklet, work))
        return missing.forms if missing else ()


def copies(crew: Hands, work: str, version: int | None = None) -> list[tuple[str, int]]:
    """Sheets of the copy and the version that each was made in."""
    with crew.store.read() as uow:
        pages = pictures.pages_of(uow, uow.get(Booklet, work), "copy", version)
        return sorted((page.sheet, page.version) for page in pages)


def test_the_sheet_on_which_an_answer_changed_is_written_anew_alone(
    crew: Hands, head: Actor
) -> None:
    work = read_anew(crew, head, "новое")
    copied(crew, work)
    assert crew.state(work) == State.COPIED
    assert lacking(crew, work) == ("answer-form-2-sheet-1",)
    crew.do("anna", copy_back.take_back, work, "copier", "рано")
    assert copies(crew, work) == []
    crew.do("anna", copying.finish, work)
    crew.scan_copy(work)
    both = [(FORM_1, 1), (FORM_2, 2)]
    assert crew.state(work) == State.COPY_SCANNED and copies(crew, work) == both
    assert copies(crew, work, 1) == [(FORM_1, 1), (FORM_2, 1)], "the evidence of version 1"
    crew.verified(work)
    with crew.store.read() as uow:
        content = signatures.content_of(uow, uow.get(Booklet, work))
        assert (content.version, len(content.copies)) == (2, 2)
        assert by_the_verifier(uow, work) == content.sha256


def test_a_copy_that_says_what_was_read_anew_is_verified_again_and_that_is_all(
    crew: Hands, head: Actor
) -> None:
    work = read_anew(crew, head, "старое")
    copied(crew, work)
    assert crew.state(work) == State.COPY_SCANNED
    assert copies(crew, work) == [(FORM_1, 1), (FORM_2, 1)]
    with crew.store.read() as uow:
        assert signatures.counting(uow, [uow.get(Booklet, work)])[work] == {}
    crew.verified(work)
    assert crew.state(work) == State.VERIFIED


@pytest.mark.parametrize("why", ["somebody else copies", "the head opened the work again"])
def test_all_sheets_are_written_anew_where(crew: Hands, head: Actor, why: str) -> None:
    work = read_anew(crew, head, "старое")
    if why.startswith("the head"):
        copied(crew, work)
        crew.verified(work)
        with crew.store.begin(head) as uow:
            reopening.reopen(uow, work, "сомнение в переносе")
        crew.settled(work, t1="ДОМ", long="старое")
    copied(crew, work, "anna" if why.startswith("the head") else "vera")
    assert set(lacking(crew, work)) == {"answer-form-1", "answer-form-2-sheet-1"}


@pytest.mark.parametrize(
    ("field", "seen", "stays"),
    [(LONG, "ново", [(FORM_1, 1)]), ("1", "ДЫМ", [])],
)
def test_a_check_that_finds_a_difference_sets_its_own_sheet_aside(
    crew: Hands, head: Actor, field: str, seen: str, stays: list[tuple[str, int]]
) -> None:
    work = read_anew(crew, head, "новое")
    copied(crew, work)
    crew.scan_copy(work)
    crew.do("boris", assignments.take, work, "verifier")
    checks = {**crew.checks(work), field: Check(Seen.DIFFERS, Value(seen))}
    assert crew.do("boris", verification.submit, work, checks) == [field]
    assert copies(crew, work) == [], "nothing stands until «copied» is said"
    crew.do("anna", copying.finish, work)
    assert copies(crew, work) == stays
    assert copies(crew, work, 1) == [(FORM_1, 1), (FORM_2, 1)], "what was signed stays as it was"
    crew.scan_copy(work)
    assert crew.state(work) == State.COPY_SCANNED


def test_a_sheet_that_stands_is_evidence_of_what_was_signed_and_is_never_changed(
    crew: Hands, head: Actor, browser: Callable[[], Any]
) -> None:
    work = read_anew(crew, head, "", sheet=FORM_1)
    copied(crew, work)
    assert crew.state(work) == State.COPY_SCANNED
    other = spare(crew, work, FORM_2)
    with crew.store.begin(head) as uow:
        [stands] = uow.session.query(Page).where(
            Page.booklet_id == work, Page.sheet == FORM_2, Page.role == "copy"
        )
        for page_id in (stands.id, other):
            uow.get(Page, page_id).code = uow.get(Booklet, work).code
        uow.record("test:numbers", f"booklet:{work}")
    with pytest.raises(Conflict) as refused, crew.store.begin(head) as uow:
        taking_back.detach(uow, stands.id, "нерезко")
    assert refused.value.code == "earlier-version"
    with pytest.raises(Conflict), crew.store.begin(head) as uow:
        taking_back.exchange(uow, other, stands.id, "нерезко")
    assert copies(crew, work, 1) == [(FORM_1, 1), (FORM_2, 1)]
    person = browser()
    person.log_in("head")
    of_file = person.get(f"/scans/file/{stands.scan_file_id}").get_data(as_text=True)
    beside = person.get(f"/scans/exceptions/{other}").get_data(as_text=True)
    assert f"/scans/wrong/{stands.id}" not in of_file + beside
    assert "остаётся от прежней версии" in beside


def test_a_long_answer_of_which_a_sheet_is_missing_is_asked_for(crew: Hands, head: Actor) -> None:
    work = read_anew(crew, head, "", sheet=FORM_1)
    with crew.store.begin(head) as uow:
        [page] = uow.session.query(Page).where(
            Page.booklet_id == work, Page.sheet == FORM_2, Page.role == "copy"
        )
        # none of it stays, because form № 2 itself was taken back before the exchange
        page.sheet, page.code = EXTRA, "299"
        uow.record("test:sheet", f"page:{page.id}")
    crew.do("anna", assignments.take, work, "copier")
    assert LONG not in crew.look("anna", desk.sheet, work).staying.fields
    crew.do("anna", copying.finish, work)
    assert crew.state(work) == State.COPIED
    assert lacking(crew, work) == ("answer-form-2-sheet-1",)


def test_the_copying_sheet_names_what_stays_and_asks_for_the_rest(
    crew: Hands, head: Actor, browser: Callable[[], Any]
) -> None:
    work = read_anew(crew, head, "", sheet=FORM_1, t1="ДЫМ")
    crew.do("anna", assignments.take, work, "copier")
    person = browser()
    person.log_in("anna")
    html = person.get(f"/copying/{work}").get_data(as_text=True)
    told, _sign, rest = html.partition("Что написано на листах, которые остаются")
    assert "Эти листы вашей прежней копии остаются" in told and "Бланк ответов № 2" in told
    assert "ДЫМ" in told and "старое" in rest and "старое" not in told
    assert "Стандартный бланк заполнен" in rest
    crew.do("anna", copying.finish, work)
    crew.scan_copy(work)
    with crew.store.read() as uow:
        pages = pictures.pages_of(uow, uow.get(Booklet, work), "copy")
        assert [(page.sheet, page.order) for page in pages] == [(FORM_1, 1), (FORM_2, 2)]


def test_a_sheet_without_answers_says_nothing_that_could_stand() -> None:
    values = {"1": Value("ДОМ")}
    assert not says_the_same("registration-form.2022", values, values)
    assert says_the_same(FORM_1, values, values)


@pytest.mark.parametrize(("copier", "stays"), [("anna", True), ("vera", False)])
def test_nobody_is_told_to_take_the_registration_form_out_of_the_kit(
    crew: Hands, head: Actor, browser: Callable[[], Any], copier: str, stays: bool
) -> None:
    work = read_anew(crew, head, "новое", with_registration=True)
    crew.do(copier, assignments.take, work, "copier")
    person = browser()
    person.log_in(copier)
    html = person.get(f"/copying/{work}").get_data(as_text=True)
    with crew.store.read(head) as uow:
        paper: Mapping[str, Any] = copying_sheet(uow, work, False)
    assert ("Бланк регистрации" in html) is stays
    assert ("Бланк регистрации" in paper["stays"]["sheets"]) is stays
    assert "Бланк регистрации" not in paper["stays"]["void"]
    assert paper["stays"]["whom"] == crew.people[copier].name
    crew.do(copier, copying.finish, work)
    assert ((REGISTRATION, 1) in copies(crew, work)) is stays
    crew.scan_copy(work)
    assert crew.state(work) == State.COPY_SCANNED


def test_the_registration_form_stays_only_with_the_head_that_was_copied_onto_it() -> None:
    before = {"header:region": Value("77"), "1": Value("ДОМ")}
    assert stays_true(REGISTRATION, before, {**before, "1": Value("ДЫМ")})
    assert not stays_true(REGISTRATION, before, {**before, "header:region": Value("78")})


def test_sheets_that_went_to_the_centre_are_not_looked_for_in_the_kit(
    crew: Hands, head: Actor, browser: Callable[[], Any]
) -> None:
    work = crew.work(sheets.kit_code(87))
    crew.settled(work, t1="ДОМ")
    crew.copied(work)
    scanned_form(crew, work, "")
    with crew.store.begin(Actor.system("test")) as uow:
        booklet = uow.hold(Booklet, work)
        booklet.state = State.HANDED_OVER
        advance(uow, booklet, "retransfer")
    crew.settled(work, readers=("vera", "gleb"), t1="ДЫМ")
    crew.do("vera", assignments.take, work, "copier")
    person = browser()
    person.log_in("vera")
    html = person.get(f"/copying/{work}").get_data(as_text=True)
    assert "Эти листы прежней копии больше не действуют" in html and "выньте" not in html
    with crew.store.read(head) as uow:
        stays: Any = copying_sheet(uow, work, False)["stays"]
    assert stays["void"] == ["Бланк ответов № 1", "Страница 3"] and stays["gone"]


def test_where_all_sheets_stay_nothing_is_to_be_written(
    crew: Hands, head: Actor, browser: Callable[[], Any]
) -> None:
    work = crew.work(sheets.kit_code(86))
    crew.settled(work, t1="ДОМ")
    crew.copied(work)
    exchanged(crew, head, work, FORM_1)
    for login, part in (("anna", "first"), ("boris", "second")):
        values = crew.values(work, t1="ДОМ")
        crew.key_in(work, login, part, {f: v for f, v in values.items() if f != LONG})
    crew.do("anna", assignments.take, work, "copier")
    person = browser()
    person.log_in("anna")
    html = person.get(f"/copying/{work}").get_data(as_text=True)
    assert "больше не действуют" not in html
    # The long answer is empty, so no form № 2 is needed for it.
    assert "Листы остаются прежними" in html and "Стандартный бланк заполнен" not in html
    assert "Число для клетки" not in html
    finish = (copying.finish, work)
    crew.do("anna", *finish)
    assert crew.state(work) == State.COPY_SCANNED
    assert [one.part for one in crew.look("anna", resting.mine)] == ["copier"]
    # Said by mistake: the sheets do not say what was settled.
    back = (copy_back.take_back, work, "copier", "не тот лист")
    crew.do("anna", *back)
    assert crew.state(work) == State.SETTLED and copies(crew, work) == []
    crew.do("anna", *finish)
    assert copies(crew, work) == [(FORM_1, 1)]
    crew.do("boris", assignments.take, work, "verifier")
    with pytest.raises(resting.SomethingRests, match="cannot be taken back"):
        crew.do("anna", *back)
    history = person.get(f"/booklets/{work}").get_data(as_text=True)
    assert history.count("Лист прежней копии остаётся: на нём ничего не изменилось") == 2


def test_what_was_let_pass_without_a_sheet_is_not_taken_back(crew: Hands, head: Actor) -> None:
    work = read_anew(crew, head, "новое")
    copied(crew, work)
    with crew.store.begin(head) as uow:
        whole.let_pass(uow, work, "лист утерян")
    assert crew.look("anna", resting.mine) == []


def test_the_printed_copying_sheet_says_what_stays_and_what_is_written_anew(
    crew: Hands, head: Actor
) -> None:
    work = read_anew(crew, head, "новое")

    def printed() -> Mapping[str, Any]:
        with crew.store.read(head) as uow:
            return copying_sheet(uow, work, False)

    def on(paper: Mapping[str, Any]) -> tuple[bool, bool]:
        return any(
            one["label"] == "Задание 1" for g in paper["groups"] for one in g["fields"]
        ), bool(paper["long"])

    open_yet = printed()
    assert open_yet["stays"]["perhaps"] and on(open_yet) == (True, True)
    assert open_yet["stays"]["whom"] == ""
    crew.do("anna", assignments.take, work, "copier")
    mine = printed()
    assert not mine["stays"]["perhaps"] and on(mine) == (False, True)
    assert mine["stays"]["sheets"] == ["Бланк ответов № 1"]
    assert mine["stays"]["whom"] == crew.people["anna"].name
    assert mine["stays"]["void"] == ["Бланк ответов № 2, лист 1"]
    assert on(mine["stays"]) == (True, False)
    crew.do("anna", copying.finish, work)
    assert printed()["stays"] == mine["stays"], "what was stated, whoever prints it"
    crew.scan_copy(work)
    with crew.store.read(head) as uow:
        said = [row[2] for row in transfer_act(uow, work, False)["sheets"]]
    assert ["остаётся от версии 1" in one for one in said] == [True, False]


def test_who_copies_in_the_place_of_another_finds_all_fields_on_paper(
    crew: Hands, head: Actor
) -> None:
    work = read_anew(crew, head, "новое")
    crew.do("vera", assignments.take, work, "copier")
    with crew.store.read(head) as uow:
        paper: Mapping[str, Any] = copying_sheet(uow, work, False)
    assert paper["stays"]["sheets"] == [] and paper["groups"] and paper["long"]


def test_a_sheet_that_the_new_copy_has_not_is_taken_out_of_the_kit(
    crew: Hands, head: Actor, browser: Callable[[], Any]
) -> None:
    work = read_anew(crew, head, BLANK)
    crew.do("anna", assignments.take, work, "copier")
    person = browser()
    person.log_in("anna")
    html = person.get(f"/copying/{work}").get_data(as_text=True)
    _stay, _sign, void = html.partition("Эти листы прежней копии больше не действуют: выньте их из")
    void = void.partition("</ul>")[0]
    assert "Бланк ответов № 2" in void and "Бланк ответов № 1" not in void
    crew.do("anna", copying.finish, work)
    assert crew.state(work) == State.COPY_SCANNED
    assert copies(crew, work) == [(FORM_1, 1)]
    with crew.store.begin(Actor.system("test")) as uow:
        [stands] = uow.session.query(Page).where(
            Page.booklet_id == work, Page.sheet == FORM_1, Page.role == "copy"
        )
        stands.image_sha256 = "0" * 64
        uow.record("test:picture", f"page:{stands.id}")
    assert copies(crew, work) == [], "it was another picture that the copier let stand"
