"""The day plan on the pages; each module registers its views on the blueprint."""

from examday.web.plan import forms, lists, overview, rulebook, steps
from examday.web.plan.blueprint import bp
from examday.web.plan.tables import confirm, downloads, report, upload

__all__ = [
    "bp",
    "confirm",
    "downloads",
    "forms",
    "lists",
    "overview",
    "report",
    "rulebook",
    "steps",
    "upload",
]
