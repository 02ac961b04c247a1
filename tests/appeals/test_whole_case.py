"""Two cases to their very end, through the pages, with a long answer in dispute and with mistakes made
on purpose: a deaf appellant of 2017, a blind one of 2026. Every last day is counted by hand."""

import datetime as dt
import io
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from examday.domain.people.roles import Actor, Role
from examday.domain.transfer.answers import Check, Choice, Ruling, Seen, Value
from examday.services.appeals.order import orders
from examday.services.transfer import assignments, copying, keyin, signatures, signing, verification
from examday.services.transfer.settling import decision
from examday.services.unit_of_work import Store
from examday.storage.objects.folder import Folder
from examday.storage.tables import Booklet, Page, Person, ScanFile
from examday.storage.tables_appeal import Appeal
from tests import people_at_once
from tests.appeals.test_case_bundle import verdict, without
from tests.appeals.test_every_paper import code_names, overprints, words
from tests.ledger.test_export import members, resigned
from tests.transfer_day import Hands

pytestmark = pytest.mark.release

PEOPLE: dict[str, tuple[Role, ...]] = {
    # Until 2018 organisers copied and signed, later assistants do.
    **{
        login: (Role.ASSISTANT, Role.ROOM_ORGANISER)
        for login in ("anna", "boris", "vera", "gleb", "dina")
    },
    "tech": (Role.TECHNICAL_SPECIALIST,),
    "gek": (Role.EXAM_BOARD_MEMBER,),
    "observer": (Role.PUBLIC_OBSERVER,),
    "head": (Role.SITE_HEAD,),
    "chair": (Role.APPEAL_CHAIR,),
    "member": (Role.APPEAL_MEMBER,),
    "member2": (Role.APPEAL_MEMBER,),
    "secretary": (Role.APPEAL_SECRETARY,),
    "operator": (Role.APPEAL_OPERATOR,),
    "interpreter": (Role.SIGN_INTERPRETER,),
    "translator": (Role.BRAILLE_TRANSCRIBER,),
    "expert": (Role.SUBJECT_EXPERT,),
    "expert2": (Role.SUBJECT_EXPERT,),
    "expert3": (Role.SUBJECT_EXPERT,),
}
NAMES = {login: f"Лицо {number}" for number, login in enumerate(PEOPLE, 1)}
"""Russian names: papers are read for words that are none."""
CODE = "2990000000613"
ANSWERS: dict[str, Any] = {"t1": "ДОМ", "t2": "135", "long": "Долгий ответ"}
CUT_SHORT = "Долгий отве"
"""The first copy lacks the end: only a second transfer can mend that."""
SLIP = {**ANSWERS, "t2": "153"}
"""Read otherwise on purpose: the second transfer must have something to settle too."""
TABLE = """Задание;Распознано;Балл до;Эксперт
1;ДОМ;1;
2;153;0;
3;;;
4;;;
5;;;
27;Долгий отве;12;Э-1
"""
"""What the centre recognised on the first form: two digits of task 2 have changed places, and the
last letter of the long answer was lost."""


@dataclass(frozen=True)
class Year:
    """The days of one case, counted by hand from the texts and the calendar of that year."""

    need: str
    exam: dt.date
    results: dt.date
    filed: dt.date
    """The last day on which it could be filed, so that a day later must need a reason."""
    too_late: dt.date
    considered_by: dt.date
    hearing: dt.date
    due: dict[str, dt.date]
    body: str

    @property
    def must_be_called(self) -> bool:
        """Until 2018 an interpreter or tiflo-translator had to be called, later may be."""
        return self.exam.year < 2019


D = dt.date
YEARS = {
    # 12 June 2017 is a Monday. Results on Thursday 15: two working days are 16 and 19. Reached on
    # 19: four working days are 20, 21, 22, 23. Heard on Wednesday 21: two calendar days end on 23,
    # five working days are 26–30, one more is Monday 3 July.
    "deaf, 2017": Year(
        "deaf", D(2017, 6, 1), D(2017, 6, 15), D(2017, 6, 19), D(2017, 6, 20), D(2017, 6, 23),
        D(2017, 6, 21),
        {"hand_over": D(2017, 6, 23), "recalculate": D(2017, 6, 30), "inform": D(2017, 7, 3)},
        "конфликтная комиссия",
    ),
    # Results on Thursday 18 June 2026: 19 and 22. Reached on 22: 23, 24, 25, 26. Heard on Wednesday
    # 24: 26; 29, 30, 1, 2, 3 July; Monday 6 July.
    "blind, 2026": Year(
        "blind", D(2026, 6, 4), D(2026, 6, 18), D(2026, 6, 22), D(2026, 6, 23), D(2026, 6, 26),
        D(2026, 6, 24),
        {"hand_over": D(2026, 6, 26), "recalculate": D(2026, 7, 3), "inform": D(2026, 7, 6)},
        "апелляционная комиссия",
    ),
}  # fmt: skip


class Play:
    """One case, its people at their browsers, and the clock."""

    def __init__(self, store: Store, browser: Callable[[], Any], clock: Any, year: Year) -> None:
        self.store, self.browser, self.clock, self.year = store, browser, clock, year
        self.people = people_at_once.add_all(store, PEOPLE)
        with store.begin(Actor.system("test")) as uow:
            for login, name in NAMES.items():
                uow.get(Person, self.people[login].id).name = name
            uow.record("test:names", "day:test")
        self.hands = Hands(store, self.people)
        self.case = ""

    def day(self, day: dt.date, hour: int = 8) -> None:
        """It is this day, in the morning of the point."""
        self.clock.now = dt.datetime.combine(day, dt.time(hour), dt.UTC)

    def page(self, login: str, path: str) -> str:
        """What this person reads on a page of the case."""
        visit = self.browser()
        visit.log_in(login)
        answer = visit.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return plain(answer)

    def page_source(self, login: str, path: str) -> str:
        """The source of a page: what its forms send."""
        visit = self.browser()
        visit.log_in(login)
        return str(visit.get(path).get_data(as_text=True))

    def send(self, login: str, path: str, page: str = "", **data: Any) -> str:
        """Send a form that is taken; what the next page says."""
        answer = self._send(login, path, page, data)
        text = plain(answer)
        assert answer.status_code == 200 and "error-summary" not in answer.text, errors(answer)
        return text

    def refused(self, login: str, path: str, said: str, page: str = "", **data: Any) -> None:
        """Send a form that is refused with these words."""
        answer = self._send(login, path, page, data)
        assert answer.status_code in (400, 403, 404, 409), (path, answer.status_code)
        assert said in plain(answer), errors(answer)

    def _send(self, login: str, path: str, page: str, data: dict[str, Any]) -> Any:
        visit = self.browser()
        visit.log_in(login)
        return visit.post(path, data, follow_redirects=True)

    def of_case(self, part: str = "") -> str:
        """The address of a page of the case."""
        return f"/appeals/{self.case}{part}"

    def picture(self, page: Page) -> bytes:
        """What was scanned."""
        return f"{page.role} {page.id}".encode()

    def with_pictures(self, work: str) -> None:
        """Pages that have no picture yet get one."""
        with self.store.begin(Actor.system("test")) as uow:
            objects = Folder(self.store.settings.objects)
            for page in uow.session.query(Page).filter_by(booklet_id=work):
                file = uow.get(ScanFile, page.scan_file_id)
                if not objects.path(file.sha256).exists():
                    stored = objects.put(io.BytesIO(self.picture(page)))
                    file.sha256 = page.image_sha256 = stored.sha256
                    file.size = stored.size
            uow.record("test:scans", f"booklet:{work}")

    def transfer(self, work: str) -> None:
        """Vera and Gleb transfer the work again. Gleb slips when he reads; the first copy is still
        wrong in the long answer, and is made and scanned once more."""
        crew = self.hands
        crew.do("vera", assignments.take, work, "first")
        crew.do("vera", keyin.submit, work, "first", crew.values(work, **ANSWERS))
        crew.do("gleb", keyin.submit, work, "second", crew.values(work, **SLIP))
        assert crew.state(work) == "keyed", "the second reader's slip is open"
        crew.own_reading(work, "dina", t2="135")
        crew.do("dina", decision.decide, work, {"2": Ruling(Choice.OWN)})
        crew.do("vera", copying.finish, work)
        crew.scan_copy(work)
        crew.do("gleb", assignments.take, work, "verifier")
        wrong = crew.checks(work) | {"long:27": Check(Seen.DIFFERS, Value(CUT_SHORT))}
        assert crew.do("gleb", verification.submit, work, wrong) == ["long:27"]
        self.refused("secretary", self.of_case("/order/retransfer"), "ещё не заверен")
        crew.do("vera", copying.finish, work)
        crew.scan_copy(work)
        assert crew.do("gleb", verification.submit, work, crew.checks(work)) == []
        self.sign(work, "vera")

    def sign(self, work: str, copier: str) -> None:
        """«Копия верна» of everybody who has to sign; then the form is at the centre."""
        self.with_pictures(work)
        for slot, login in (("transferrer", copier), ("exam_board_member", "gek"),
                            ("observer", "observer")):  # fmt: skip
            with self.store.read() as uow:
                content = signatures.content_of(uow, uow.get(Booklet, work)).sha256
            self.hands.do(login, signing.sign, work, slot, self.people[login].id,
                          people_at_once.PIN, content)  # fmt: skip
        self.handed_over(work)

    def handed_over(self, work: str) -> None:
        """The certified form has gone to the centre."""
        assert self.hands.state(work) == "certified"
        with self.store.begin(Actor.system("test")) as uow:
            booklet = uow.get(Booklet, work)
            step = {"source": booklet.state, "target": "handed_over", "version": booklet.version}
            booklet.state = "handed_over"
            uow.record("test:handed-over", f"booklet:{work}", **step)

    def kept(self) -> Appeal:
        """The case as it stands."""
        with self.store.read() as uow:
            return uow.get(Appeal, self.case)


def plain(answer: Any) -> str:
    """The words of a page."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)).split())


def errors(answer: Any) -> str:
    """The words of the error summary of a page."""
    found = re.search(r'class="error-summary".*?</section>', answer.text, re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", found.group()).split()) if found else plain(answer)


def day_on_paper(day: dt.date) -> str:
    """A day as papers write it."""
    return day.strftime("%d.%m.%Y")


def first_transfer(play: Play) -> str:
    """The work as anna and boris transferred it, handed over."""
    play.day(play.year.exam)
    work = play.hands.work(CODE)
    with play.store.begin(Actor.system("test")) as uow:
        booklet = uow.get(Booklet, work)
        booklet.exam.date, booklet.exam.training = play.year.exam, False
        booklet.exam.region = "77"
        # It begins at the scanner: what was before is told as one step.
        step = {"source": "registered", "target": booklet.state, "version": 1}
        uow.record("test:exam", f"booklet:{work}", **step)
    play.hands.settled(work, **ANSWERS)
    play.hands.copied(work)
    play.hands.verified(work)
    Play.sign(play, work, "anna")
    return work


def file_the_appeal(play: Play, work: str) -> None:
    """Registered from its paper; wrong days are refused, one of them for being late alone."""
    year = play.year
    sent = {
        "work": work, "kind": "score", "result_day": str(year.results), "applicant": "апеллянт",
        "text": "Задания 2 и 27", "needs": year.need, "presence": "own",
    }  # fmt: skip
    play.day(year.too_late)
    window = f"с {day_on_paper(year.results)} по {day_on_paper(year.filed)}"
    late = {"filed": str(year.too_late), "reached": str(year.too_late)}
    play.refused("secretary", "/appeals/new", window, **sent, **late)
    soon = {"filed": str(year.too_late + dt.timedelta(1)), "reached": str(year.too_late)}
    play.refused("secretary", "/appeals/new", "ещё не наступил", **sent, **soon, late_reason="да")
    play.day(year.filed)
    days = {"filed": str(year.filed), "reached": str(year.filed)}
    play.refused(
        "secretary", "/appeals/new", "подана в срок", **sent, **days, late_reason="на всякий случай"
    )
    said = play.send("secretary", "/appeals/new", **sent, **days)
    assert "зарегистрирована" in said
    with play.store.read() as uow:
        play.case = uow.session.query(Appeal).one().id
    assert day_on_paper(year.considered_by) in play.page("secretary", play.of_case())
    part = (io.BytesIO(TABLE.replace("3;;;\n", "").encode()), "centre.csv")
    play.refused("secretary", play.of_case("/centre"), "нет строк по заданиям 3", table=part)
    table = (io.BytesIO(TABLE.encode()), "centre.csv")
    play.send("secretary", play.of_case("/centre"), table=table)


def appoint(play: Play) -> None:
    """The hearing: not without its notice, not after its term without a reason."""
    year, path = play.year, play.of_case("/hearing/appoint")
    where = {"time": "11:00", "place": "каб. 5", "form": "in_person"}
    play.refused("secretary", path, "Уведомление должно", day=str(year.filed), **where)
    later = str(year.considered_by + dt.timedelta(5))
    play.refused("secretary", path, f"до {day_on_paper(year.considered_by)}", day=later, **where)
    play.send("secretary", path, day=str(year.hearing), **where)
    who = {"deaf": "сурдопереводчик", "blind": "тифлопереводчик"}[year.need]
    must = "должен быть приглашён" if year.must_be_called else "может быть приглашён"
    shown = play.page("secretary", play.of_case("/hearing"))
    assert who in shown and must in shown.casefold(), shown
    play.refused("secretary", play.of_case("/hearing/open"), "открыть нельзя")


def come(play: Play, capacity: str, login: str = "", name: str = "") -> None:
    """Somebody is recorded as present."""
    person = play.people[login].id if login else ""
    path = play.of_case("/hearing/attend")
    # Nobody stood in a plan of these exams: they were held before the program came.
    asked = {"was_asked": "1"}
    play.send("secretary", path, capacity=capacity, person=person, name=name, **asked)


def sit(play: Play) -> None:
    """The sitting: whom the records bar, who must be there, what a blind appellant can confirm."""
    play.day(play.year.hearing)
    attend, opening = play.of_case("/hearing/attend"), play.of_case("/hearing/open")
    for login, capacity in (("chair", "chair"), ("member", "member"), ("secretary", "secretary")):
        come(play, capacity, login)
    barred = {"capacity": "transcriber", "person": play.people["anna"].id}
    play.refused("secretary", attend, "участвовал(а) в переносе этой работы", **barred)
    play.refused("secretary", attend, "родств", capacity="member", related="1",
                 person=play.people["member2"].id)  # fmt: skip
    come(play, "appellant", name="Участник-01")
    if play.year.need == "deaf":
        if play.year.must_be_called:
            play.refused("secretary", opening, "сурдопереводчик")
        come(play, "sign_interpreter", "interpreter")
    else:
        come(play, "transcriber", "translator")
    play.send("secretary", opening)
    own = play.of_case("/hearing/own-work")
    play.refused("secretary", own, "ничего не выбрано", answer="", way="")
    if play.year.need == "blind":
        play.refused("secretary", own, "Незрячий", answer="yes", way="print")
        play.send("secretary", own, answer="yes", way="read_aloud")
        shown = play.page("secretary", play.of_case("/show"))
        assert "Долгий отве" in shown and "1, 5, 3" in shown or "153" in shown
    else:
        play.send("secretary", own, answer="yes", way="print")


def find_and_decide(play: Play) -> None:
    """Findings, votes, a vote entered wrongly, the decision and its signatures."""
    finding, vote = play.of_case("/find"), play.of_case("/hearing/vote")
    play.refused("member", finding, "обосновать", field="2", decided="own_error")
    play.refused(
        "member", finding, "укажите его вид", field="2", decided="transfer_defect", category=""
    )
    play.send("member", finding, field="2", decided="transfer_defect", category="digits_swapped")
    chair = play.people["chair"].id
    play.send("member", finding, field="long:27", decided="transfer_defect", category="substituted",
              cause="строка не дописана")  # fmt: skip
    play.send("secretary", vote, person=chair, outcome="reject")
    play.refused("secretary", vote, "уже записан", person=chair, outcome="satisfy")
    page = play.page_source("secretary", play.of_case("/hearing"))
    row = re.search(r"/hearing/vote/([0-9a-f]{32})", page)
    assert row
    again = f"{vote}/{row.group(1)}"
    play.refused("secretary", again, "требует причины", outcome="satisfy", reason=" ")
    play.send("secretary", again, outcome="satisfy", reason="не та кнопка")
    deciding = play.of_case("/hearing/decide")
    play.refused("secretary", deciding, "Проголосовали не все", reasons="основания")
    play.send("secretary", vote, person=play.people["member"].id, outcome="satisfy")
    play.send("secretary", deciding, reasons="Бланк не совпадает с оригиналом.")
    play.refused("secretary", again, "Протокол составлен", outcome="reject", reason="поздно")
    protocol = play.page_source("secretary", play.of_case("/protocol"))
    content = re.search(r'name="content" value="([0-9a-f]{64})"', protocol)
    assert content
    signing_page = play.of_case("/protocol/sign")
    for login in ("chair", "member"):
        sent = {"person": play.people[login].id, "content": content.group(1)}
        play.refused("secretary", signing_page, "не подошёл", **sent, pin="0000")
        play.send("secretary", signing_page, **sent, pin=people_at_once.PIN)
    assert (play.kept().state, play.kept().defect) == ("signed", True)


def transfer_again(play: Play, work: str) -> None:
    """Other hands; the second reader slips, and the first copy of theirs is still wrong."""
    order, assign = play.of_case("/order"), play.of_case("/order/assign")
    play.refused("secretary", play.of_case("/order/close"), "закрыть нельзя")
    play.send("secretary", order)
    hands = {login: play.people[login].id for login in PEOPLE}
    play.refused("secretary", assign, "другие руки", transferrer=hands["boris"],
                 second=hands["gleb"])  # fmt: skip
    play.refused(
        "secretary", assign, "два разных человека", transferrer=hands["vera"], second=hands["vera"]
    )
    play.refused("secretary", play.of_case("/order.pdf"), "ещё не назначено")
    play.send("secretary", assign, transferrer=hands["vera"], second=hands["gleb"])
    play.transfer(work)
    play.send("secretary", play.of_case("/order/retransfer"))
    play.send("secretary", play.of_case("/order/hand_over"))


def mark_again(play: Play) -> None:
    """Three experts; the first who marked it, and whoever has marked already, are refused."""
    path = f"/rechecks/{play.case}"
    shown = play.page("expert", path)
    assert "Долгий отве" in shown and "Долгий ответ" in shown
    assert "Участник" not in shown and "Лицо 1 " not in shown, "no names"
    assert "кто проверял эту работу раньше" not in shown, "the centre has told the code Э-1"
    mark = "mark-long:27"
    play.refused("expert", path, "каждый — один раз", code="э-1", **{mark: "14"})
    play.send("expert", path, code="Э-2", **{mark: "14"})
    play.refused("expert", path, "уже внесли", code="Э-3", **{mark: "10"})
    shown = play.page("expert2", path)
    assert "14" not in shown.partition("Ваш код эксперта")[2], "nobody sees the other's marks"
    play.refused("expert2", path, "целым числом", code="Э-3", **{mark: "двенадцать"})
    play.send("expert2", path, code="Э-3", **{mark: "12"})
    play.send("expert3", path, code="Э-4", **{mark: "13"})


def finish(play: Play) -> None:
    """Results, approval, informing, closing; each by its owner and in its turn."""
    order = play.of_case("/order")
    play.refused("secretary", f"{order}/inform", "Следующий шаг", way="лично")
    play.refused("operator", f"{order}/recalculate", "снизился", before="61", after="16")
    play.send("operator", f"{order}/recalculate", before="61", after="66")
    play.refused("secretary", f"{order}/approve", "не допускает")
    play.send("chair", f"{order}/approve")
    play.refused("secretary", f"{order}/close", "закрыть нельзя")
    early = str(play.year.filed)
    play.refused("secretary", f"{order}/inform", "могли сообщить", way="лично", day=early)
    play.send("secretary", f"{order}/inform", way="лично, под подпись", whom="апеллянт")
    said = play.send("secretary", f"{order}/close")
    assert "61 → 66" in said and "Долгий отве" in said and "Проверьте" not in said


@pytest.mark.parametrize("which", sorted(YEARS))
def test_a_case_with_a_long_answer_goes_to_its_very_end(
    store: Store, browser: Callable[[], Any], clock: Any, which: str, tmp_path: Any
) -> None:
    play = Play(store, browser, clock, YEARS[which])
    work = first_transfer(play)
    file_the_appeal(play, work)
    appoint(play)
    sit(play)
    find_and_decide(play)
    transfer_again(play, work)
    with store.read() as uow:
        due = {str(step): row.due for step, row in orders.steps(uow, play.kept()).items()}
    assert {step: due[step] for step in play.year.due} == play.year.due
    mark_again(play)
    finish(play)
    read_the_papers(play)
    leave_parts_out(play, work)


def read_the_papers(play: Play) -> None:
    """Every paper of the closed case: in the trade's words, by one name of the commission."""
    bodies = {year.body for year in YEARS.values()}
    secretary = play.browser()
    secretary.log_in("secretary")
    for what in ("receipt", "notice", "protocol", "order", "kit"):
        for large in ({}, {"large": "1"}):
            made = secretary.post(play.of_case(f"/{what}.pdf"), large)
            said = words(made.data)
            assert overprints(made.data) == [], (what, large)
            assert code_names(said) == set(), (what, code_names(said))
            named = set(re.findall(r"[а-я]+ая комиссия", " ".join(said.casefold().split())))
            assert named & bodies == ({play.year.body} if what != "kit" else set()), what
            # In no other case either: «секретарь конфликтной комиссии».
            assert not re.search(r"(конфликтн|апелляционн)\w+ комиссии", said.casefold()), what
        text = secretary.post(play.of_case(f"/{what}.txt"), {})
        assert code_names(text.get_data(as_text=True)) == set(), what
    protocol = secretary.post(play.of_case("/protocol.txt"), {})
    said = protocol.get_data(as_text=True)
    for wanted in ("не та кнопка", "Долгий отве", "строка не дописана", NAMES["chair"],
                   {"deaf": "показано на бумаге", "blind": "прочитано вслух"}[play.year.need],
                   {"deaf": NAMES["interpreter"], "blind": NAMES["translator"]}[play.year.need]):  # fmt: skip
        assert wanted in said, wanted


def without_rows(play: Play, *wanted: str) -> dict[str, bytes]:
    """The bundle of the case is true, and without one row of any kind it is not; its files.

    `wanted`: kinds of rows that this case has.
    """
    secretary = play.browser()
    secretary.log_in("secretary")
    made = secretary.post(play.of_case("/bundle.zip"), {})
    packed = play.store.settings.var / "case.zip"
    packed.write_bytes(made.data)
    files = members(packed)
    assert verdict(files)[0] == []
    one_of_each = {
        key.partition(":")[0]: key for key in sorted(json.loads(files["data.json"])["rows"])
    }
    assert set(wanted) <= set(one_of_each)
    unnoticed = [
        key for key in one_of_each.values() if not verdict(without(play.store, files, key))[0]
    ]
    assert unnoticed == []
    return files


def leave_parts_out(play: Play, work: str) -> None:
    """The bundle of the closed case is true; without any one of its parts it is not."""
    files = without_rows(
        play, "case_note", "protocol_signature", "own_work", "attendance", "candidate"
    )
    for scan in [name for name in files if name.startswith("scans/")]:
        short = {name: content for name, content in files.items() if name != scan}
        assert verdict(resigned(play.store, short))[0], scan
    marks = json.loads(files["checkpoints.json"])
    short = {**files, "checkpoints.json": json.dumps(marks[1:]).encode()}
    assert len(marks) > 5 and verdict(resigned(play.store, short))[0]
