"""A Braille notebook: its pages are described, it is keyed in twice, its essay is settled by place."""

from examday.domain.braille.notebook import Leaf, Part, Pile
from examday.domain.custody.lifecycle import Medium
from examday.domain.jobs import Task
from examday.domain.people.roles import Role
from examday.domain.transfer.answers import Mark, Value
from examday.services.braille import distribution
from examday.services.braille.notebook import statement
from examday.services.braille.notebook.sorting import sorting
from examday.services.jobs.outbox import GAVE_UP
from examday.services.scans import pictures
from examday.services.transfer import assignments, keyin
from examday.storage.tables import Booklet
from tests import people_at_once
from tests.notebooks import notebook
from tests.scenes.gallery import Gallery
from tests.scenes.scans import give_up
from tests.transfer_day import Hands, hands

PAGE = ("1 дом", "2 135", "27 добро не ждёт", "награды. оно приходит", "само и мы узнаём")
ENTRY = "1 дом\n2 135\n2 136\nбез номера\n27 добро не ждёт\nнаграды. оно приводит\nсамо и мы узнаём"


def show(gallery: Gallery) -> None:
    """One notebook of one page, from the commission to what was settled."""
    crew = hands(gallery.store, gallery.add_person)
    crew.people |= people_at_once.add_all(gallery.store, {"chair": (Role.BRAILLE_CHAIR,)})
    gallery.look("the commission has nothing yet", "chair", "/commission")
    work = notebook(crew, PAGE)
    commission(gallery, crew, work)
    pages(gallery, crew, work)
    desk(gallery, crew, work)
    settle(gallery, crew, work)
    unread(gallery, crew)


def commission(gallery: Gallery, crew: Hands, work: str) -> None:
    """The chair gives the work out and notes who came."""
    page = "/commission"
    gallery.look("a notebook for the commission", "chair", page)
    gallery.look("a notebook for the commission", "anna", page)
    gallery.press("given to nobody", "chair", page, "/give")
    gallery.press("a note about nobody", "chair", page, "/note")
    crew.do("chair", distribution.give, work, "first", crew.people["anna"].id)
    gallery.look("one key-in is given out", "chair", page)
    gallery.look("a colleague is given work", "anna", "/work")


def pages(gallery: Gallery, crew: Hands, work: str) -> None:
    """What each scan is, and how many pages the notebook has."""
    page = f"/braille/{work}/pages"
    gallery.look("scans to describe", "anna", page)
    gallery.press("nothing adds up", "anna", page)
    with crew.store.read() as uow:
        [scan] = pictures.pages_of(uow, uow.get(Booklet, work), "original")
        leaves = [Leaf(scan.id, Part.ANSWER, 1)]
    with crew.store.begin(crew.actor("anna")) as uow:
        counted = dict.fromkeys(sorting(uow, work).expected, 1)
        statement.state(uow, work, leaves, Pile(1, 1), counted, "титула нет")
    gallery.look("the pages are stated", "anna", page)
    gallery.look("the keyboard", "anna", "/braille/keyboard")
    gallery.at("anna").browser.client.set_cookie("rollover", "4")
    gallery.look("a keyboard that was tried", "anna", f"/braille/keyboard?work={work}")


def desk(gallery: Gallery, crew: Hands, work: str) -> None:
    """The notebook is keyed in; the answers are found in the entry."""
    page = f"/braille/{work}"
    gallery.look("the Braille desk", "anna", page)
    gallery.press("nothing was entered", "anna", page, page)
    gallery.press("a sign that no Braille has", "anna", page, page, "", {"text": "1 дом☃"})
    gallery.press("the notebook is entered", "anna", page, page, "", {"text": ENTRY})
    gallery.look("the answers found in it", "anna", f"{page}/answers")
    gallery.press("handed in as it is", "anna", f"{page}/answers", "/hand-in")
    first = crew.values(work, t1="дым", t2="136", long="добро не ждёт награды. оно приводит само")
    crew.do("anna", keyin.submit, work, "first", first)
    gallery.look("what the machine thinks of it", "anna", f"{page}/done")
    essay = Value("добра не ждёт награды. оно приходит само", Mark.OUTSIDE_FIELD)
    second = crew.values(work, t1="дым", t2="136", long=essay)
    crew.key_in(work, "boris", "second", second)
    gallery.look("the work of the commission goes on", "chair", "/commission")


def settle(gallery: Gallery, crew: Hands, work: str) -> None:
    """Only the places where the essays differ are read and decided, and what one saw of the whole."""
    crew.do("vera", assignments.take, work, "arbiter")
    page = f"/settle/{work}"
    gallery.look("the own reading of a place", "vera", page)
    gallery.press("a place left empty", "vera", page, "/own", "own")
    said = {"v:long:27/1": "добро", "v:long:27/2": "приходит", "v:long:27/3": "as entered"}
    gallery.press("the places are read", "vera", page, "/own", "own", said)
    gallery.look("the decision on a place", "vera", page)
    gallery.press(
        "another word without a reason", "vera", page, page, "", {"c:long:27/1": "second"}
    )


def unread(gallery: Gallery, crew: Hands) -> None:
    """A notebook that the machine could not read; a handed-in reading of it."""
    work = crew.work(medium=Medium.BRAILLE)
    give_up(crew, Task.READ_BRAILLE, work, GAVE_UP)
    gallery.look("a notebook without pictures", "boris", f"/braille/{work}")
    crew.key_in(work, "boris", "first", crew.values(work, t1=Value("дом")))
    gallery.look("no machine has read it", "boris", f"/braille/{work}/done")
