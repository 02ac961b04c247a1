"""Rows of the candidates file, and the kits that follow a candidate's needs."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from sqlalchemy import select

from examday.domain.identity import ByIdentity
from examday.domain.messages import N_
from examday.domain.plan.day import DOCUMENT_NAMES
from examday.domain.plan.rows import ParsedRow, Problem
from examday.services.plan.booklets import Kits, follow_needs
from examday.services.plan.proposals.proposal import Proposal, judge, refuse, writing
from examday.services.plan.proposals.seat_problems import kit_stays
from examday.services.plan.proposals.spelling import spelled, twins
from examday.services.plan.values import candidate_values
from examday.services.unit_of_work import UnitOfWork
from examday.storage.base import JsonList
from examday.storage.tables import Candidate

CODE = "Код участника"
"""Title of the column in the files; problems name columns as the file does."""
TEXTS = ("surname", "name", "patronymic", "document", "school_code")
"""Stored as they are: nothing is counted with them, and a school's code may begin with noughts."""


def candidates(uow: UnitOfWork, rows: Iterable[ParsedRow]) -> Iterator[Proposal]:
    """Propose what the rows of the candidates file would do."""
    known = ByIdentity((row.code, row) for row in uow.session.scalars(select(Candidate)))
    plan = _Candidates(uow, Kits(uow))
    for row in rows:
        unclear = twins(CODE, known, row.values["code"])
        if unclear:
            yield refuse(row, row.values["code"], *unclear)
        else:
            yield plan.propose(row, known.get(row.values["code"]))


@dataclass(frozen=True)
class _Candidates:
    """What is known of the plan while rows of candidates are judged."""

    uow: UnitOfWork
    kits: Kits

    def propose(self, row: ParsedRow, there: Candidate | None) -> Proposal:
        """Compare the row with the candidate of the plan (None: there is none)."""
        values, wanted = row.values, _wanted(row, there)
        after = {**values, "code": there.code} if there else values
        before = candidate_values(there) if there else None
        judged = judge(row, values["code"], "candidates", before, after)
        make = partial(Candidate, code=values["code"], **wanted)
        proposal = writing(self.uow, judged, there, wanted, make)
        return self._with_kits(proposal, there, row) if there else proposal

    def _with_kits(
        self,
        proposal: Proposal,
        candidate: Candidate,
        row: ParsedRow,
    ) -> Proposal:
        """Let kits that are not issued follow other needs."""
        proposal.notes += spelled(CODE, row.values["code"], candidate.code)
        # An issued kit was made for the needs of that hour: nothing of them is taken away after it.
        if proposal.lost and self.kits.is_out(candidate):
            what = {"what": ", ".join(proposal.lost)}
            out = N_(
                "Papers of this candidate are out, so nothing can be taken away: %(what)s.",
            )
            return refuse(row, proposal.label, Problem("", out, what))
        if "needs" not in proposal.changes:
            return proposal
        enter, before = proposal.write, frozenset(candidate.needs)

        def write() -> None:
            enter()
            follow_needs(self.uow, candidate, before)

        following = self.kits.follow(candidate, frozenset(row.values["needs"] or ()))
        return replace(
            proposal,
            write=write,
            changes={**proposal.changes, **following.changes},
            notes=(*proposal.notes, *map(kit_stays, following.kept)),
            lost=(*proposal.lost, *following.gone),
        )


def _wanted(row: ParsedRow, there: Candidate | None) -> dict[str, Any]:
    """What a candidate is to hold after the row."""
    values = row.values
    wanted: dict[str, Any] = {name: values[name] or "" for name in TEXTS if name in values}
    if "needs" in values:
        wanted["needs"] = values["needs"] or []
    wanted["documents"] = _documents(there.documents if there else [], row)
    return wanted


def _documents(there: JsonList, row: ParsedRow) -> JsonList:
    """Replace the documents that have a column in the file; the others stay."""
    kept = [document for document in there if document.get("kind") not in row.values]
    given = [{"kind": kind, **row.values[kind]} for kind in DOCUMENT_NAMES if row.values.get(kind)]
    return sorted([*kept, *given], key=lambda document: str(document.get("kind")))
