"""Key-in, settling, copying and verification of an enlarged work, page by page."""

from typing import Any

from examday.domain.people.roles import Actor
from examday.domain.transfer.answers import Mark, Value
from examday.services.scans import pictures
from examday.services.transfer import assignments, copying, keyin, readings
from examday.storage.tables import Booklet
from tests import sheets
from tests.scenes.gallery import Gallery
from tests.transfer_day import Hands, hands


def show(gallery: Gallery) -> None:
    """One work from the first key-in to the verified copy, with what can go wrong at each desk."""
    crew = hands(gallery.store, gallery.add_person)
    gallery.look("nothing to do yet", "anna", "/work")
    work = crew.work(sheets.kit_code(1), tasks=3)
    gallery.look("a work to key in", "anna", "/work")
    gallery.look("works to key in", "anna", "/keyin")
    key_in(gallery, crew, work)
    settle(gallery, crew, work)
    copy(gallery, crew, work)
    verify(gallery, crew, work)
    gallery.look("the work is verified", "head", f"/booklets/{work}")
    gallery.look("the same work, seen by who copied it", "vera", f"/booklets/{work}")
    reopen(gallery, crew, work)


def key_in(gallery: Gallery, crew: Hands, work: str) -> None:
    """Both people key in; they differ in a short answer, a long one and a replacement."""
    desk = f"/keyin/{work}"
    gallery.look("the desk offers a part", "anna", desk)
    gallery.press("the first part is taken", "anna", desk, "/take")
    gallery.look("the desk of the first", "anna", desk)
    gallery.press("the answer goes on", "anna", desk, "", "add:long:27")
    wrong = {"v:1": "А.Б", "v:long:27": ["лист 1", "лист 2"], "t:replacement:1": "99"}
    gallery.press("an unusual character", "anna", desk, f"/keyin/{work}", "hand_in", wrong)
    gallery.look("what was typed is kept", "anna", desk)
    gallery.look("begun work comes first", "anna", "/work")
    first = crew.values(work, t1="ДОМ", t2="1", t3=Value("СОН", Mark.ILLEGIBLE), long="Ответ")
    crew.do("anna", keyin.submit, work, "first", first)
    gallery.look("handed in by the first", "anna", f"{desk}/done")
    gallery.look("the first looks for work", "anna", "/work")
    second = crew.values(work, t1="ДОМ", t2="7", t3="СОН", long="Ответ\fдальше")
    second |= {"replacement:1": Value("5", task="2")}
    crew.key_in(work, "boris", "second", second)
    gallery.look("handed in by the second", "boris", f"{desk}/done")
    gallery.look("a colleague is told of the differences", "vera", "/work")


def settle(gallery: Gallery, crew: Hands, work: str) -> None:
    """A third person reads, then decides."""
    desk = f"/settle/{work}"
    gallery.look("works to settle", "vera", "/settle")
    gallery.look("settling is offered", "vera", desk)
    gallery.press("settling is taken", "vera", desk, "/take")
    gallery.look("the own reading comes first", "vera", desk)
    gallery.press("an own reading with nothing in it", "vera", desk, "/own", "own")
    own = {"v:2": "7", "v:3": "СОН", "m:long:27": "blank", "v:replacement:1": "5"}
    own |= {"t:replacement:1": "2"}
    gallery.press("the own reading is given", "vera", desk, "/own", "own", own)
    gallery.look("the decision", "vera", desk)
    gallery.press("nothing is chosen", "vera", desk, desk)
    chosen = {"c:2": "first", "c:3": "own", "c:long:27": "other", "v:long:27": ""}
    chosen |= {"c:replacement:1": "other", "v:replacement:1": "а.", "t:replacement:1": "99"}
    gallery.press("another value without its reason", "vera", desk, desk, "", chosen)
    chosen = {"c:2": "first", "why:2": "так виднее", "c:3": "own", "c:long:27": "second"}
    chosen |= {"c:replacement:1": "own", "why:long:27": "есть второй лист"}
    gallery.press("everything is decided", "vera", desk, desk, "", chosen)


def copy(gallery: Gallery, crew: Hands, work: str) -> None:
    """What was settled is copied by hand."""
    desk = f"/copying/{work}"
    gallery.look("copying is with a colleague", "anna", desk)
    gallery.look("whoever settled it copies it", "vera", desk)
    gallery.press("the copy is written", "vera", desk, desk)
    gallery.look("the copy is not scanned yet", "vera", f"/booklets/{work}")
    crew.scan_copy(work)


def verify(gallery: Gallery, crew: Hands, work: str) -> None:
    """The copy is looked at twice: once something is wrong on it."""
    desk = f"/verify/{work}"
    gallery.look("verification is offered", "boris", desk)
    gallery.press("verification is taken", "boris", desk, "/take")
    gallery.look("no machine has compared the copy", "boris", desk)
    seen = {f"s:{f}": "ok" for f in crew.values(work)}
    wrong = {**seen, "s:1": "differs", "s:2": "cannot_see", "s:replacement:1": "differs"}
    del wrong["s:3"]
    gallery.press("a field is left out", "boris", desk, desk, "hand_in", wrong)
    wrong |= {"s:3": "ok", "v:1": "ДЫМ", "v:replacement:1": "6", "t:replacement:1": "3"}
    gallery.press("three fields are wrong", "boris", desk, desk, "hand_in", wrong)
    gallery.look("the copy comes back", "vera", f"/copying/{work}")
    crew.do("vera", copying.finish, work)
    crew.scan_copy(work)
    compared(crew, work)
    crew.do("boris", assignments.take, work, "verifier")
    gallery.look("a machine has compared the copy", "boris", desk)
    with crew.store.read() as uow:
        exam = uow.get(Booklet, work).exam_id
    gallery.look("one task of all copies", "boris", f"/verify/answers/{exam}")
    rest = {f: text for f, text in seen.items() if f in ("s:1", "s:2")}
    gallery.press("the folded fields are not confirmed", "boris", desk, desk, "hand_in", rest)
    gallery.press("everything is right", "boris", desk, desk, "hand_in", seen)


def compared(crew: Hands, work: str) -> None:
    """The machine sees a difference in task 1, is not sure of task 2 and sees none elsewhere."""
    with crew.store.begin(Actor.system("reader")) as uow:
        booklet = uow.get(Booklet, work)
        kind = "One or two characters differ."
        fields = {f: {"same": True, "confidence": 0.999} for f in crew.values(work)}
        fields["1"] = {"same": False, "confidence": 0.98, "kind": kind, "copy": "ДЫМ"}
        fields["2"] = {"same": True, "confidence": 0.4}
        content: dict[str, Any] = {
            "fields": fields,
            "bound": 0.99,
            "patterns": [SHIFT],
            "measured": {"fields": 1000, "missed": 2.5, "found": 0.98, "flagged": 0.04},
            "hand": {"cells": 3},
            "settled": readings.settled(uow, booklet).sha256,
            "page": pictures.pages_of(uow, booklet, "copy")[0].id,
        }
        readings.seal(uow, booklet, "machine:compare", content)
        uow.record("machine:read", f"booklet:{work}")


SHIFT = {
    "code": "row_shift",
    "message": "Answer %(first)s stands in row %(target)s of the copy.",
    "params": {"first": 1, "target": 2},
}


def reopen(gallery: Gallery, crew: Hands, work: str) -> None:
    """The head opens the work again, with a reason."""
    page = f"/work/{work}/reopen"
    gallery.look("a work may be opened again", "head", page)
    gallery.press("opened again without a reason", "head", page)
    gallery.press("opened again", "head", page, "", "", {"reason": "не тот лист"})
    gallery.look("once more it cannot be opened", "head", page)
    gallery.look("the second version begins", "head", f"/booklets/{work}")
