"""`examday doctor` looks at each connection of a region and says what to do."""

import dataclasses
import datetime as dt
from collections.abc import Callable
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from examday import doctor
from examday.doctor import Finding, Level, connections, running
from examday.i18n import language
from examday.settings import Settings
from examday.storage import broker
from examday.storage.objects import bucket, opened
from tests import buckets
from tests.keeper import as_keeper
from tests.stations import private_broker

pytestmark = pytest.mark.slow
NOBODY = "127.0.0.1:1"


@pytest.fixture
def region(tmp_path: Path, bucket_server: str) -> Settings:
    """A part of a region that has a bucket."""
    made = Settings.from_env({}, data=tmp_path / "part", **buckets.new_bucket(bucket_server))
    made.make_folders()
    return made


def told(found: list[Finding]) -> list[tuple[str, str, str]]:
    """Level, what was found and what to do, as people read it."""
    language.set("ru")
    return [(str(one.level), one.text(), one.remedy()) for one in found]


def test_a_station_has_no_servers_to_look_at(settings: Settings) -> None:
    for check in (connections.database_server, connections.broker_server, connections.objects):
        assert list(check(settings)) == []


def test_a_database_that_answers_and_one_that_does_not(
    settings: Settings, postgres: Callable[[], str]
) -> None:
    there = dataclasses.replace(settings, database_url=postgres())
    [found] = told(list(connections.database_server(there)))
    assert found[0] == "ok" and found[1].startswith("PostgreSQL 1")
    gone = dataclasses.replace(
        settings, database_url=f"postgresql+psycopg://examday@{NOBODY}/examday"
    )
    for check in (connections.database_server, running.database):
        [found] = told(list(check(gone)))
        assert found[:2] == ("fail", "Станция не может открыть свои записи.") and found[2]


def test_a_superuser_whom_row_security_does_not_bind_is_named(
    settings: Settings, postgres: Callable[[], str]
) -> None:
    there = dataclasses.replace(settings, database_url=as_keeper(postgres()))
    found = told(list(connections.database_server(there)))
    assert [one[0] for one in found] == ["ok", "off"] and "суперпользователя" in found[1][2]


@pytest.mark.parametrize(
    "done",
    [
        "DROP POLICY of_site ON booklet",
        "ALTER TABLE booklet DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE booklet NO FORCE ROW LEVEL SECURITY",
        "ALTER POLICY of_site ON booklet USING (true)",
        "CREATE POLICY more ON booklet USING (true)",
        "DROP TABLE booklet CASCADE",
    ],
)
def test_a_guard_between_points_that_somebody_changed_is_named(
    settings: Settings, postgres: Callable[[], str], done: str
) -> None:
    there = dataclasses.replace(settings, database_url=postgres())
    engine = create_engine(there.database_url)
    with engine.begin() as connection:
        connection.execute(text(done))
    engine.dispose()
    found = told(list(connections.database_server(there)))
    assert [one[0] for one in found] == ["ok", "off"] and found[1][1].endswith(": booklet.")


def test_guards_that_nobody_could_look_at_are_not_called_whole(
    settings: Settings, postgres: Callable[[], str]
) -> None:
    there = dataclasses.replace(settings, database_url=postgres())
    engine = create_engine(as_keeper(there.database_url))
    with engine.begin() as connection:
        connection.execute(text(f"REVOKE TEMPORARY ON DATABASE {engine.url.database} FROM PUBLIC"))
        connection.execute(text(f"ALTER DATABASE {engine.url.database} OWNER TO CURRENT_USER"))
    engine.dispose()
    found = told(list(connections.database_server(there)))
    assert [one[0] for one in found] == ["ok", "off"] and "не удалось" in found[1][1]


def test_an_account_that_may_only_read_is_found_out(
    settings: Settings, postgres: Callable[[], str]
) -> None:
    url = postgres()
    engine = create_engine(as_keeper(url))
    with engine.begin() as connection:
        connection.execute(text("CREATE ROLE reader LOGIN"))
        connection.execute(text("GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader"))
    engine.dispose()
    reader = make_url(url).set(username="reader").render_as_string()
    [found] = told(
        list(connections.database_server(dataclasses.replace(settings, database_url=reader)))
    )
    assert found[0] == "fail" and "учётной записи" in found[2]


def test_a_broker_that_takes_jobs_throws_them_away_or_is_gone(settings: Settings) -> None:
    with private_broker(settings) as url:
        there = dataclasses.replace(settings, broker_url=url)
        [found] = told(list(connections.broker_server(there)))
        assert found[0] == "ok" and found[1].startswith("Очередь заданий, версия ")
        with broker.connect(url) as client:
            client.config_set("maxmemory-policy", "allkeys-lru")
            assert [one[0] for one in told(list(connections.broker_server(there)))] == ["ok", "off"]
            client.config_set("maxmemory-policy", "noeviction")
            client.replicaof("127.0.0.1", "1")
            [found] = told(list(connections.broker_server(there)))
            assert found[0] == "fail" and "ReadOnlyError" in found[1]
    gone = dataclasses.replace(settings, broker_url=f"redis://{NOBODY}/0")
    [found] = told(list(connections.broker_server(gone)))
    assert found[0] == "fail" and found[2]


def test_a_bucket_is_tried_out_and_nothing_of_the_trial_stays(region: Settings) -> None:
    assert [one[0] for one in told(list(connections.objects(region)))] == ["ok", "ok"]
    place = opened.place_of(region)
    assert place is not None and not list(place.names("doctor"))
    other = dataclasses.replace(region, keys_secret="another secret of thirty-two characters")
    *_, found = told(list(connections.objects(other)))
    assert found[:2] == ("fail", "Ключи установки не открываются этим секретом.")


@pytest.mark.parametrize(
    "wrong", [{"objects_url": "s3://no-such-bucket"}, {"objects_endpoint": f"http://{NOBODY}"}]
)
def test_a_bucket_that_is_not_there_is_named(region: Settings, wrong: dict[str, str]) -> None:
    away = dataclasses.replace(region, **wrong)  # type: ignore[arg-type]
    [found] = told(list(connections.objects(away)))
    assert found[0] == "fail" and "EXAMDAY_OBJECTS_URL" in found[2]


def test_what_a_bucket_should_not_do_is_said(
    region: Settings, bucket_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = (
        '<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        "<Status>Enabled</Status></VersioningConfiguration>"
    )
    assert region.bucket is not None
    asked = Request(
        f"{bucket_server}/{region.bucket[0]}?versioning", data=kept.encode(), method="PUT"
    )
    asked.add_header("Content-Type", "application/xml")
    with urlopen(asked, timeout=20):
        pass
    create = bucket.Place.create
    monkeypatch.setattr(
        bucket.Place,
        "create",
        lambda place, name, content: "doctor" in name or create(place, name, content),
    )
    said = [one[1] for one in told(list(connections.objects(region))) if one[0] == "off"]
    assert [words.split(":")[0] for words in said] == [
        "Хранилище пишет поверх того, что в нём лежит, хотя его просят этого не делать.",
        "Хранилище держит прежние версии",
    ]


def test_clocks_that_differ_and_versions_that_are_too_old_are_said() -> None:
    now = dt.datetime(2026, 6, 4, 12, tzinfo=dt.UTC)
    assert not list(connections._clock("x", "S3", now + dt.timedelta(seconds=4), now))
    [found] = told(list(connections._clock("x", "S3", now - dt.timedelta(minutes=3), now)))
    assert found[0] == "off" and "на -180 с" in found[1] and "chrony" in found[2]
    old = connections._versioned("x", "PostgreSQL %(version)s", "13.4 (Debian 13.4-1)", 14)
    new = connections._versioned("x", "PostgreSQL %(version)s", "17.6 (Debian 17.6-1)", 14)
    assert (old.level, new.level) == (Level.FAIL, Level.OK) and old.advice
    assert connections.objects in doctor.CHECKS
