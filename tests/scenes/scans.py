"""Files and pages that came in: what waits for a person, what was set aside, what is taken back."""

from typing import Any

from examday.domain.custody.lifecycle import State
from examday.domain.errors import MachineTrouble
from examday.domain.jobs import Task
from examday.domain.people.roles import Actor
from examday.domain.scans.pages import PROBLEMS, PageState, ScanState
from examday.services.jobs import failures
from examday.services.jobs.outbox import GAVE_UP
from examday.services.scans import attachment
from examday.services.transfer import assignments, copying
from examday.storage.tables import Booklet, Outbox, Page, ScanFile
from tests import sheets
from tests.scenes.gallery import Gallery
from tests.transfer_day import Hands, add_page, hands

MIRRORED = {
    "because": ["mirror"],
    "warnings": [{"code": "mirror", "message": "The picture is mirrored.", "params": {}}],
}
TWO_SHEETS = {
    "because": ["two-sheets"],
    "warnings": [
        {
            "code": "two-sheets",
            "message": "There are two sheets on one picture: %(codes)s.",
            "params": {"codes": f"{sheets.kit_code(81)}, {sheets.kit_code(82)}"},
        }
    ],
    "sheets": [[0, 0, 1240, 1754], [1240, 0, 2480, 1754]],
}
PART = {
    "because": ["part-of-sheet"],
    "warnings": [
        {
            "code": "part-of-sheet",
            "message": "The sheet is not whole on the picture; what is missing lies %(where)s.",
            "params": {"where": "below"},
        }
    ],
    "size": "A4",
}
"""As the reader leaves them: the page waits with the reason of its form, and this stands in its place."""


def show(gallery: Gallery) -> None:
    """A day's scans, from the empty list to a page that takes the place of another."""
    crew = hands(gallery.store, gallery.add_person)
    gallery.look("no scans yet", "tech", "/scans/")
    gallery.look("nothing is set aside", "tech", "/scans/quarantine")
    gallery.look("nothing was given up", "tech", "/scans/undone/")
    gallery.look("no page waits", "anna", "/scans/exceptions")
    folder(gallery)
    files(gallery, crew)
    work = crew.work(sheets.kit_code(81))
    waiting(gallery, crew, work)
    further(gallery, crew)
    given_up(gallery, crew, work)
    wrong(gallery, crew)


def folder(gallery: Gallery) -> None:
    """What the scanner's folder says of itself."""
    inbox = gallery.store.settings.inbox
    (inbox / ".hidden.jpg").write_bytes(b"x")
    (inbox / "1" / "2" / "3" / "4").mkdir(parents=True)
    gallery.look("two things are left alone", "tech", "/scans/fragment")
    inbox.rename(inbox.with_name("elsewhere"))
    gallery.look("the folder is gone", "tech", "/scans/fragment")
    inbox.with_name("elsewhere").rename(inbox)


def add_file(crew: Hands, name: str, state: ScanState, **columns: Any) -> str:
    """A file in this state; its id."""
    with crew.store.begin(Actor.system("test")) as uow:
        given = {"source": "upload", "sha256": name.ljust(64, "0"), "size": 1_234_567, **columns}
        scan = uow.add(ScanFile(name=name, state=state, received_at=uow.now(), **given))
        uow.session.flush()
        uow.record("test:scan", f"scan:{scan.id}")
        return str(scan.id)


def files(gallery: Gallery, crew: Hands) -> None:
    """A file in each state."""
    problem = {"code": "broken", "message": "The file is damaged.", "advice": "Scan it again."}
    bad = add_file(crew, "плохой.jpg", ScanState.QUARANTINED, problem=problem)
    lost = add_file(crew, "пустой.pdf", ScanState.QUARANTINED, sha256="", problem=problem, size=3)
    stumbled = {**problem, "code": "processing-failed"}
    seized = {**problem, "code": "machine-trouble"}
    tired = add_file(crew, "трудный.jpg", ScanState.QUARANTINED, problem=stumbled)
    late = add_file(crew, "поздний.tif", ScanState.POSTPONED, problem=seized, source="folder")
    add_file(crew, "ждёт.png", ScanState.QUEUED, batch="b" * 32)
    for login in ("tech", "anna"):
        gallery.look("files in each state", login, "/scans/")
        gallery.look("files set aside", login, "/scans/quarantine")
        for name, scan in (
            ("damaged", bad),
            ("too much", tired),
            ("without bytes", lost),
            ("postponed", late),
        ):
            gallery.look(f"a file: {name}", login, f"/scans/file/{scan}")
    for n in range(60):
        add_file(crew, f"{n:02d}.jpg", ScanState.DONE, pages=1, source="folder")
    gallery.look("more files than a page holds", "tech", "/scans/?page=2")
    gallery.look("one sending", "tech", f"/scans/?batch={'b' * 32}")
    gallery.press(
        "a file that was too much is tried again", "tech", "/scans/quarantine", "/" + tired
    )
    gallery.press("nothing is sent in", "tech", "/scans/", "/upload")


def waits(crew: Hands, *problems: str, **columns: Any) -> str:
    """A page that waits for a person; its id."""
    assert set(problems) <= set(PROBLEMS), "no page waits so"
    with crew.store.begin(Actor.system("test")) as uow:
        booklet = uow.session.query(Booklet).first()
        page = add_page(uow, booklet.id, "original")
        page.state, page.booklet_id = PageState.EXCEPTION, None
        page.problems, page.role, page.sheet = list(problems), None, ""
        for name, value in columns.items():
            setattr(page, name, value)
        uow.session.flush()
        uow.record("test:page", f"page:{page.id}")
        return str(page.id)


def waiting(gallery: Gallery, crew: Hands, work: str) -> None:
    """Pages that wait, each for another reason."""
    size = {"width": 2480, "height": 1754}
    part = {**size, **PART}
    pages = {
        "its number was not read": waits(crew, "no-code"),
        "no work has its number": waits(crew, "unknown-code", code=sheets.kit_code(99)),
        "it is mirrored": waits(crew, "wrong-side", identity={**size, **MIRRORED}),
        "the sheet is there already": waits(crew, "duplicate", code=sheets.kit_code(81)),
        "two sheets on it": waits(crew, "wrong-side", identity={**size, **TWO_SHEETS}),
        "half of a sheet": waits(crew, "wrong-side", identity=part),
        "its size is not told": waits(crew, "size-unknown"),
    }
    for name, page in pages.items():
        gallery.look(f"a page waits: {name}", "tech", f"/scans/exceptions/{page}")
    sizeless = pages["its size is not told"]
    gallery.press(
        "of no size", "tech", f"/scans/exceptions/{sizeless}", "", "", {}, ("act", "size")
    )
    other = waits(crew, "wrong-side", identity=part)
    half = pages["half of a sheet"]
    gallery.look("the other half has come", "tech", f"/scans/exceptions/{half}")
    gallery.look("two halves are joined", "tech", f"/scans/made/{half}/with/{other}")
    for login in ("tech", "anna"):
        gallery.look("pages wait", login, "/scans/exceptions")
        gallery.look("files and their pages", login, "/scans/")
    page, attach = f"/scans/exceptions/{pages['its number was not read']}", ("act", "attach")
    gallery.press("attached to nothing", "tech", page, "", "", {"wanted": "0101-9Я"}, attach)
    said = {"wanted": sheets.kit_code(81), "role": "original"}
    gallery.press("attached without a reason", "tech", page, "", "", said, attach)
    gallery.press("rejected without a reason", "tech", page, "", "", {}, ("act", "reject"))
    gallery.press("rejected", "tech", page, "", "", {"why": "пустая"}, ("act", "reject"))
    gallery.look("somebody has decided", "tech", page)
    gallery.look("a page does not count", "tech", "/scans/exceptions")


def further(gallery: Gallery, crew: Hands) -> None:
    """A copy of which one sheet is missing, and a page that may follow the one before."""
    work = crew.work(sheets.kit_code(83))
    crew.settled(work, long="Ответ")
    crew.do("anna", assignments.take, work, "copier")
    crew.do("anna", copying.finish, work)
    with crew.store.begin(Actor.system("test")) as uow:
        page = add_page(uow, work, "copy")
        uow.session.flush()
        attachment.attach(uow, page, uow.get(Booklet, work), "copy")
        uow.record("test:page", f"page:{page.id}")
        file = page.scan_file_id
    waits(crew, "no-code", scan_file_id=file, number=2)
    with crew.store.read() as uow:
        second = uow.session.query(Page).filter_by(scan_file_id=file, number=2).one().id
    for login in ("tech", "anna"):
        gallery.look("a sheet is missing", login, "/scans/exceptions")
        gallery.look("a file with two pages", login, f"/scans/file/{file}")
    gallery.look("a page that may follow", "tech", f"/scans/exceptions/{second}")
    gallery.press("let pass without why", "tech", "/scans/exceptions", f"/whole/{work}")
    gallery.look("files at their works", "tech", "/scans/")


def given_up(gallery: Gallery, crew: Hands, work: str) -> None:
    """Jobs that the station could not do."""
    with crew.store.read() as uow:
        page = uow.session.query(Page).filter_by(booklet_id=work).one().id
    part = waits(crew, "wrong-side", identity=PART)
    for task, arg, error in (
        (Task.READ_PAGE, page, MachineTrouble.code),
        (Task.READ_BRAILLE, work, GAVE_UP),
        (Task.JOIN_HALVES, part, GAVE_UP),
    ):
        give_up(crew, task, arg, error)
    for login in ("tech", "anna"):
        gallery.look("three jobs were given up", login, "/scans/undone/")
    gallery.look("the list of scans says so", "tech", "/scans/fragment")
    gallery.press("tried once more", "tech", "/scans/undone/", "/" + first_failure(crew))


def first_failure(crew: Hands) -> str:
    """The job that was given up first."""
    with crew.store.read() as uow:
        return failures.open_failures(uow)[0].id


def give_up(crew: Hands, task: Task, arg: str, error: str) -> None:
    """Nobody tries this job any more."""
    with crew.store.begin(Actor.system("test")) as uow:
        uow.enqueue(task, arg)
        uow.record("test:job", f"job:{arg}")
    with crew.store.begin(Actor.system("test")) as uow:
        row = uow.session.query(Outbox).filter_by(task=task, arg=arg).one()
        row.done_at, row.error, row.attempts = uow.now(), error, 5


def wrong(gallery: Gallery, crew: Hands) -> None:
    """A page that is the wrong one, and one that takes its place."""
    work = crew.work(sheets.kit_code(82))
    crew.settled(work, t1="ДОМ")
    crew.copied(work)
    with crew.store.begin(Actor.system("test")) as uow:
        first = uow.session.query(Page).filter_by(booklet_id=work, role="copy").first()
        booklet = uow.get(Booklet, work)
        found = {"copy": first.id}
        found["original"] = (
            uow.session.query(Page).filter_by(booklet_id=work, role="original").one().id
        )
        assert booklet.state == State.COPY_SCANNED
    rival = waits(crew, "duplicate", code=sheets.kit_code(82), role="copy")
    for role, page in found.items():
        gallery.look(f"the wrong {role}", "head", f"/scans/wrong/{page}")
        gallery.look(
            f"another takes the place of the {role}", "head", f"/scans/wrong/{page}/for/{rival}"
        )
    page = f"/scans/wrong/{found['copy']}"
    gallery.press("taken back without a reason", "head", page)
    gallery.press("exchanged without a reason", "head", f"{page}/for/{rival}")
    gallery.press("exchanged", "head", f"{page}/for/{rival}", "", "", {"reason": "чётче"})
    gallery.press(
        "taken back", "head", f"/scans/wrong/{found['original']}", "", "", {"reason": "не тот"}
    )
    gallery.look("the work waits for its pages", "head", f"/booklets/{work}")
