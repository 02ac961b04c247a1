"""Where stations send to over the network: no pages, answers for programs.

Whoever asks proves by the key of the station who it is; nobody is logged in, and no form is sent.
"""

from flask import Blueprint, Response, jsonify, request

from examday.domain.errors import DomainError
from examday.services.jobs.telling import refusal
from examday.services.travel.exchange import held, receiving, words
from examday.web.access import public
from examday.web.errors import status_of
from examday.web.session import store

bp = Blueprint("exchange", __name__, url_prefix="/exchange")


@bp.errorhandler(DomainError)
def refused(error: DomainError) -> tuple[Response, int]:
    """Say why in words that the station puts into its reader's language."""
    told = refusal(error)
    if "lacking" in error.params:
        told["lacking"] = error.params["lacking"]
    return jsonify(told), status_of(error)


@bp.get("/<station>/word")
@public
def word(station: str) -> Response:
    """Give a word to be signed."""
    return jsonify(word=words.give(store(), station))


@bp.get("/<station>/")
@public
def hello(station: str) -> Response:
    """Say up to where the ledger of this station is here."""
    _require(station)
    return jsonify(held.held(store(), station))


@bp.put("/<station>/originals/<sha256>")
@public
def original(station: str, sha256: str) -> Response:
    """Keep one original."""
    _require(station)
    return jsonify(new=held.keep_original(store(), sha256, request.stream, _size()))


@bp.put("/<station>/bundle")
@public
def bundle(station: str) -> Response:
    """Take a bundle in, and answer with the receipt."""
    _require(station)
    return jsonify(receiving.take(store(), station, request.stream, _size()))


def _size() -> int:
    """Bytes that come; the most that may where nobody has said it beforehand."""
    said = request.content_length
    return said if said is not None else request.max_content_length or 0


def _require(station: str) -> None:
    words.require_station(store(), station, request.headers.get("Authorization", ""))
