"""The centre gives a station a word to sign, and knows it again without keeping it."""

import secrets

from itsdangerous import BadData, URLSafeTimedSerializer

from examday.domain.errors import Forbidden
from examday.domain.messages import N_
from examday.domain.travel.exchange import SCHEME, WORD_LASTS_S, signed_word
from examday.services.ledger.checkpoints import holds
from examday.services.people.sessions import cookie_key
from examday.services.people.sites import require_region
from examday.services.travel.stations import key_of, require_trusted
from examday.services.unit_of_work import Store, UnitOfWork
from examday.settings import Settings
from examday.storage.tables_travel import Station


def give(store: Store, station: str) -> str:
    """A word for whoever calls themselves so; it says nothing of whether there is such a station."""
    with store.read() as uow:
        require_region(uow)
    return str(_sealed(store.settings).dumps([station, secrets.token_hex(8)]))


def _sealed(settings: Settings) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(cookie_key(settings), salt="a word for a station")


def require_station(store: Store, station: str, header: str) -> None:
    """Nothing for a station that has signed its word with its present key and may send.

    Forbidden for anybody else, Conflict for one that is revoked.
    """
    scheme, _, rest = header.partition(" ")
    word, _, signature = rest.partition(" ")
    with store.read() as uow:
        require_region(uow)
        found = uow.session.get(Station, station)
        if scheme != SCHEME or not _is_ours(store.settings, station, word):
            raise _stranger("no-word")
        if found is None or not _has_signed(uow, station, word, signature):
            raise _stranger("not-the-station")
        require_trusted(found)


def _is_ours(settings: Settings, station: str, word: str) -> bool:
    try:
        said = _sealed(settings).loads(word, max_age=WORD_LASTS_S)
    except BadData:
        return False
    return isinstance(said, list) and len(said) == 2 and said[0] == station


def _has_signed(
    uow: UnitOfWork,
    station: str,
    word: str,
    signature: str,
) -> bool:
    key = key_of(uow, station)
    return key is not None and holds(key, signed_word(station, word), signature)


def _stranger(code: str) -> Forbidden:
    return Forbidden(
        N_("The centre does not know who is sending: the key is not that of this station."),
        code=code,
        advice=N_(
            "Nothing was sent. A new station is invited first; a changed key is brought to the centre "
            "first: examday enrol."
        ),
    )
