"""One slip in a whole room: works of the same hands are looked at, each as a case of its own."""

from tests.appeals import world
from tests.appeals.test_siblings import neighbour, to_the_order
from tests.scenes.appeals import FILED
from tests.scenes.gallery import Gallery


def show(gallery: Gallery) -> None:
    """A neighbour shifted by a row, one alike, one that a machine hardly read."""
    gallery.clock.now = FILED
    c = world.make(gallery.store, gallery.add_person)
    shifted = neighbour(c, "2А", {"2": "А1", "3": "Б2", "4": "В3"})
    neighbour(c, "3А", {"1": "А1", "2": "Б2", "3": "В3", "4": "Г4"})
    neighbour(c, "4А", {"1": "А1"}, 0.2)
    case = to_the_order(c)
    page = f"/appeals/{case}/order"
    gallery.look("works that may have the same slip", "secretary", page)
    gallery.look("works that may have the same slip", "member", page)
    sent = {"work": [shifted]}
    gallery.press("a review is opened", "secretary", page, "/reviews", "", sent)
    gallery.look("a review has its own case", "secretary", page)
    gallery.look("cases in the list", "secretary", "/appeals")
    other = neighbour(c, "5А", {"1": "А1"}, 0.2)
    unread = world.file_appeal(c, booklet_id=other)
    gallery.look("a case that a machine hardly read", "secretary", f"/appeals/{unread}")
    gallery.look("the second screen of such a case", "secretary", f"/appeals/{unread}/show")
    light = f"/appeals/{case}/show?all=1&theme=light&size=125"
    gallery.look("the second screen in another dress", "secretary", light)
    gallery.look("made-up words of it", "secretary", f"/appeals/{case}/show?theme=red&size=9")
    gallery.look("works with one surname", "secretary", "/appeals/new?q=Сосед")
    gallery.look("looked for an appeal", "secretary", "/find?q=77-01-0001")
