"""The day plan on the pages; each module registers its views on the blueprint."""

from examday.web.plan import (
    confirm,
    downloads,
    forms,
    lists,
    overview,
    report,
    rulebook,
    steps,
    upload,
)
from examday.web.plan.blueprint import bp

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
