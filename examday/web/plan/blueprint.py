"""The blueprint that the views of the day plan share."""

from flask import Blueprint

bp = Blueprint("plan", __name__, url_prefix="/plan")
