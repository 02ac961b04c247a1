"""The pages of the ledger; each module registers its views on the blueprint."""

from examday.web.ledger import entries, export, verification
from examday.web.ledger.blueprint import bp

__all__ = ["bp", "entries", "export", "verification"]
