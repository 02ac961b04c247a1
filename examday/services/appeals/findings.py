"""The four layers of a case, the proposed diagnosis and what a person found on each task."""

from typing import Any, BinaryIO

from sqlalchemy import func, select

from examday.domain.appeals import case, diagnosis
from examday.domain.appeals.diagnosis import Category, Diagnosis, Layer, Layers, Proposal
from examday.domain.errors import Conflict, Invalid
from examday.domain.events import Event
from examday.domain.ledger import digest
from examday.domain.messages import N_
from examday.domain.transfer.fields import Group, group_of, is_header, sheet_order
from examday.paper import outside
from examday.services.custody.booklets import require
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Booklet, Reading
from examday.storage.tables_appeal import Appeal, Finding

Fields = dict[str, dict[str, Any]]


def contents(uow: UnitOfWork, booklet_id: str, version: int) -> dict[str, Reading]:
    """The latest reading of each source for one transfer version."""
    rows = uow.session.scalars(
        select(Reading)
        .where(Reading.booklet_id == booklet_id, Reading.version == version)
        .order_by(Reading.round)
    )
    return {row.source: row for row in rows}


def layers_of(uow: UnitOfWork, appeal: Appeal) -> dict[str, Layers]:
    """The four layers of the disputed version, task by task."""
    return layers_of_work(uow, appeal.booklet_id, appeal.version)


def layers_of_work(uow: UnitOfWork, booklet_id: str, version: int) -> dict[str, Layers]:
    """Task by task: A = what members read on the original at the hearing, else the settled key-in,
    else the machine; B = what members read on the form, else A's text where the pictures are
    alike, else the recognised text, else the machine; R and marks as imported."""
    found = {source: row.content for source, row in contents(uow, booklet_id, version).items()}
    sources = {source: content.get("fields", {}) for source, content in found.items()}
    marks = found.get("marks", {})
    fields = sorted(
        {
            f
            for s in (
                "settled",
                "hearing:original",
                "hearing:copy",
                "machine:original",
                "machine:copy",
                "recognised",
            )
            for f in sources.get(s, {})
        }
        | set(marks.get("before", {})),
        key=sheet_order,
    )
    made = {
        field: Layers(
            _original(sources, field),
            _copy(sources, field),
            _layer(sources.get("recognised"), field),
            marks.get("before", {}).get(field),
            marks.get("after", {}).get(field),
        )
        for field in fields
    }
    # A header that nobody read on the form is not disputed; it would only ask for a decision about
    # nothing.
    return {
        field: one for field, one in made.items() if one.copy is not None or not is_header(field)
    }


def _layer(fields: Fields | None, field: str, blank: bool = True) -> Layer | None:
    if fields is None:
        return None
    value = fields.get(field)
    if value is None:
        # Blank answers and replacement rows are left out of a reading; header and long answers may
        # not be in it at all.
        group = group_of(field)
        read = group in (Group.SHORT, Group.REPLACEMENT) or any(
            group_of(other) is group for other in fields
        )
        return Layer("") if blank and read else None
    return Layer(
        str(value.get("text", "")),
        str(value.get("mark") or ""),
        float(value.get("confidence") or value.get("certainty") or 1.0),
        str(value.get("task", "")),
    )


def _original(sources: dict[str, Fields], field: str) -> Layer | None:
    for source in ("hearing:original", "settled"):
        found = _layer(sources.get(source), field, blank=source == "settled")
        if found is not None:
            return found
    return _layer(sources.get("machine:original"), field)


def _copy(sources: dict[str, Fields], field: str) -> Layer | None:
    found = _layer(sources.get("hearing:copy"), field, blank=False)
    if found is not None:
        return found
    if sources.get("machine:compare", {}).get(field, {}).get("same") and "machine:copy" in sources:
        # The picture comparison holds these two cells for equal: a weak letter must not look like a
        # defect.
        same = _original(sources, field)
        machine = _layer(sources["machine:copy"], field)
        return (
            None
            if same is None or machine is None
            else Layer(same.text, same.mark, machine.certainty, same.task)
        )
    # What people verified at the centre comes before our own machine: a weak letter is no defect.
    return _layer(sources.get("recognised"), field) or _layer(sources.get("machine:copy"), field)


def proposals(uow: UnitOfWork, appeal: Appeal) -> dict[str, Proposal]:
    """What the program proposes for every task of the case."""
    return diagnosis.propose_all(layers_of(uow, appeal))


def findings(uow: UnitOfWork, appeal: Appeal) -> dict[str, Finding]:
    """The latest finding on each task."""
    rows = uow.session.scalars(
        select(Finding).where(Finding.appeal_id == appeal.id).order_by(Finding.round)
    )
    return {row.field: row for row in rows}


def find(
    uow: UnitOfWork,
    appeal_id: str,
    field: str,
    decided: Diagnosis,
    *,
    category: str = "",
    cause: str = "",
    reason: str = "",
) -> Finding:
    """Confirm the proposed diagnosis of one task or override it with a reason; a defect names
    category and version."""
    require(uow, "appeal.decide")
    appeal = uow.hold(Appeal, appeal_id)
    if appeal.state != case.CaseState.HEARING:
        raise Conflict(
            N_("The hearing is not open."), code="not-open", advice=N_("Open the hearing first.")
        )
    layers = layers_of(uow, appeal)
    if field not in layers:
        raise Invalid(
            N_("There is no task «%(field)s» in this work."),
            code="no-field",
            params={"field": field},
        )
    proposal = diagnosis.propose_all(layers)[field]
    _check_finding(proposal, decided, category, reason)
    before = findings(uow, appeal).get(field)
    row = uow.add(
        Finding(
            appeal_id=appeal.id,
            field=field,
            round=before.round + 1 if before else 1,
            layers=as_plain(layers[field]),
            proposed=proposal.diagnosis,
            certainty=proposal.certainty,
            decided=decided,
            category=category,
            cause=cause.strip(),
            reason=reason.strip(),
            version=appeal.version,
            person_id=uow.actor.person_id,
            at=uow.now(),
        )
    )
    uow.record(
        Event.APPEAL_FIND,
        f"appeal:{appeal.id}",
        field=field,
        proposed=proposal.diagnosis,
        decided=decided,
        category=category,
    )
    return row


def _check_finding(proposal: Proposal, decided: Diagnosis, category: str, reason: str) -> None:
    if decided is Diagnosis.UNKNOWN:
        raise Invalid(
            N_("Decide what happened with this task."),
            code="undecided",
            field="decided",
            advice=N_("Look at the crops; if they cannot be read, it is «the candidate's own»."),
        )
    if decided is not proposal.diagnosis and not reason.strip():
        raise Invalid(
            N_("Another diagnosis than the proposed one needs a reason."),
            code="reason",
            field="reason",
            advice=N_("Say in a few words what the crops show."),
        )
    if decided is Diagnosis.TRANSFER_DEFECT and category not in {str(c) for c in Category}:
        raise Invalid(
            N_("A transfer defect needs its category."),
            code="category",
            field="category",
            advice=N_("Choose what went wrong in the transfer."),
        )


def as_plain(layers: Layers) -> dict[str, Any]:
    """The layers of a task as JSON values."""

    def one(layer: Layer | None) -> dict[str, Any] | None:
        return (
            None
            if layer is None
            else {
                "text": layer.text,
                "mark": layer.mark,
                "task": layer.task,
                "certainty": layer.certainty,
            }
        )

    return {
        "original": one(layers.original),
        "copy": one(layers.copy),
        "recognised": one(layers.recognised),
        "mark_before": layers.mark_before,
        "mark_after": layers.mark_after,
    }


def undecided(uow: UnitOfWork, appeal: Appeal) -> list[str]:
    """Tasks that still need a person: everything the program does not hold for «no difference»."""
    done = findings(uow, appeal)
    return [
        field
        for field, one in proposals(uow, appeal).items()
        if one.diagnosis is not Diagnosis.NO_DIFFERENCE and field not in done
    ]


def read_at_hearing(uow: UnitOfWork, appeal_id: str, side: str, fields: Fields) -> Reading:
    """What members read on the original or the form at the hearing (works transferred before the
    system existed, or to replace a weak machine reading). `side` is original or copy; earlier
    readings stay."""
    require(uow, "appeal.decide")
    appeal = uow.hold(Appeal, appeal_id)
    uow.hold(Booklet, appeal.booklet_id)  # another case about the same work may bring readings too
    if side not in ("original", "copy") or appeal.state != case.CaseState.HEARING:
        raise Conflict(
            N_("The hearing is not open."), code="not-open", advice=N_("Open the hearing first.")
        )
    source = f"hearing:{side}"
    last = uow.session.scalars(
        select(Reading)
        .where(
            Reading.booklet_id == appeal.booklet_id,
            Reading.version == appeal.version,
            Reading.source == source,
        )
        .order_by(Reading.round.desc())
        .limit(1)
    ).first()
    content = {"fields": {**(last.content["fields"] if last else {}), **fields}}
    row = uow.add(
        Reading(
            booklet_id=appeal.booklet_id,
            version=appeal.version,
            source=source,
            round=last.round + 1 if last else 1,
            person_id=uow.actor.person_id,
            content=content,
            sha256=digest(content),
            at=uow.now(),
        )
    )
    uow.record(
        Event.APPEAL_READ,
        f"appeal:{appeal.id}",
        side=side,
        fields=sorted(fields),
        sha256=row.sha256,
    )
    return row


def centre_rows(stream: BinaryIO) -> list[list[str]]:
    """The rows of the table that the regional centre sent, read in a limited child. BadTable when
    it is none."""
    return outside.read_note(stream.read(outside.MAX_NOTE + 1))


def import_recognised(
    uow: UnitOfWork,
    appeal_id: str,
    fields: Fields,
    before: dict[str, str],
    after: dict[str, str],
    experts: list[str],
) -> int:
    """Take in what the regional centre sent: recognised text per task, marks before and after,
    experts' codes. The same content twice changes nothing; returns the number of readings written.
    """
    require(uow, "appeal.process")
    appeal = uow.hold(Appeal, appeal_id)
    uow.hold(Booklet, appeal.booklet_id)  # another case about the same work may bring readings too
    written = 0
    for source, content in (
        ("recognised", {"fields": fields}),
        ("marks", {"before": before, "after": after, "experts": experts}),
    ):
        if not any(content.values()):
            continue
        number = (
            uow.session.scalar(
                select(func.count())
                .select_from(Reading)
                .where(
                    Reading.booklet_id == appeal.booklet_id,
                    Reading.version == appeal.version,
                    Reading.source == source,
                )
            )
            or 0
        )
        known = contents(uow, appeal.booklet_id, appeal.version).get(source)
        if known is not None and known.sha256 == digest(content):
            continue
        uow.add(
            Reading(
                booklet_id=appeal.booklet_id,
                version=appeal.version,
                source=source,
                round=number + 1,
                content=content,
                sha256=digest(content),
                person_id=uow.actor.person_id,
                at=uow.now(),
            )
        )
        written += 1
    if written:
        uow.record(Event.APPEAL_IMPORT, f"appeal:{appeal.id}", readings=written, fields=len(fields))
    return written
