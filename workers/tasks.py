"""Background tasks: open the store, call one use case. All are safe to run twice or at once."""

from examday.domain.jobs import Task
from examday.services.appeals.keeping import removal
from examday.services.jobs import outbox
from examday.services.ledger.checking import asked as checks
from examday.services.recognition import braille, readers
from examday.services.scans.files import opening, setting_aside
from examday.services.scans.making import halves
from examday.services.travel.exchange import asked
from examday.services.travel.waiting import taking
from workers.app import LONG_LIMIT_S, app, store


@app.task(name=Task.TAKE_IN)
def process_scan(scan_id: str) -> None:
    """Look at one file that came in: pages, codes, booklets."""
    outbox.run(
        store(),
        Task.TAKE_IN,
        scan_id,
        opening.process,
        setting_aside.give_up,
        setting_aside.postpone,
    )


@app.task(name=Task.JOIN_HALVES)
def join_halves(both: str) -> None:
    """Join two halves of a sheet that bear the same number."""
    outbox.run(store(), Task.JOIN_HALVES, both, halves.process, halves.give_up)


@app.task(name=Task.READ_PAGE)
def read_page(page_id: str) -> None:
    """Read one attached page: hints for people, never values."""
    outbox.run(store(), Task.READ_PAGE, page_id, readers.process_page, readers.give_up_page)


@app.task(name=Task.REMOVE_DESTROYED)
def remove_destroyed(act_id: str) -> None:
    """Remove the scans that an act of destruction names."""
    outbox.run(store(), Task.REMOVE_DESTROYED, act_id, removal.remove, removal.report_failed)


@app.task(name=Task.READ_BRAILLE)
def read_braille(booklet_id: str) -> None:
    """Read the pages of a Braille notebook: advice for the commission, never a value."""
    outbox.run(store(), Task.READ_BRAILLE, booklet_id, braille.process, braille.give_up)


@app.task(name=Task.READ_BACKS)
def read_backs(booklet_id: str) -> None:
    """Read what was embossed from the other side of the same pages."""
    outbox.run(store(), Task.READ_BACKS, booklet_id, braille.process_backs, braille.give_up)


@app.task(name=Task.TAKE_BUNDLE)
def take_bundle(delivery_id: str) -> None:
    """Take in a station's bundle that somebody at the centre has said yes to."""
    outbox.run(store(), Task.TAKE_BUNDLE, delivery_id, taking.process, taking.give_up)


@app.task(name=Task.SEND_BUNDLE)
def send_bundle(posting_id: str) -> None:
    """Send to the centre what somebody at this station has asked for."""
    outbox.run(store(), Task.SEND_BUNDLE, posting_id, asked.process, asked.give_up)


@app.task(name=Task.CHECK_LEDGER, time_limit=LONG_LIMIT_S, acks_late=False)
def check_ledger(check_id: str) -> None:
    """Check a ledger that is too long to be waited for."""
    outbox.run(store(), Task.CHECK_LEDGER, check_id, checks.process, checks.give_up)
