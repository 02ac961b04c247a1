"""Whoever is not the station that they say gets nothing into the centre."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from examday.domain.errors import Conflict, Invalid
from examday.domain.travel.exchange import SCHEME, address_of, sayable, signed_word
from examday.services.ledger.checkpoints import sign_bytes
from examday.services.travel.exchange import held, posting, receiving, words
from examday.services.travel.exchange.line import Line
from examday.services.travel.incoming import arrivals
from examday.services.travel.orders import ordering_plan
from examday.services.unit_of_work import Store
from examday.storage.objects.opened import originals
from examday.web.app import LARGEST, create_app
from tests.travel.two_ends import ADMIN, POINT, Ends, enrolled, sent, station_in, work

NOBODY = "0" * 12


@pytest.fixture
def centre(ends: Ends) -> Iterator[FlaskClient]:
    with create_app(ends.centre.settings, ends.centre).test_client() as client:
        yield client


def signed(centre: FlaskClient, name: str, by: Store, of: str = "") -> dict[str, str]:
    """The head of a request of `name`, with a word that was given to `of`, signed by a store's key."""
    word = centre.get(f"/exchange/{of or name}/word").json["word"]  # type: ignore[index]
    signature = sign_bytes(by.settings.keys, signed_word(name, word))
    return {"Authorization": f"{SCHEME} {word} {signature}"}


def test_only_the_station_itself_is_listened_to(centre: FlaskClient, ends: Ends) -> None:
    own = signed(centre, ends.name, ends.station)
    assert centre.get(f"/exchange/{ends.name}/", headers=own).json == {"last": 0}
    heads = {
        "nothing": {},
        "another key": signed(centre, ends.name, ends.centre),
        "a word of another": signed(centre, ends.name, ends.station, of=NOBODY),
        "a word of its own": {"Authorization": f"{SCHEME} abc abc"},
        "another scheme": {"Authorization": own["Authorization"].replace(SCHEME, "Basic")},
    }
    for said, head in heads.items():
        for method, place in (("GET", ""), ("PUT", "originals/" + "0" * 64), ("PUT", "bundle")):
            answer = centre.open(f"/exchange/{ends.name}/{place}", method=method, headers=head)
            assert answer.status_code == 403, (said, place)
    with pytest.MonkeyPatch.context() as later:
        later.setattr(words, "WORD_LASTS_S", -1)
        old = centre.get(f"/exchange/{ends.name}/", headers=own)
        assert old.status_code == 403, "a word that was overheard yesterday"
    nobody = signed(centre, NOBODY, ends.station)
    assert centre.get(f"/exchange/{NOBODY}/", headers=nobody).status_code == 403
    assert not list(originals(ends.centre.settings).all())


def test_an_original_is_kept_under_its_own_name_alone(centre: FlaskClient, ends: Ends) -> None:
    work(ends.station, "2990000000019")
    (name,) = originals(ends.station.settings).all()
    head = signed(centre, ends.name, ends.station)
    place = f"/exchange/{ends.name}/originals/"
    content = originals(ends.station.settings).content(name)
    for bad, said in ((name, content[:-1]), ("f" * 64, content), ("../keys", content)):
        answer = centre.put(place + bad, headers=head, data=said)
        assert answer.status_code in (400, 404)
    assert not list(originals(ends.centre.settings).all())
    for new in (True, False):
        assert centre.put(place + name, headers=head, data=content).json == {"new": new}


def test_a_bundle_is_answered_with_the_receipt(centre: FlaskClient, ends: Ends) -> None:
    work(ends.station, "2990000000019")
    stick = sent(ends.station, ends.stick / "b.zip")
    head = signed(centre, ends.name, ends.station)
    place = f"/exchange/{ends.name}/bundle"
    hurt = centre.put(place, headers=head, data=stick.read_bytes()[:-5])
    assert (hurt.status_code, hurt.json["code"]) == (400, "cut")  # type: ignore[index]
    answer = centre.put(place, headers=head, data=io.BytesIO(stick.read_bytes()))
    assert answer.json["receipt"]["works"] == 1  # type: ignore[index]


def test_a_station_sends_for_nobody_else(
    centre: FlaskClient, ends: Ends, tmp_path: Path, migrated: Path
) -> None:
    other = station_in(tmp_path / "other", migrated)
    name = enrolled(ends.centre, other, POINT)
    work(ends.station, "2990000000019")
    stick = sent(ends.station, ends.stick / "b.zip")
    head = signed(centre, name, other)
    answer = centre.put(f"/exchange/{name}/bundle", headers=head, data=stick.read_bytes())
    assert (answer.status_code, answer.json["code"]) == (409, "other-station")  # type: ignore[index]
    with ends.centre.at(POINT).read() as uow:
        assert arrivals.last(uow, ends.name) is None


def test_bytes_that_nobody_has_counted_may_be_as_many_as_are_allowed(
    centre: FlaskClient, ends: Ends, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = list[int]()
    for taker in (receiving, held):
        monkeypatch.setattr(taker, "check_space", lambda _settings, size: asked.append(size))
    head = signed(centre, ends.name, ends.station) | {"Transfer-Encoding": "chunked"}
    for place in ("bundle", "originals/" + "0" * 64):
        centre.put(
            f"/exchange/{ends.name}/{place}",
            headers=head,
            input_stream=io.BytesIO(b"x"),
            environ_overrides={"wsgi.input_terminated": True},
        )
    assert asked == [LARGEST, LARGEST]


@pytest.mark.parametrize("knows", [(), ("word",), ("word", "last")])
def test_whoever_answers_as_the_centre_and_says_nothing_is_not_believed(
    ends: Ends, monkeypatch: pytest.MonkeyPatch, knows: tuple[str, ...]
) -> None:
    work(ends.station, "2990000000019")
    before, said = ends.station.last_seq(), {"word": "a", "last": 0}
    told = {name: said[name] for name in knows}
    monkeypatch.setattr(Line, "ask", lambda *_request: told)
    with pytest.raises(Conflict) as refused:
        posting.post(ends.station, ADMIN, Line("http://localhost", None))
    assert refused.value.code == "not-the-centre"
    assert (ends.station.last_seq() == before) == (len(knows) < 2), "nothing was given away"


def test_another_letter_of_the_centre_is_no_receipt(
    ends: Ends, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever stands in between may have got hold of one."""
    work(ends.station, "2990000000019")
    with ends.centre.at(POINT).begin(ADMIN) as uow:
        order = ordering_plan.order_plan(uow, ends.name, {"rooms.csv": "a"})
    said = {"word": "a", "last": 0, "receipt": order}
    monkeypatch.setattr(Line, "ask", lambda *_request: said)
    with pytest.raises(Invalid) as refused:
        posting.post(ends.station, ADMIN, Line("http://localhost", None))
    assert refused.value.code == "other-letter"


def test_a_station_is_no_centre(ends: Ends) -> None:
    client = create_app(ends.station.settings, ends.station).test_client()
    assert client.get(f"/exchange/{ends.name}/word").status_code == 404


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("http://centre.example", "not-https"),
        ("https://somebody:secret@centre.example", "not-https"),
        ("ftp://centre.example", "no-address"),
        ("https://", "no-address"),
        ("https://centre.example:port", "no-address"),
        ("https://centre.example/?a=1", "no-address"),
        ("https://centre.example/приём", "no-address"),
        ("https://centre.example/a b", "no-address"),
        ("https://centre..example/", "no-address"),
    ],
)
def test_evidence_goes_over_https_alone(address: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        address_of(address)
    assert refused.value.code == code


def test_a_centre_may_have_a_russian_name() -> None:
    assert address_of("https://центр.рф/exam").hostname == "центр.рф"


def test_without_tls_only_to_this_computer() -> None:
    assert address_of("http://localhost:8450").port == 8450


@pytest.mark.parametrize(
    "told",
    [
        {"code": "a", "message": "%(who)s", "advice": "b", "params": {}},
        {"code": "a", "message": "\x1b[2J", "advice": "b", "params": {}},
        {"code": "a", "message": "b", "advice": "c" * 501, "params": {}},
        {"code": "a", "message": "b", "advice": "c", "params": []},
        {"code": 1, "message": "b", "advice": "c", "params": {}},
    ],
)
def test_a_strange_refusal_is_not_shown(told: dict[str, object]) -> None:
    assert not sayable(told)


def test_an_authority_that_is_no_certificate_is_named(ends: Ends) -> None:
    file = ends.stick / "ca.pem"
    file.write_text("nothing")
    with pytest.raises(Invalid, match="no certificate"):
        Line("https://localhost", file)


def test_an_answer_of_somebody_else_is_not_the_centre() -> None:
    with pytest.raises(Conflict) as refused:
        Line("http://localhost", None)._said(200, b"<html>")
    assert refused.value.code == "not-the-centre"


def test_only_names_of_originals_are_asked_for() -> None:
    """Somebody who is not the centre may name anything."""
    names = ["a" * 64, "../../keys/ledger.key", "A" * 64, "", 5]
    said = {"code": "lacking", "message": "m", "advice": "a", "params": {}, "lacking": names}
    with pytest.raises(Conflict) as refused:
        Line("http://localhost", None)._said(409, json.dumps(said).encode())
    assert refused.value.params["lacking"] == ["a" * 64]
