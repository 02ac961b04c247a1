"""The board of the day, its alarms, and the end of the day."""

from examday.domain.custody.absences import Break
from examday.domain.custody.counts import Purpose
from examday.domain.custody.kit import Kind
from examday.services.custody import absences, kits
from examday.services.custody.room import collecting, withdrawn_kits
from examday.services.packing import packets
from tests import custody_day
from tests.board.test_two_days import scan
from tests.custody_day import Day, number
from tests.scenes.gallery import Gallery

MEDIA = ("enlarged", "enlarged", "enlarged", "braille", "typed", "enlarged")


def show(gallery: Gallery) -> None:
    """A day of six works, from the plan to the last word about it."""
    day = custody_day.make(gallery.store, gallery.add_person, MEDIA)
    for login in ("head", "lead", "board", "tech", "helper", "observer", "chair", "translator"):
        gallery.look("the day begins", login, "/")
        gallery.look("the board of a planned day", login, "/board/")
    gallery.look("what waits for me", "helper", "/work/waiting")
    happen(day, gallery)
    for login in ("head", "lead"):
        gallery.look("the board in the middle of the day", login, "/board/")
    gallery.look("works at one step", "head", "/board/step?state=scanned")
    gallery.look("nobody stands at this step", "head", "/board/step?state=keyed")
    gallery.look("works of one room at one step", "head", "/board/step?state=issued&room=0101")
    gallery.look("a work in a row", "head", f"/booklets/{day.booklets['2А']}")
    gallery.clock.forward(hours=3)
    gallery.leave()
    gallery.look("works stand still", "head", "/board/")
    gallery.look("works stand still at one step", "head", "/board/step?state=scanned")
    gallery.look("a work that stands still", "head", f"/booklets/{day.booklets['2А']}")
    gallery.look("my work has waited", "helper", "/work")
    close(gallery, day)


def happen(day: Day, gallery: Gallery) -> None:
    """Kits go out, one is void, one count is wrong, somebody leaves the room."""
    for n, place in enumerate(day.booklets, 1):
        day.do("lead", kits.issue, day.booklets[place], number(n))
    day.put_at("1А", "scanned")
    day.put_at("2А", "verified")
    day.put_at("3А", "handed_over")
    day.do("lead", withdrawn_kits.spoil, day.booklets["6А"], "залит водой")
    wrong = {**day.counts("4А"), Kind.NOTEBOOK: 7}
    day.do("lead", collecting.collect, day.booklets["4А"], wrong, "одной тетради нет")
    seat = day.booklet("5А").seat_id
    day.do("lead", absences.leave, seat, Break.MEAL, day.people["helper"].id)


def close(gallery: Gallery, day: Day) -> None:
    """The head closes the day, first with works that are open, then without."""
    page = "/board/close"
    scan(day.store, day.booklets["1А"])
    for purpose in (Purpose.STANDARD, Purpose.DEFECTIVE):
        day.do("lead", packets.open_packet, day.exam, purpose)
    gallery.look("the end of an open day", "head", page)
    gallery.look("the end of an open day", "lead", page)
    gallery.press("closed without a word", "head", page)
    gallery.press("closed with a word", "head", page, "", "", {"reason": "две пишут до 18:00"})
    gallery.look("the day is closed", "head", page)
    day.do("lead", absences.come_back, day.booklet("5А").seat_id)
    for place in day.booklets:
        if day.booklet(place).state != "spoiled":
            day.put_at(place, "handed_over")
    gallery.look("something came after the closing", "head", page)
    gallery.press("closed once more", "head", page)
    gallery.look("all is handed over", "head", page)
    gallery.look("the board after the day", "head", "/board/")
    gallery.look("the head's first page after the day", "head", "/")
