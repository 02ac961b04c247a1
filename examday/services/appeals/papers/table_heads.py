"""Headings of the tables and their columns, as the text and Braille files of a paper say them.

The PDF has the same words in its template (`templates/print/appeal-*.typ`); a test compares them.
"""

from examday.domain.messages import N_

TABLES = {
    "meeting": N_("Hearing"),
    "called": N_("Invited"),
    "disputed": N_("What was transferred wrongly"),
    "named": N_("Who transfers"),
    "barred": N_("Whom you cannot name, and why"),
    "order_steps": N_("Steps and terms"),
    "annex_1": N_("Annex 1 (2-АП-1): short answers and registration"),
    "long_answers": N_(
        "Long answers: what was transferred otherwise than written (which field of the official form "
        "takes it the program does not know: the commission decides)"
    ),
    "annex_2": N_("Annex 2 (2-АП-2): expert marks"),
    "annex_3": N_("Annex 3 (2-АП-3): oral answers"),
    "not_changed": N_("Found, and not changed: the appeal is rejected"),
    "other": N_("Left as it stands"),
    "cells": N_("Cells of the original"),
    "present": N_("Present"),
    "votes": N_("Votes"),
    "corrections": N_("Corrected at the hearing"),
    "signed": N_("Signatures"),
    "signers": N_("Signs by hand"),
    "readings": N_("Readings of the work"),
    "signoffs": N_("Sign-offs"),
    "hands": N_("Handed on"),
    "scans": N_("Scans"),
    "entries": N_("Ledger"),
}
"""Tables in the order in which they are read out: what changes for the appellant comes first."""
CHANGED = (N_("Task"), N_("Was"), N_("Becomes"), N_("What happened"), N_("Reason"))
MARKED = (N_("Task"), N_("Was"), N_("Becomes"), N_("Grounds"))
COLUMNS: dict[str, tuple[str, ...]] = {
    "named": (N_("What is done"), N_("Name")),
    "barred": (N_("Name"), N_("Part in the first transfer")),
    "order_steps": (N_("Step"), N_("Answers for it"), N_("Due by"), N_("State")),
    "annex_1": CHANGED,
    "long_answers": CHANGED,
    "annex_2": MARKED,
    "annex_3": MARKED,
    "not_changed": (
        N_("Task"),
        N_("Stands there"),
        N_("Found (column)"),
        N_("What happened"),
        N_("Reason"),
    ),
    "other": (N_("Task"), N_("Finding"), N_("Reason")),
    "cells": (N_("Sheet of the notebook"), N_("Line"), N_("Cells")),
    "present": (N_("Name"), N_("As")),
    "votes": (N_("Member"), N_("Vote (noun)"), N_("Dissenting opinion")),
    "corrections": (N_("What"), N_("Was recorded"), N_("Right"), N_("Reason")),
    "signed": (N_("Name"), N_("As"), N_("When")),
    "readings": (N_("Version"), N_("Reading"), N_("Who"), N_("When"), N_("Digest")),
    "signoffs": (
        N_("Version"),
        N_("Who signs"),
        N_("Signed, or why absent"),
        N_("When"),
        N_("Digest"),
    ),
    "hands": (N_("When"), N_("What"), N_("From whom"), N_("To whom"), N_("Count agreed")),
    "scans": (N_("Sheet of the notebook"), N_("Version"), N_("Code of the scan"), N_("Taken in")),
    "entries": (N_("Number of the entry"), N_("When"), N_("Event"), N_("Digest")),
}
"""Table → its columns. Each value is said with the name of its column: a listener sees no head, and
an empty value would else move the others to the left."""
