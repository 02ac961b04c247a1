"""Papers after a second beginning say so, and those of the version before are called void."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from examday.services.custody import dossier, kits
from examday.services.custody.room import collecting
from examday.services.printing import print_entries, prints
from examday.services.printing.papers.work import sources, transfer_act
from examday.services.transfer import reopening
from examday.services.unit_of_work import Store
from examday.storage.tables import Page, ScanFile
from tests import custody_day
from tests.conftest import Browser
from tests.custody_day import Day, number

REASON = "пропущен ответ 7"


@pytest.fixture
def day(store: Store, add_person: Callable[..., Any]) -> Day:
    made = custody_day.make(store, add_person)
    made.do("lead", kits.issue, made.booklets["2А"], number(2))
    made.do("lead", collecting.collect, made.booklets["2А"], made.counts("2А"))
    made.put_at("2А", "certified")
    return made


def reopen(day: Day) -> None:
    day.do("head", reopening.reopen, day.booklets["2А"], REASON)


def facts(day: Day) -> dict[str, str]:
    with day.store.read(day.actor("head")) as uow:
        rows = transfer_act.transfer_act(uow, day.booklets["2А"], False)["facts"]
    assert isinstance(rows, list)
    return dict(rows)


def test_the_paper_says_its_version_which_it_replaces_and_why(day: Day) -> None:
    assert facts(day)["Версия переноса"] == "1" and "Почему заново" not in facts(day)
    reopen(day)
    assert facts(day)["Версия переноса"] == "2, взамен версии 1"
    assert REASON in facts(day)["Почему заново"]


def test_only_the_copies_of_this_version_stand_on_the_paper(
    day: Day, browser: Callable[[], Browser]
) -> None:
    booklet_id = day.booklets["2А"]
    with day.store.begin(day.actor("tech")) as uow:
        file = uow.add(
            ScanFile(name="a.png", source="upload", sha256="0" * 64, size=1, received_at=uow.now())
        )
        uow.session.flush()
        for n, (role, version, digest) in enumerate(
            [("original", 1, "a"), ("copy", 1, "b"), ("copy", 2, "c")], 1
        ):
            uow.add(
                Page(
                    scan_file_id=file.id,
                    number=n,
                    booklet_id=booklet_id,
                    version=version,
                    role=role,
                    sheet="form_1",
                    state="attached",
                    image_sha256=digest * 64,
                    at=uow.now(),
                )
            )
        uow.record("test:pages", f"booklet:{booklet_id}")
    reopen(day)
    with day.store.read(day.actor("head")) as uow:
        [[_sheet, originals, copies]] = sources.scanned(uow, dossier.show(uow, booklet_id))
    assert originals.startswith("aaaa") and copies.startswith("cccc") and "bbbb" not in copies
    head = browser()
    head.log_in("head")
    shown = head.get(f"/booklets/{booklet_id}").get_data(as_text=True)
    assert shown.count("версия 1, больше не действует") == 1 and "· версия 2" in shown


@pytest.mark.parametrize(
    ("medium", "named"),
    [("oral", "лист протокола устного ответа"), ("typed", "лист распечатки"), ("enlarged", "—")],
)
def test_a_page_without_a_form_is_called_by_what_it_is(day: Day, medium: str, named: str) -> None:
    booklet_id = day.booklets["2А"]
    with day.store.read(day.actor("head")) as uow:
        shown = dossier.show(uow, booklet_id)
        shown.booklet.medium = medium
        page = Page(id="p", sheet="", role="original", image_sha256="a" * 64, at=uow.now())
        [[sheet, *_sides]] = sources.scanned(
            uow, replace(shown, pages=(page,), present=frozenset({page.id}))
        )
    assert sheet == named


def test_a_paper_of_the_version_before_is_marked_and_its_code_still_speaks(
    day: Day, browser: Callable[[], Browser]
) -> None:
    subject = f"booklet:{day.booklets['2А']}"
    before = day.do("head", prints.make, "transfer-act", subject)
    reopen(day)
    after = day.do("head", prints.make, "transfer-act", subject)
    with day.store.read(day.actor("head")) as uow:
        void = {p.sha256: p.void for p in print_entries.recent(uow, subject).papers}
        code = print_entries.find(uow, before).code
        found = print_entries.by_code(uow, code)
        assert print_entries.by_code(uow, code.replace("-", " ")) == found
    assert void == {before: True, after: False}
    assert found is not None and found.sha256 == before and found.void
    head = browser()
    head.log_in("head")
    listed = head.get(f"/print/booklet/{day.booklets['2А']}").get_data(as_text=True)
    assert listed.count("не действует") == 1
    checked = head.post("/ledger/verify", {"code": code})
    said = " ".join(re.sub(r"<[^>]+>", " ", checked.get_data(as_text=True)).split())
    assert "Акт переноса" in said and "Документ не действует" in said
