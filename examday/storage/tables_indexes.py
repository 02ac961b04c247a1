"""What pages and workers look for, as indexes of several columns: none reads what is past.

A column that begins one of these has no index of its own: the planner would take either.
"""

from sqlalchemy import Index, text

from examday.storage.tables import (
    Booklet,
    Checkpoint,
    EventRow,
    Exam,
    Handover,
    Item,
    Outbox,
    Page,
    ScanFile,
)
from examday.storage.tables_appeal import Appeal

OPEN = text("done_at IS NULL")
"""Of years of jobs a handful is open: the index holds those alone."""
PACKETS = text("kind = 'packet'")
"""Of the papers one in some twenty; a query that is to use the index names the kind as it stands here."""
INDEXES = (
    # Open cases by their term, then closed ones: the list begins with what can be missed.
    Index("ix_appeal_open", Appeal.closed_at, Appeal.reached, Appeal.number),
    # The figures are those of one year, and cases of many lie here.
    Index("ix_appeal_filed", Appeal.filed),
    # The same at a point of a region: nothing that other points have is read through.
    Index("ix_appeal_site", Appeal.site, Appeal.closed_at, Appeal.reached, Appeal.number),
    Index("ix_booklet_site", Booklet.site, Booklet.state, Booklet.since),
    Index("ix_page_site", Page.site, Page.state, Page.at),
    Index("ix_scan_file_site", ScanFile.site, ScanFile.received_at, ScanFile.id),
    # Works that wait at a step, the longest wait first: a page reads a hundred of them.
    Index("ix_booklet_waits", Booklet.state, Booklet.since, Booklet.id),
    # Few works are notebooks, and the commission looks for its own at every page.
    Index("ix_booklet_medium", Booklet.medium, Booklet.state),
    Index("ix_checkpoint_seq", Checkpoint.seq),
    # Every page asks for the newest day first.
    Index("ix_exam_day", Exam.date, Exam.training),
    # A region asks for the newest real one, among the training days of all its points.
    Index("ix_exam_training_day", Exam.training, Exam.date),
    # A day's papers read its entries, which must be found among those of years.
    Index("ix_event_at", EventRow.at),
    # The newest entry of one kind, or about one thing: it says what holds now.
    Index("ix_event_kind_seq", EventRow.kind, EventRow.site, EventRow.chain, EventRow.seq),
    Index("ix_event_subject_seq", EventRow.subject, EventRow.site, EventRow.chain, EventRow.seq),
    # Packets that have not left, among those of years.
    Index(
        "ix_item_packet",
        Item.state,
        Item.exam_id,
        sqlite_where=PACKETS,
        postgresql_where=PACKETS,
    ),
    Index("ix_handover_item", Handover.item_id),
    Index("ix_page_booklet_state", Page.booklet_id, Page.state),
    Index("ix_page_code_state", Page.code, Page.state),
    # Nearly all files are done: those of the day, and those that wait.
    Index("ix_scan_file_state_received", ScanFile.state, ScanFile.received_at),
    # The list of files, a page at a time: without it all of them are sorted for thirty.
    Index("ix_scan_file_received", ScanFile.received_at, ScanFile.id),
    Index("ix_scan_file_source", ScanFile.source, ScanFile.received_at),
    Index("ix_outbox_job", Outbox.task, Outbox.arg),
    # A relay looks for open jobs three times a second; done ones stay for a week.
    Index(
        "ix_outbox_open",
        Outbox.created_at,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    ),
)
