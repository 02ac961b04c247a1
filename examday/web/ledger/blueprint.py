"""The blueprint that the pages of the ledger share."""

from flask import Blueprint

bp = Blueprint("ledger", __name__)
