"""The blueprint that the views of printing share."""

from flask import Blueprint

bp = Blueprint("prints", __name__, url_prefix="/print")
