"""The way of each medium from the kit to the hand-over, through the pages alone: each person fills in
what their page shows and presses its button, sheets are read by the real reader."""

from collections.abc import Callable
from functools import partial

from PIL import Image

from examday.domain.braille.notebook import Part
from examday.domain.custody.counts import Purpose
from examday.domain.custody.kit import Kind
from examday.domain.custody.lifecycle import Medium, State
from examday.services.custody import papers
from examday.services.packing import packets
from tests import sheets
from tests.at_desks import Shown
from tests.notebooks import embossed
from tests.one_work import ESSAY, Work, head, written_page

Make = Callable[..., Work]


def print_out(make: Make) -> None:
    work = make(Medium.TYPED, long_tasks=[27])
    entries = {**head(), "1": "ДОМ", "2": "17", "long:27": ESSAY}
    work.issue()
    work.add("print_out", 2)
    work.collect()
    work.send(written_page("1 ДОМ\n2 17", 0), written_page(ESSAY, 1), dpi=150)
    work.attach("original")
    assert work.state() is State.SCANNED, work.pages()
    work.settle_by_agreement(entries)
    work.copy()
    short = {f: t for f, t in entries.items() if not f.startswith("long")}
    work.send(
        sheets.draw(work.code, "A4", 150, answers=short),
        sheets.draw(work.code, "A4", 150, form="answer-form-2-sheet-1.2022"),
        sheets.draw(work.code, "A4", 150, form="answer-form-2-sheet-2.2022"),
        dpi=150,
    )
    assert work.state() is State.COPY_SCANNED, work.pages()
    work.after_the_copy()
    assert work.value("long:27") == ESSAY


def long_answers_on_enlarged_forms(make: Make) -> None:
    work = make(Medium.ENLARGED, long_tasks=[27])
    entries = {**head(), "1": "ДОМ", "2": "17", "long:27": ESSAY}
    short = {f: t for f, t in entries.items() if not f.startswith("long")}
    work.issue()
    work.enlarge("form_1", "form_2_1")
    work.collect()
    work.send(
        sheets.draw(work.code, "A3", 100, answers=short),
        sheets.draw(work.code, "A3", 100, form="answer-form-2-sheet-1.2022"),
        dpi=100,
    )
    assert work.state() is State.SCANNED, work.pages()
    work.settle_by_agreement(entries)
    work.copy()
    work.send(
        sheets.draw(work.code, "A4", 150, answers=short),
        sheets.draw(work.code, "A4", 150, form="answer-form-2-sheet-1.2022"),
        sheets.draw(work.code, "A4", 150, form="answer-form-2-sheet-2.2022"),
        dpi=150,
    )
    assert work.state() is State.COPY_SCANNED, work.pages()
    work.after_the_copy()


def essay_or_exposition(make: Make, subject: str = "20") -> None:
    work = make(Medium.ENLARGED, subject=subject, tasks=0, long_tasks=[1])
    work.issue()
    work.enlarge("writing_form")
    work.collect()
    work.send(written_page(ESSAY, 0), dpi=150)
    work.attach("original", "writing_form")
    assert work.state() is State.SCANNED, work.pages()
    work.settle_by_agreement({**head(subject, "СОЧ"), "long:1": ESSAY})
    work.copy()
    work.send(written_page(ESSAY, 3), dpi=150)
    work.attach("copy", "writing_form")
    assert work.state() is State.COPY_SCANNED, work.pages()
    work.after_the_copy()


def form_that_nobody_measured(make: Make) -> None:
    work = make(Medium.ENLARGED, kind="gve", subject="51", tasks=3, long_tasks=[4])
    work.issue()
    work.enlarge("answer_form")
    work.collect()
    work.send(written_page("ГВЭ\n1 12\n3 ДОМ", 0), dpi=150)
    work.attach("original", "answer_form")
    assert work.state() is State.SCANNED, work.pages()
    desk = work.take("anna", "keyin").page
    assert desk is not None and "data-box=" not in desk.html
    assert "не измерены" in desk.text or "не измерялись" in desk.text, desk.text
    work.settle_by_agreement({**head("51"), "1": "12", "3": "ДОМ", "long:4": ESSAY})
    work.copy()
    work.send(written_page("ГВЭ\n1 12\n3 ДОМ", 4), dpi=150)
    work.attach("copy", "answer_form")
    assert work.state() is State.COPY_SCANNED, work.pages()
    work.after_the_copy()


def spoken_answer(make: Make, kind: str = "gve", subject: str = "81") -> None:
    said = "" if kind == "ege" else "Русский язык"
    work = make(
        Medium.ORAL,
        kind=kind,
        subject=subject,
        tasks=0,
        long_tasks=[1],
        needs=["oral"],
        subject_name=said,
    )
    form = "writing_form" if subject == "20" else "answer_form"
    work.issue()
    assert "Внести запись и протокол" in work.at("lead", f"/custody/work/{work.id}").page.text  # type: ignore[union-attr]
    work.record(2)
    work.collect()
    work.send(written_page(ESSAY, 0), written_page("Конец.", 1), dpi=150)
    work.attach("original")
    assert work.state() is State.SCANNED, work.pages()
    work.settle_by_agreement({"long:1": ESSAY})
    assert work.value("header:subject") == subject, "known from the plan"
    assert work.value("header:name") == ("РУС" if said else "ИТО"), "and so is the name"
    assert work.asked == 0, "nothing was left out, so nothing is asked"
    work.copy()
    work.send(written_page(ESSAY, 3), dpi=150)
    work.attach("copy", form)
    assert work.state() is State.COPY_SCANNED, work.pages()
    work.after_the_copy()
    with work.store.read() as uow:
        things = papers.of_booklet(uow, work.id)
        envelope = next(i for i in things if i.kind == Kind.ENVELOPE)
        assert packets.packet_of(uow, envelope).sheet == Purpose.EVIDENCE  # type: ignore[union-attr]
        inside = [i.kind for i in things if i.parent_id == envelope.id]
    assert inside == [Kind.PROTOCOL, Kind.PROTOCOL, Kind.RECORDING], "kept together"


def exam_at_home(make: Make) -> None:
    work = make(Medium.ENLARGED, needs=["home", "a3"])
    entries = {**head(), "1": "ДОМ", "2": "17"}
    work.issue()
    work.enlarge("form_1")
    work.collect()
    work.send(sheets.draw(work.code, "A3", 100, answers=entries), dpi=100)
    assert work.state() is State.SCANNED, work.pages()
    work.settle_by_agreement(entries)
    work.copy()
    work.send(sheets.draw(work.code, "A4", 150, answers=entries), dpi=150)
    assert work.state() is State.COPY_SCANNED, work.pages()
    work.after_the_copy()


def notebook(make: Make) -> None:
    work = make(Medium.BRAILLE, tasks=2, needs=["braille"])
    work.issue()
    work.collect()
    lines = ["учебный", "участник", "0000 000001"], ["1 дом", "2 17"]
    leaves = (Image.fromarray(embossed(page)) for page in lines)
    for leaf in (written_page("Тетрадь", 0), *leaves):
        work.send(leaf, dpi=150)
        work.attach("original")
    assert work.state() is State.SCANNED, work.pages()
    for login in ("tiflo", "second"):
        desk = work.take(login, "keyin")
        assert desk.page is not None
        if desk.page.url.endswith("/pages"):
            desk.press(fields=_pile(desk.page))
        desk.press(f"/braille/{work.id}", "answers", {"text": "1 дом\n2 17"})
        desk.press("/hand-in")
    assert work.state() is State.SETTLED
    assert work.value("header:subject") == "01", "known from the plan"
    work.copy("tiflo")
    short = {**head(), "1": "ДОМ", "2": "17"}
    work.send(sheets.draw(work.code, "A4", 150, answers=short), dpi=150)
    assert work.state() is State.COPY_SCANNED, work.pages()
    work.verify("second")
    work.sign(("tiflo", "translator"), ("chair", "chair"))
    work.pack()
    work.hand_over()


def _pile(shown: Shown) -> dict[str, str | int]:
    """What lies in the envelope: the title page, that with the candidate's data, one page of answers."""
    form = shown.form()
    title, data, answers = [name for name in form.typed if name.startswith("part:")]
    said = {title: Part.TITLE, data: Part.DATA, answers: Part.ANSWER}
    number = answers.replace("part:", "number:")
    return {**said, number: 1, "braille_notebook": 1, "braille_sheet": 0, "sheets": 3, "sides": 1}


WAYS: dict[str, Callable[[Make], None]] = {
    "a print-out": print_out,
    "long answers on enlarged forms": long_answers_on_enlarged_forms,
    "an essay": essay_or_exposition,
    "an exposition": partial(essay_or_exposition, subject="21"),
    "a form that nobody measured": form_that_nobody_measured,
    "an oral exam": spoken_answer,
    "an oral essay": partial(spoken_answer, kind="ege", subject="20"),
    "an exam at home": exam_at_home,
    "a notebook": notebook,
}
"""Enlarged short answers have a journey of their own, notebooks one by keyboard and ear besides."""
