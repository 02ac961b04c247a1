"""Which modules of tests `make quick` leaves out, beside those marked `slow` and `release`.

A fixed choice, here in one place: what stays are the rules, the use cases, a few pages of each room
and what `tests/contract` holds. What leaves is left for its cost alone and runs in `make test`:
most of its tests take a second or more of processor time.
"""

PICTURES = (
    "braille/reader/test_braille_round_trip.py",
    "braille/reader/test_cover.py",
    "braille/reader/test_pages.py",
    "braille/test_backs.py",
    "braille/test_braille_reading.py",
    "braille/test_cells_in_step.py",
    "braille/test_notebook_pages.py",
    "braille/test_unread_places.py",
    "reading/test_comparison.py",
    "reading/test_fields.py",
    "reading/test_free_writing.py",
    "reading/test_halves.py",
    "reading/test_layouts.py",
    "reading/test_learning.py",
    "reading/test_proof.py",
    "reading/test_reading_commands.py",
    "reading/test_registration.py",
    "reading/test_row_comparison.py",
    "reading/test_same_page.py",
    "reading/test_two_sheets.py",
    "reading/test_witnesses.py",
    "recognition/test_recognition.py",
    "scans/test_asking_the_station.py",
    "scans/test_covers.py",
    "scans/test_deciding.py",
    "scans/test_early_copy.py",
    "scans/test_halves.py",
    "scans/test_intake.py",
    "scans/test_scan_pages.py",
    "scans/test_stated_sheet.py",
    "scans/test_taken_for_the_copy.py",
    "scans/test_taking_back.py",
    "training/test_training_day.py",
)
"""Sheets are drawn and read."""
CHILDREN = (
    "contract/test_dependencies.py",
    "contract/test_types.py",
    "jobs/test_confined.py",
    "jobs/test_failures.py",
    "plan/test_dayplan_import.py",
    "plan/test_far_tables.py",
    "plan/test_plan.py",
    "plan/test_unseen.py",
    "scans/test_scan_files.py",
    "station/test_answering.py",
    "station/test_silence.py",
    "station/test_wheel.py",
    "training/test_rehearsal.py",
)
"""Tables are read in limited children; programs are started."""
PAPERS = (
    "appeals/test_appeal_braille.py",
    "appeals/test_every_paper.py",
    "printing/test_commission_prints.py",
    "printing/test_printing.py",
    "printing/test_prints.py",
)
"""Documents are set in type and checked."""
DAYS = (
    "appeals/test_appeal_pages.py",
    "appeals/test_appeal_walks.py",
    "appeals/test_case_offers.py",
    "appeals/test_outcomes.py",
    "board/test_navigation.py",
    "braille/test_braille_desk.py",
    "custody/test_custody_pages.py",
    "custody/test_custody_walk.py",
    "custody/test_offers.py",
    "jobs/test_troubles.py",
    "ledger/test_bundles_left_short.py",
    "ledger/test_export.py",
    "ledger/test_ledger_pages.py",
    "ledger/test_ledger_tampering.py",
    "ledger/test_malformed_rows.py",
    "ledger/test_midday.py",
    "ledger/test_rows_behind_the_back.py",
    "people/test_guessing.py",
    "people/test_hashes.py",
    "people/test_permissions.py",
    "plan/test_plan_offers.py",
    "transfer/test_signing_races.py",
    "transfer/test_transfer_pages.py",
    "transfer/test_transfer_races.py",
    "transfer/test_transfer_rules.py",
    "transfer/test_transfer_walks.py",
    "transfer/test_what_waits.py",
)
"""Whole days, walks at random, races, every page of every role."""
LONG = frozenset({*PICTURES, *CHILDREN, *PAPERS, *DAYS})
