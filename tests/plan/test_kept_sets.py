"""Tables that were sent wait for their confirmation where every web server finds them, each at its point."""

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from examday.domain.errors import NotFound
from examday.domain.people.roles import Actor, Role
from examday.services.people.sites import add_site
from examday.services.plan.tables import kept
from examday.services.unit_of_work import Store
from examday.storage.objects.opened import uploads
from examday.storage.tables_waiting import PlanUpload

HEAD = Actor("head", frozenset({Role.SITE_HEAD}))
SENT = b"code;surname\n1;2\n"


def send(store: Store) -> str:
    return kept.keep(store, HEAD, [("C:\\Plan\\список.csv", io.BytesIO(SENT))])


@pytest.fixture
def another(tmp_path: Path) -> Callable[[Store], Store]:
    """Another web server of the same installation, with a disk of its own."""

    def start(store: Store) -> Store:
        shared = f"file:{store.settings.kept}"
        own = replace(
            store.settings, data=tmp_path / "another", database_url=store.settings.database_url
        )
        own = own if own.bucket else replace(own, objects_url=shared)
        return Store(own, store.clock)

    return start


def test_what_one_web_server_was_sent_another_shows_and_forgets(
    each_store: Store, another: Callable[[Store], Store]
) -> None:
    other, set_id = another(each_store), send(each_store)
    [(name, path)] = kept.files_of(other, set_id)
    assert (name, path.read_bytes()) == ("список.csv", SENT)
    assert path.is_relative_to(other.settings.var)
    kept.files_of(each_store, set_id)
    kept.forget(other, set_id)
    for store in (each_store, other):
        with pytest.raises(NotFound):
            kept.files_of(store, set_id)
    assert list(uploads(other.settings).all()) == []
    other.close()


def test_tables_are_of_the_point_that_sent_them(each_store: Store) -> None:
    with each_store.begin(Actor.system("test")) as uow:
        for key in ("770001", "770002"):
            add_site(uow, key, f"Школа {key}", "Europe/Moscow")
    own, foreign = each_store.at("770001"), each_store.at("770002")
    set_id = send(own)
    kept.files_of(own, set_id)
    for act in (kept.files_of, kept.forget):
        with pytest.raises(NotFound):
            act(foreign, set_id)
    kept.files_of(own, set_id)
    with each_store.read() as uow:
        assert uow.session.scalars(select(PlanUpload.site)).all() == ["770001"]


def test_a_set_whose_bytes_are_gone_is_sent_again(store: Store) -> None:
    set_id = send(store)
    (sha256,) = uploads(store.settings).all()
    uploads(store.settings).remove(sha256)
    with pytest.raises(NotFound):
        kept.files_of(store, set_id)
    kept.forget(store, set_id)


def test_two_requests_lay_a_set_out_at_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    set_id = send(store)
    rename = kept.os.rename

    def late(source: Path, target: Path) -> None:
        monkeypatch.setattr(kept.os, "rename", rename)
        kept.files_of(store, set_id)
        rename(source, target)

    monkeypatch.setattr(kept.os, "rename", late)
    [(_name, path)] = kept.files_of(store, set_id)
    assert path.read_bytes() == SENT
