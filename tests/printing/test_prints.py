"""Print-outs of a real day: the right words, a checkpoint on each, kept as printed, names only
where allowed."""

from collections.abc import Callable
from typing import Any

import pypdfium2
import pytest
import zxingcpp

from examday.domain import ledger
from examday.domain.custody.counts import Purpose
from examday.domain.custody.kit import Kind
from examday.domain.custody.paper_codes import spaced
from examday.domain.errors import Broken, Conflict, Forbidden, Invalid, NotFound
from examday.domain.people.roles import Actor
from examday.domain.transfer.answers import MARK_NAMES, Mark, Value, plain_values
from examday.services.custody import kits, papers
from examday.services.custody.room import collecting, enlarging, withdrawn_kits
from examday.services.ledger import audit, checkpoints
from examday.services.packing import (
    commission_packages,
    handing_over,
    packets,
    sealing,
    single_things,
    works,
)
from examday.services.printing import documents, print_entries, print_files, prints, views
from examday.services.printing.documents import DOCUMENT_NAMES, SUBJECTS
from examday.services.printing.field_words import rows
from examday.services.printing.papers.work.copying_sheet import by_group
from examday.services.printing.words import ru
from examday.services.transfer import readings, signatures
from examday.services.unit_of_work import Store
from examday.storage.objects.folder import Folder
from examday.storage.tables import Booklet, Exam, Item, Reading
from tests import custody_day
from tests.conftest import PIN
from tests.custody_day import Day, number

VALUES = {
    "header:region": {"text": "77", "mark": None},
    "1": {"text": "КИСЛОРОД", "mark": None},
    "2": {"text": "", "mark": "blank"},
    "3": {"text": "О0-З3", "mark": "illegible"},
    "4": {"text": "", "mark": "crossed_out"},
    "replacement:1": {"text": "135", "mark": None, "task": "1"},
    "replacement:2": {"text": "", "mark": "blank"},
    "long:27": {"text": "Первая строка\nвторая\fновый лист", "mark": None},
}


@pytest.fixture
def day(store: Store, add_person: Callable[..., Any]) -> Day:
    """Two kits issued, the first collected and settled."""
    made = custody_day.make(store, add_person, ("enlarged", "braille"))
    for n, place in enumerate(made.booklets, 1):
        made.do("lead", kits.issue, made.booklets[place], number(n))
    made.do("lead", enlarging.enlarge, made.booklets["1А"], made.people["board"].id)
    made.do("lead", collecting.collect, made.booklets["1А"], made.counts("1А"))
    with store.begin(Actor.system("test")) as uow:
        booklet = uow.get(Booklet, made.booklets["1А"])
        readings.seal(
            uow,
            booklet,
            "settled",
            {
                "fields": VALUES,
                "decisions": {"3": {"choice": "own", "own": VALUES["3"], "reason": ""}},
            },
            person_id=made.people["helper"].id,
        )
        booklet.state = "settled"
        uow.record("test:settled", f"booklet:{booklet.id}")
    return made


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)
    finally:
        document.close()


def pictures(pdf: bytes) -> list[Any]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.render(scale=200 / 72).to_pil() for page in document]
    finally:
        document.close()


def printed(day: Day, document: str, subject: str, who: str = "head", **options: Any) -> bytes:
    sha256 = day.do(who, prints.make, document, subject, **options)
    with day.store.read(day.actor(who)) as uow:
        return print_files.pdf(uow, sha256)


def one_line(text: str) -> str:
    return " ".join(text.split())


def test_the_transfer_act_says_who_what_and_how(day: Day) -> None:
    text = one_line(text_of(printed(day, "transfer-act", f"booklet:{day.booklets['1А']}")))
    for words in (
        "внутренняя форма, не форма ППЭ",
        "КИСЛОРОД",
        spaced(number(1)),
        "0101-1А",
        ru(MARK_NAMES[Mark.ILLEGIBLE]),
    ):
        assert words in text
    assert "Учебный" not in text and "стр. 1 из" in text


@pytest.mark.parametrize("document", ["transfer-act", "day-summary"])
def test_a_paper_of_a_training_day_says_so_on_each_page(day: Day, document: str) -> None:
    subject = {"transfer-act": f"booklet:{day.booklets['1А']}", "day-summary": f"exam:{day.exam}"}
    assert "ТРЕНИРОВКА" not in text_of(printed(day, document, subject[document]))
    with day.store.begin(Actor.system("test")) as uow:
        uow.get(Exam, day.exam).training = True
        uow.record("test:training", f"exam:{day.exam}")
    pdf = printed(day, document, subject[document])
    with pypdfium2.PdfDocument(pdf) as pages:
        assert all("ТРЕНИРОВКА" in p.get_textpage().get_text_bounded() for p in pages)


def test_the_transfer_act_runs_as_the_form_runs() -> None:
    values = {f: Value(text="1") for f in ("header:subject", *map(str, range(1, 41)), "long:41")}
    found = by_group(values)
    assert [title for title, _fields in found] == [
        "Регистрационные поля",
        "Задания 1–20",
        "Задания 21–40",
        "Развёрнутые ответы",
    ]
    assert found[2][1] == [str(n) for n in range(21, 41)]
    blank = {str(n): Value(mark=Mark.BLANK) for n in (2, 3, 4, 5, 6, 8)}
    told = rows(["1", *blank], {"1": Value(text="1"), **blank}, {"5": {"choice": "own"}})
    assert [row[0] for row in told] == [
        *("Задание 1", "Задания 2–4", "Задание 5", "Задание 6", "Задание 8"),
    ]
    assert told[1][1:] == told[3][1:] == ["пусто", "", "оба ввода совпали"], told


def test_a_work_that_came_in_a_bundle_is_read_in_the_order_of_its_sheet() -> None:
    """A bundle writes the fields of a reading by their names."""
    given = sorted(["header:subject", *map(str, range(1, 13)), "replacement:1", "long:13"])
    content = {"fields": plain_values({field_id: Value(text="1") for field_id in given})}
    came = Reading(content=content, sha256=ledger.digest(content))
    order = ["header:subject", *map(str, range(1, 13)), "replacement:1", "long:13"]
    assert list(readings.values_of(came)) == order


def test_a_name_is_printed_only_for_those_who_may_see_names(day: Day) -> None:
    subject = f"booklet:{day.booklets['1А']}"
    assert "Учебный-1" in text_of(printed(day, "transfer-act", subject, names=True))
    with pytest.raises(Forbidden):
        day.do("helper", prints.make, "transfer-act", subject, names=True)
    sha256 = day.do("head", prints.make, "transfer-act", subject, names=True)
    with day.store.read(day.actor("helper")) as uow:
        assert print_entries.recent(uow, subject).papers == []
        with pytest.raises(Forbidden):
            print_files.pdf(uow, sha256)


def test_no_form_number_can_be_read_by_a_machine_on_the_copying_sheet(day: Day) -> None:
    pdf = printed(day, "copying-sheet", f"booklet:{day.booklets['1А']}", "helper")
    pages = pictures(pdf)
    found = [code for page in pages for code in zxingcpp.read_barcodes(page)]
    assert {code.format for code in found} == {zxingcpp.BarcodeFormat.QRCode}
    assert len(found) == len(pages) and all(number(1)[:12] not in code.text for code in found)
    text = one_line(text_of(pdf))
    assert "НЕ ДЛЯ СКАНИРОВАНИЯ" in text and spaced(number(1)) in text
    assert "К И С Л О Р О Д" in text or "КИСЛОРОД" in text.replace("\u200b", "").replace(" ", "")


@pytest.mark.parametrize("large", [False, True])
def test_an_answer_without_a_sign_is_empty_on_the_copying_sheet_only_where_nothing_stands(
    day: Day, large: bool
) -> None:
    subject = f"booklet:{day.booklets['1А']}"
    text = one_line(text_of(printed(day, "copying-sheet", subject, "helper", large=large)))
    assert text.count("пусто") == 1, "of task 2 alone"
    assert text.count(ru(MARK_NAMES[Mark.CROSSED_OUT])) == 1


@pytest.mark.parametrize("large", [False, True])
def test_signs_in_boxes_are_read_out_as_words_and_numbers(day: Day, large: bool) -> None:
    sheet = day.do("helper", prints.make, "copying-sheet", f"booklet:{day.booklets['1А']}", large)
    with day.store.read() as uow:
        said = print_files.read_out(uow, sheet, "txt").decode()
        cells = print_files.read_out(uow, sheet, "brf").decode()
    assert "КИСЛОРОД" in said and "О0-З3" in said
    assert "1135" not in said, "the number of a label is no sign of a value"
    assert "#ACE" in cells, "one number with one sign"


def test_an_unsettled_work_has_no_copying_sheet(day: Day) -> None:
    with pytest.raises(Conflict):
        day.do("head", prints.make, "copying-sheet", f"booklet:{day.booklets['2А']}")


def test_an_act_before_settling_gives_no_value_away(day: Day) -> None:
    day.put_at("1А", "keyed")
    assert "КИСЛОРОД" not in text_of(printed(day, "transfer-act", f"booklet:{day.booklets['1А']}"))


def test_labels_carry_our_codes_and_read_back(day: Day) -> None:
    pdf = printed(day, "labels", f"exam:{day.exam}", "lead", large=True)
    with day.store.read() as uow:
        things = [i for p in day.booklets.values() for i in papers.of_booklet(uow, p)]
    mine = {i.code for i in things if i.kind != Kind.STANDARD_SHEET}
    found = [code for page in pictures(pdf) for code in zxingcpp.read_barcodes(page)]
    assert {c.text for c in found if c.format == zxingcpp.BarcodeFormat.Code128} == mine and len(
        mine
    ) == 6
    assert not any(c.format == zxingcpp.BarcodeFormat.EAN13 for c in found)


def test_every_print_out_is_reached_however_many_there_are(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(print_entries, "A_PAGE", 2)
    subject = f"exam:{day.exam}"
    for _ in range(3):
        printed(day, "day-summary", subject)
    for wanted in (subject, ""):
        with day.store.read(day.actor("head")) as uow:
            first = print_entries.recent(uow, wanted)
            rest = print_entries.recent(uow, wanted, first.older)
        assert (len(first.papers), len(rest.papers), rest.older) == (2, 1, None)
        assert rest.papers[0].seq < first.older == first.papers[1].seq


def test_the_list_of_print_outs_says_whose_each_paper_is(day: Day) -> None:
    with day.store.begin(day.actor("lead")) as uow:
        packet = packets.open_packet(uow, day.exam, Purpose.STANDARD)
        code, key = packet.code, packet.id
    for document, subject in (
        ("cover", f"booklet:{day.booklets['1А']}"),
        ("labels", f"item:{key}"),
        ("scan-cover", f"room:{day.exam}.{day.room}"),
        ("day-summary", f"exam:{day.exam}"),
    ):
        printed(day, document, subject)
    with day.store.read(day.actor("head")) as uow:
        said = views.day(uow).whose
    assert said == {
        f"booklet:{day.booklets['1А']}": "0101-1А",
        f"item:{key}": spaced(code),
        f"room:{day.exam}.{day.room}": "0101",
    }


def test_the_code_on_paper_is_the_ledgers_checkpoint(day: Day) -> None:
    subject = f"exam:{day.exam}"
    with day.store.read() as uow:
        seq, root = checkpoints.last_entry(uow)
    text = text_of(printed(day, "day-summary", subject))
    code = ledger.checkpoint_code(seq, root)
    assert code in text
    with day.store.read(day.actor("head")) as uow:
        [row] = print_entries.recent(uow, subject).papers
        assert (row.code, row.document) == (code, "day-summary")
    assert audit.verify(day.store, code).ok


def test_the_same_moment_prints_the_same_bytes(day: Day) -> None:
    with day.store.read(day.actor("head")) as uow:
        data = documents.build(uow, "custody-journal", "exam", day.exam) | {
            "code": "1-1-1-1",
            "printed_at": uow.now(),
        }
    assert prints.render("custody-journal", data) == prints.render("custody-journal", data)


def test_the_sign_off_sheet_reads_back_what_is_signed(day: Day) -> None:
    subject = f"booklet:{day.booklets['1А']}"
    with pytest.raises(Conflict):
        day.do("head", prints.make, "true-copy", subject)
    with day.store.begin(Actor.system("test")) as uow:
        booklet = uow.get(Booklet, day.booklets["1А"])
        readings.seal(
            uow, booklet, "verified", {"fields": VALUES}, person_id=day.people["second"].id
        )
        booklet.state = "verified"
        uow.record("test:verified", subject)
    text = one_line(text_of(printed(day, "true-copy", subject)))
    with day.store.read() as uow:
        content = signatures.content_of(uow, uow.get(Booklet, day.booklets["1А"])).sha256
    assert content in text.replace(" ", "") and "знак в знак" in text and "не подписано" in text
    assert "неразборчиво: 1" in text and "зачёркнуто: 1" in text and "Разногласия" not in text


def test_nothing_to_label_is_said(day: Day) -> None:
    day.do("lead", withdrawn_kits.spoil, day.booklets["2А"], "порван")
    with pytest.raises(Conflict):
        day.do("lead", prints.make, "labels", f"booklet:{day.booklets['2А']}")


def test_packets_have_a_list_and_an_act(day: Day) -> None:
    day.put_at("1А", "certified")
    with day.store.begin(day.actor("lead")) as uow:
        made = [
            packets.open_packet(uow, day.exam, p).id for p in (Purpose.STANDARD, Purpose.EVIDENCE)
        ]
    day.do("lead", works.pack, day.booklets["1А"], *made, day.counts("1А"))
    day.do("lead", sealing.seal, made[1], {Kind.ENVELOPE: 1})
    day.do("head", handing_over.hand_over, made[1], day.people["board"].id, PIN, {Kind.ENVELOPE: 1})
    contents = one_line(text_of(printed(day, "packet-contents", f"item:{made[1]}")))
    with day.store.read() as uow:
        envelope = papers.envelope_of(papers.of_booklet(uow, day.booklets["1А"]))
        packet = uow.get(Item, made[1])
    assert envelope and spaced(envelope.code) in contents and spaced(packet.code) in contents
    act = one_line(text_of(printed(day, "handover-act", f"item:{made[1]}")))
    assert "Head" in act and "Board" in act and "0101-1А" in act
    cover = one_line(text_of(printed(day, "cover", f"booklet:{day.booklets['1А']}")))
    assert spaced(packet.code) in cover and spaced(envelope.code) in cover


@pytest.mark.parametrize("found", [1, 2])
def test_the_act_of_a_package_names_its_works_after_the_commission_has_opened_it(
    store: Store, add_person: Callable[..., Any], found: int
) -> None:
    """All of them, also where the commission found one envelope and the other is still missed."""
    day = custody_day.make(store, add_person, ("braille", "braille", "braille"))
    package = day.do("lead", packets.open_packet, day.exam, Purpose.COMMISSION).id
    envelopes = []
    for n, place in enumerate(day.booklets, 1):
        day.do("lead", kits.issue, day.booklets[place], number(n))
        day.do("lead", collecting.collect, day.booklets[place], day.counts(place))
        with day.store.read() as uow:
            envelopes.append(papers.envelope_of(papers.of_booklet(uow, day.booklets[place])))
    # The third stays behind: the act names what was given, and nothing else.
    for envelope in envelopes[:2]:
        day.do("lead", single_things.put, package, envelope.id)
    both = {Kind.ENVELOPE: 2}
    day.do("lead", sealing.seal, package, both)
    day.do("head", handing_over.hand_over, package, day.people["chair"].id, PIN, both)
    with store.begin(Actor.system("test")) as uow:
        uow.get(Booklet, day.booklets["1А"]).seat.place = "10А"
        uow.record("test:seat", "seat:1")
    given = one_line(text_of(printed(day, "handover-act", f"item:{package}")))
    there, note = [e.code for e in envelopes[:found]], "" if found == 2 else "одного конверта нет"
    opened = {Kind.ENVELOPE: found}
    day.do("chair", commission_packages.empty, package, opened, note, None, there)
    after = one_line(text_of(printed(day, "handover-act", f"item:{package}")))
    for act in (given, after):
        assert "0101-3А" not in act
        assert 0 < act.index("0101-2А") < act.index("0101-10А"), "as people walk, not as text"
        assert spaced(number(1)) in act and "Записей нет" not in act


@pytest.mark.parametrize("large", [False, True])
def test_every_document_prints_in_both_sizes(day: Day, large: bool) -> None:
    keys = {"exam": day.exam, "booklet": day.booklets["1А"]}
    for kind in ("exam", "booklet"):
        for document in [*SUBJECTS[kind], "labels"]:
            # A verified work has the one (signing tests), a notebook the other (test_covers).
            if document not in ("true-copy", "scan-cover"):
                assert (
                    printed(day, document, f"{kind}:{keys[kind]}", "head", large=large)[:5]
                    == b"%PDF-"
                )
    assert set(DOCUMENT_NAMES) == {d for group in SUBJECTS.values() for d in group} | {"labels"}


def test_a_print_out_that_was_changed_on_the_disk_is_refused(day: Day) -> None:
    sha256 = day.do("head", prints.make, "day-summary", f"exam:{day.exam}")
    path = Folder(day.store.settings.prints).path(sha256)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes() + b"%")
    with day.store.read(day.actor("head")) as uow, pytest.raises(Broken):
        print_files.pdf(uow, sha256)


def test_unknown_documents_and_files_are_refused(day: Day) -> None:
    with pytest.raises(Invalid):
        day.do("head", prints.make, "transfer-act", f"exam:{day.exam}")
    with pytest.raises(NotFound):
        day.do("head", prints.make, "transfer-act", "booklet:nothing")
    with day.store.read(day.actor("head")) as uow, pytest.raises(NotFound):
        print_files.pdf(uow, "0" * 64)
    with pytest.raises(Forbidden):
        day.do("observer", prints.make, "day-summary", f"exam:{day.exam}")
