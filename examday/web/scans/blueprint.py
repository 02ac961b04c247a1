"""The blueprint that the views of «Scans» share."""

from flask import Blueprint

bp = Blueprint("scans", __name__, url_prefix="/scans")
