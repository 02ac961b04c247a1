"""Papers of a room: kits issued, enlarged, collected, spoiled, handed on and taken back."""

from examday.domain.custody.absences import Break
from examday.services.custody import absences, kits
from examday.services.custody.room import collecting, enlarging
from tests import custody_day
from tests.conftest import PIN
from tests.custody_day import Day, number
from tests.scenes.gallery import Gallery

MEDIA = ("enlarged", "enlarged", "braille", "typed", "enlarged", "typed")


def show(gallery: Gallery) -> None:
    """A room with six works, from the first kit to the last count."""
    day = custody_day.make(gallery.store, gallery.add_person, MEDIA)
    room = f"/custody/room/{day.exam}/{day.room}"
    issue(gallery, day, room)
    one_work(gallery, day)
    enlarge(gallery, day, room)
    leave_the_room(gallery, day, room)
    collect(gallery, day, room)
    find(gallery, day)


def issue(gallery: Gallery, day: Day, room: str) -> None:
    """Kits are handed out."""
    gallery.look("nothing is issued yet", "lead", "/custody/")
    gallery.look("the head sees all rooms", "head", "/custody/")
    gallery.look("the first kit", "lead", room)
    gallery.look("the technical specialist looks on", "tech", room)
    wrong = {"code": "2610000000019"}
    gallery.press("a number with a wrong check digit", "lead", room, room, "", wrong)
    gallery.press("the first kit is issued", "lead", room, room, "", {"code": number(1)})
    gallery.look("the next kit", "lead", room)
    gallery.press("the same kit once more", "lead", room, room, "", {"code": number(1)})
    work = f"/custody/work/{day.booklets['2А']}"
    gallery.look("a kit may be planned", "lead", f"{work}/assign")
    gallery.press("a kit is planned", "lead", f"{work}/assign", "", "", {"code": number(2)})
    gallery.look("the planned kit is awaited", "lead", room)
    gallery.look("the planned kit of one work", "lead", work)
    gallery.press("another kit than planned", "lead", work, "", "", {"code": number(3)})
    for n, place in enumerate(day.booklets, 1):
        if n > 1:
            day.do("lead", kits.issue, day.booklets[place], number(n))
    gallery.look("every seat has its kit", "lead", room)


def one_work(gallery: Gallery, day: Day) -> None:
    """What may be done with the papers of one work."""
    work = f"/custody/work/{day.booklets['1А']}"
    gallery.look("papers of an issued work", "lead", work)
    gallery.look("papers of an issued work", "helper", work)
    for action in ("extra", "spoil", "standard", "undo", "hand"):
        gallery.look(f"a step beside the way: {action}", "lead", f"{work}/{action}")
        gallery.press(f"left empty: {action}", "lead", f"{work}/{action}")
    fields = {"code": "123"}
    gallery.press("an additional form with a wrong number", "lead", f"{work}/extra", "", "", fields)
    typed = f"/custody/work/{day.booklets['6А']}"
    gallery.press("sheets are added", "lead", f"{typed}/extra", "", "", {"number": "2"})
    gallery.look("papers of a print-out", "lead", typed)
    gallery.look("what was added may be taken back", "lead", f"{typed}/undo")
    spoiled = f"/custody/work/{day.booklets['5А']}/spoil"
    gallery.press("a kit is void", "lead", spoiled, "", "", {"reason": "залит водой"})
    gallery.look("its seat waits for another kit", "lead", f"/custody/work/{day.booklets['5А']}")
    gallery.look("the work of a void kit", "head", f"/booklets/{day.booklets['5А']}")
    standard = f"/custody/work/{day.booklets['6А']}/standard"
    gallery.look("the standard form is asked for", "lead", standard)
    gallery.press("the standard form is chosen", "lead", standard, "", "", {"reason": "сам"})
    gallery.look("papers of a standard form", "lead", typed)


def enlarge(gallery: Gallery, day: Day, room: str) -> None:
    """Sheets are enlarged under the eyes of a member."""
    gallery.look("enlarging the whole room", "lead", f"{room}/all/enlarge")
    gallery.press("without a witness", "lead", f"{room}/all/enlarge")
    gallery.press("nobody is chosen", "lead", f"{room}/all/enlarge", "", "", {"work": []})
    day.do("lead", enlarging.enlarge, day.booklets["1А"], day.people["board"].id)
    gallery.look("an enlarged work", "lead", f"/custody/work/{day.booklets['1А']}")
    gallery.look("a step may be taken back", "lead", f"/custody/work/{day.booklets['1А']}/undo")
    day.do("lead", enlarging.enlarge, day.booklets["2А"], day.people["board"].id)
    gallery.look("nothing is left to enlarge", "lead", f"{room}/all/enlarge")


def leave_the_room(gallery: Gallery, day: Day, room: str) -> None:
    """A candidate leaves the room and comes back."""
    page, seat = f"{room}/breaks", day.booklet("1А").seat_id
    gallery.look("everybody is in the room", "lead", page)
    gallery.look("a seat leaves", "lead", f"{page}?seat={seat}")
    gallery.press("nobody goes along", "lead", f"{page}?seat={seat}", "", "", {"companion": ""})
    day.do("lead", absences.leave, seat, Break.MEAL, day.people["helper"].id)
    gallery.look("a seat is away", "lead", page)
    gallery.clock.forward(minutes=9)
    gallery.press("the seat is back", "lead", page, "/back")
    gallery.look("the seat has been away", "lead", page)


def collect(gallery: Gallery, day: Day, room: str) -> None:
    """Works are counted; one count is wrong."""
    gallery.look("collecting the whole room", "lead", f"{room}/all/collect")
    gallery.press("nothing was counted", "lead", f"{room}/all/collect")
    work = f"/custody/work/{day.booklets['3А']}"
    right = {f"count-{kind}": str(n) for kind, n in day.counts("3А").items()}
    gallery.look("counted blind", "lead", work)
    gallery.press("not a number", "lead", work, "", "", {**right, list(right)[-1]: "два"})
    gallery.press("a notebook too many", "lead", work, "", "", {**right, next(iter(right)): "7"})
    with_note = {**right, next(iter(right)): "7", "note": "одной тетради нет"}
    gallery.press("a notebook too many, with a remark", "lead", work, "", "", with_note)
    for place in ("1А", "2А", "3А"):
        if day.booklet(place).state != "collected":
            day.do("lead", collecting.collect, day.booklets[place], day.counts(place))
    gallery.look("a collected work", "lead", work)
    gallery.look(
        "the page of a work that was counted wrong", "head", f"/booklets/{day.booklets['3А']}"
    )
    gallery.look("most is collected", "lead", room)
    gallery.look("the papers of the day", "lead", "/custody/")
    hand = {f"count-{kind}": str(n) for kind, n in day.counts("1А").items()}
    hand |= {"to": day.people["helper"].id, "pin": "0000"}
    page = f"/custody/work/{day.booklets['1А']}/hand"
    gallery.press("handed on with a wrong PIN", "lead", page, "", "", hand)
    gallery.press("handed on", "lead", page, "", "", {**hand, "pin": PIN})
    gallery.look("the work is in other hands", "helper", f"/custody/work/{day.booklets['1А']}")
    gallery.look("the page of that work", "helper", f"/booklets/{day.booklets['1А']}")


def find(gallery: Gallery, day: Day) -> None:
    """A code is looked for."""
    for what, words in (("a seat", "0101-3А"), ("nothing", "0101-9Я"), ("a number", number(1))):
        gallery.look(f"looked for {what}", "head", f"/find?q={words}")
        gallery.look(f"scanned {what}", "lead", f"/custody/find?code={words}")
