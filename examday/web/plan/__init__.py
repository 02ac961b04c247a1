"""The day plan: what is planned, whether the day is ready, files in and out, single entries by
hand."""

from examday.web.plan import files, forms, overview, rulebook
from examday.web.plan.blueprint import bp

__all__ = ["bp", "files", "forms", "overview", "rulebook"]
