"""Works go into packets, packets are closed, handed over and opened again."""

from examday.domain.custody.counts import Purpose
from examday.services.custody import kits
from examday.services.custody.room import collecting, enlarging
from examday.services.packing import contents, packets
from examday.storage.tables import Item
from tests import custody_day
from tests.conftest import PIN
from tests.custody_day import Day, number
from tests.scenes.gallery import Gallery


def show(gallery: Gallery) -> None:
    """Two enlarged works and a notebook; the fourth has no signatures yet."""
    media = ("enlarged", "enlarged", "braille", "enlarged", "typed")
    day = custody_day.make(gallery.store, gallery.add_person, media)
    gallery.look("nothing waits to be packed", "lead", "/packing/")
    collected(day)
    gallery.look("a work without signatures", "lead", f"/packing/work/{day.booklets['4А']}")
    gallery.look("works wait to be packed", "lead", "/packing/")
    pack(gallery, day)
    seal(gallery, day)
    gallery.look("packets are still here", "head", "/board/close")
    commission(gallery, day)
    gallery.look("packets of every kind", "lead", "/packing/")
    gallery.look("packets are still here, one of them empty", "lead", "/board/close")


def collected(day: Day) -> None:
    """All works are collected; three are signed, one keeps its standard form."""
    for n, place in enumerate(day.booklets, 1):
        work = day.booklets[place]
        day.do("lead", kits.issue, work, number(n))
        if place in ("1А", "2А", "4А"):
            day.do("lead", enlarging.enlarge, work, day.people["board"].id)
        if place != "5А":
            day.do("lead", collecting.collect, work, day.counts(place))
    for place in ("1А", "2А"):
        day.put_at(place, "certified")
    day.put_at("5А", "not_used")


def counted(day: Day, place: str, name: str = "count-") -> dict[str, str]:
    """What a count of this work comes to, as the form names it."""
    return {f"{name}{kind}": str(n) for kind, n in day.counts(place).items()}


def pack(gallery: Gallery, day: Day) -> None:
    """One work by itself, one with the whole room."""
    page = f"/packing/work/{day.booklets['1А']}"
    gallery.look("a work is packed", "lead", page)
    gallery.press("nothing was counted", "lead", page)
    wrong = counted(day, "1А")
    wrong[next(iter(wrong))] = "9"
    gallery.press("a wrong count", "lead", page, "", "", wrong)
    gallery.press("the count agrees", "lead", page, "", "", counted(day, "1А"))
    gallery.look("the work is packed", "lead", page)
    gallery.look("the work is packed", "board", f"/booklets/{day.booklets['1А']}")
    gallery.look("the packing table after it", "lead", "/packing/")
    gallery.press("unpacked without a reason", "lead", page, "/unpack")
    room = f"/packing/room/{day.exam}/{day.room}"
    gallery.look("the rest of the room", "lead", room)
    gallery.press("nothing was counted in the room", "lead", room)
    numbers = counted(day, "2А", f"{day.booklets['2А']}:count-")
    gallery.press("the rest is packed", "lead", room, "", "", numbers)
    gallery.look("nothing of the room waits", "lead", room)
    gallery.look("a standard form waits by itself", "lead", f"/packing/work/{day.booklets['5А']}")


def packet_of(day: Day, purpose: Purpose) -> str:
    """The packet of this kind that is open or closed here."""
    with day.store.read() as uow:
        found = packets.of_exam(uow, day.exam)
        return next(p.id for p in found if p.sheet == purpose)


def inside(day: Day, packet: str) -> dict[str, str]:
    """What lies in a packet, as its form names it."""
    with day.store.read() as uow:
        found = contents.contents(uow, uow.get(Item, packet))
        return {f"count-{kind}": str(n) for kind, n in found.items()}


def seal(gallery: Gallery, day: Day) -> None:
    """A packet is checked, closed, opened again and handed over."""
    page = f"/packing/packet/{packet_of(day, Purpose.STANDARD)}"
    gallery.look("an open packet", "lead", page)
    gallery.look("an open packet", "board", page)
    gallery.look("what lies in it", "lead", f"{page}?show=contents")
    codes = f"{number(1)}\n{number(1)}\n{number(9)}"
    gallery.press("checked with the scanner", "lead", page, "/check", "", {"codes": codes})
    gallery.press("closed without a count", "lead", page, "/seal")
    right = inside(day, page.rpartition("/")[2])
    gallery.press("closed", "lead", page, "/seal", "", right)
    for login in ("lead", "head", "board"):
        gallery.look("a closed packet", login, page)
    gallery.look("its contents by the journal", "head", f"{page}?show=contents")
    gallery.press("opened without a reason", "lead", page, "/reopen")
    gallery.press("handed over to nobody", "head", page, "/hand-over", "", {**right, "pin": PIN})
    given = {**right, "to": day.people["board"].id, "pin": "0000"}
    gallery.press("handed over with a wrong PIN", "head", page, "/hand-over", "", given)
    wrong = {**given, "pin": PIN, next(iter(right)): "9"}
    gallery.press("handed over with a wrong count", "head", page, "/hand-over", "", wrong)
    gallery.press("handed over", "head", page, "/hand-over", "", {**given, "pin": PIN})
    gallery.look("a packet that has left", "head", page)
    gallery.look("its work has left too", "head", f"/booklets/{day.booklets['1А']}")


def commission(gallery: Gallery, day: Day) -> None:
    """A package with an envelope for the commission goes and is opened there."""
    day.do("lead", packets.open_packet, day.exam, Purpose.COMMISSION)
    page = f"/packing/packet/{packet_of(day, Purpose.COMMISSION)}"
    gallery.look("an empty package", "lead", page)
    gallery.press("something else is scanned", "lead", page, "/put", "", {"code": number(1)})
    gallery.press("no such code", "lead", page, "/put", "", {"code": "123"})
    with day.store.read() as uow:
        envelope = uow.session.query(Item).filter_by(kind="envelope", booklet_id=day.booklets["3А"])
        code = envelope.one().code
    gallery.press("the envelope is put in", "lead", page, "/put", "", {"code": code})
    gallery.look("an envelope in the package", "lead", page)
    gallery.press("taken out without a reason", "lead", page, "/take-out", "", {"code": code})
    right = inside(day, page.rpartition("/")[2])
    gallery.press("the package is closed", "lead", page, "/seal", "", right)
    given = {**right, "to": day.people["chair"].id, "pin": PIN}
    gallery.press("the package goes to the chair", "head", page, "/hand-over", "", given)
    gallery.look("the package is with the chair", "chair", page)
    gallery.press("opened with a wrong count", "chair", page, "/empty", "", {"count-envelope": "2"})
    gallery.press("opened in the commission", "chair", page, "/empty", "", right)
    gallery.look("the package is empty", "chair", page)
    gallery.press("a new packet is begun", "lead", "/packing/", "/packets")
    for words in ("123", code):
        gallery.press(
            f"scanned {len(words)} signs", "lead", "/packing/", "/scan", "", {"code": words}
        )
