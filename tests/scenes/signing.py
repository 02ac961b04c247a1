"""The signatures under a verified copy."""

from examday.domain.people.roles import Role
from tests import signed
from tests.conftest import PIN
from tests.scenes.gallery import Gallery


def show(gallery: Gallery) -> None:
    """Three people sign; one of them mistypes, one is absent, and one work has nobody to sign it."""
    gallery.add_person(gallery.store, "head", Role.SITE_HEAD)
    gallery.add_person(gallery.store, "lead", Role.LEAD_ORGANISER)
    work = signed.verified_work(gallery.store, gallery.add_person)
    gallery.look("a work waits for a signature", "member", "/sign")
    gallery.look("every page tells of it", "member", "/ledger")
    page = f"/sign/{work.booklet_id}"
    gallery.look("the work is read back", "member", page)
    gallery.look("the head looks on", "head", page)
    gallery.press("no PIN at all", "member", page)
    gallery.look("the page asks for a PIN", "member", page)
    wrong = {"pin-exam_board_member": "0000", "pin-observer": "0001"}
    gallery.press("two wrong PINs", "member", page, "", "", wrong)
    gallery.look("the page names both", "member", page)
    right = {"pin-exam_board_member": PIN, "pin-transferrer": "0000"}
    gallery.press("the member signs, the organiser mistypes", "member", page, "", "", right)
    gallery.look("the page that follows says what was refused, once", "member", page)
    gallery.look("one signature is given", "organiser", page)
    gallery.press("the organiser signs", "organiser", page, "", "", {"pin-transferrer": PIN})
    absent = {"pin": PIN, "person": work.member.id, "reason": ""}
    having = ("reason", "")
    gallery.press("absent without a reason", "member", page, "", "", absent, having)
    gallery.look("the page asks for the reason", "member", page)
    absent["reason"], absent["pin"] = "заболел и уехал домой", "0000"
    gallery.press("absent with a wrong PIN", "member", page, "", "", absent, having)
    gallery.look("the page keeps the reason", "member", page)
    absent["pin"] = PIN
    gallery.press("the observer is absent", "member", page, "", "", absent, having)
    gallery.look("all signatures are there", "lead", page)
    gallery.look("nothing waits any more", "member", "/sign")
    gallery.look("who signed and who was absent", "head", f"/booklets/{work.booklet_id}")
    gallery.look("who signed may pack nothing", "member", page)
