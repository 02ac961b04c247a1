"""Print-outs, the ledger and the pages of help."""

from examday.domain.people.roles import Actor
from examday.services.custody import kits
from examday.services.custody.room import collecting
from examday.storage.tables import Booklet
from tests import custody_day
from tests.custody_day import number
from tests.scenes.gallery import Gallery


def show(gallery: Gallery) -> None:
    """A day of three works: what can be printed of it, and what stands in the ledger."""
    gallery.add_person(gallery.store, "chief")
    day = custody_day.make(gallery.store, gallery.add_person)
    for login in ("head", "lead", "board"):
        gallery.look("print-outs of a planned day", login, "/print/")
        gallery.look("print-outs of a planned work", login, f"/print/booklet/{day.booklets['2А']}")
    for n, place in enumerate(day.booklets, 1):
        day.do("lead", kits.issue, day.booklets[place], number(n))
    day.do("lead", collecting.collect, day.booklets["2А"], day.counts("2А"))
    with gallery.store.begin(Actor.system("test")) as uow:
        uow.get(Booklet, day.booklets["2А"]).state = "scanned"
        uow.record("test:state", f"booklet:{day.booklets['2А']}")
    gallery.look("print-outs of a collected work", "lead", f"/print/booklet/{day.booklets['2А']}")
    room = f"/print/room/{day.exam}/{day.room}"
    gallery.look("print-outs of a room", "lead", room)
    gallery.press("nothing is chosen for the room", "lead", room)
    gallery.look("the ledger", "head", "/ledger")
    gallery.look("the ledger", "lead", "/ledger")
    gallery.press("a code to compare with paper", "head", "/ledger", "/checkpoint")
    gallery.look("the ledger holds a code", "head", "/ledger")
    gallery.press("a bundle of nothing", "head", "/ledger", "/export", "", {"what": "123"})
    gallery.look("the ledger is to be verified", "head", "/ledger/verify")
    gallery.press("the ledger is verified", "head", "/ledger/verify")
    gallery.press("a code that is none", "head", "/ledger/verify", "", "", {"code": "1-2"})
    for n in range(60):
        with gallery.store.begin(Actor.system("test")) as uow:
            uow.record("test:entry", f"day:{n}")
    gallery.look("a long ledger", "head", "/ledger")
    gallery.look("its earlier entries", "head", "/ledger?before=20")
