"""The kinds of ledger entries: one closed list, with what people call each of them.

A kind is stored in the ledger for good: a value that was ever written is never changed. A kind that
is no longer written stays here, so that old entries keep their words.
"""

import json
from enum import StrEnum
from typing import TypedDict, cast

from examday.domain.messages import N_


class Event(StrEnum):
    """What a ledger entry says has happened: "<group>:<what>"."""

    # Second part: the action of `domain/custody/lifecycle.py:MOVES`, so that an arrow cannot be
    # taken without its entry.
    BOOKLET_REGISTER = "booklet:register"
    BOOKLET_ISSUE = "booklet:issue"
    BOOKLET_ENLARGE = "booklet:enlarge"
    BOOKLET_COLLECT = "booklet:collect"
    BOOKLET_TAKE_BACK = "booklet:take_back"
    # Apart from the plain taking back: a kit that had been enlarged when it was ended by mistake is
    # so again.
    BOOKLET_TAKE_BACK_ENLARGED = "booklet:take_back_enlarged"
    BOOKLET_TAKE_BACK_COPY = "booklet:take_back_copy"
    BOOKLET_TAKE_BACK_CHECK = "booklet:take_back_check"
    BOOKLET_CHOOSE_STANDARD = "booklet:choose_standard"
    # There never was a work: whoever looks for it later must find out why.
    BOOKLET_MARK_ABSENT = "booklet:mark_absent"
    # Recorded and never removed: a number that is nowhere to be found has to be explained.
    BOOKLET_SPOIL = "booklet:spoil"
    BOOKLET_SCAN_ORIGINAL = "booklet:scan_original"
    BOOKLET_KEY_IN = "booklet:key_in"
    BOOKLET_SETTLE = "booklet:settle"
    BOOKLET_COPY = "booklet:copy"
    BOOKLET_SCAN_COPY = "booklet:scan_copy"
    BOOKLET_RESCAN_COPY = "booklet:rescan_copy"
    BOOKLET_RESCAN_ORIGINAL = "booklet:rescan_original"
    BOOKLET_RETAKE_ORIGINAL = "booklet:retake_original"
    BOOKLET_VERIFY = "booklet:verify"
    BOOKLET_COPY_AGAIN = "booklet:copy_again"
    BOOKLET_CERTIFY = "booklet:certify"
    BOOKLET_PACK = "booklet:pack"
    BOOKLET_UNPACK = "booklet:unpack"
    BOOKLET_HAND_OVER = "booklet:hand_over"
    # Carries its reason: the work of up to five people counts no longer.
    BOOKLET_REOPEN = "booklet:reopen"
    # After an appeal: by it whoever had a part before is kept from the new transfer.
    BOOKLET_RETRANSFER = "booklet:retransfer"
    # Signing is an entry of its own beside the arrow: each signature counts, the last one moves
    # the work.
    SIGNOFF_SIGN = "signoff:sign"
    SIGNOFF_ABSENCE = "signoff:absence"
    PAGE_ATTACHED = "page:attached"
    PAGE_EXCEPTION = "page:exception"
    PAGE_REJECTED = "page:rejected"
    # A page that was taken back says nothing of the work any more: its readings must not count on.
    PAGE_DETACHED = "page:detached"
    # A sheet of an earlier version is part of what is signed in this one: whoever signs must find why.
    PAGE_STANDS = "page:stands"
    # A person let a work pass although a sheet was missing: auditors look for exactly this.
    SCANS_WITHOUT_SHEETS = "scans:without-sheets"
    CUSTODY_HAND = "custody:hand"
    CUSTODY_ASSIGN = "custody:assign"
    CUSTODY_EXTRA = "custody:extra"
    # Digest of the sound, and who answers for its protocol: the carrier itself is paper's neighbour.
    CUSTODY_RECORD = "custody:record"
    CUSTODY_RECORD_ANEW = "custody:record-anew"
    # A number that was mistyped, a form of another candidate: the work stays at its step.
    CUSTODY_TAKE_BACK = "custody:take-back"
    CUSTODY_REPLACE = "custody:replace"
    # Of a seat and not of a work: candidates with standard forms have breaks too (R22).
    ABSENCE_LEAVE = "absence:leave"
    ABSENCE_RETURN = "absence:return"
    ABSENCE_MISTAKE = "absence:mistake"
    PACKING_PUT = "packing:put"
    PACKING_TAKE_OUT = "packing:take-out"
    PACKING_UNUSED = "packing:unused"
    PACKING_SEAL = "packing:seal"
    PACKING_OPEN = "packing:open"
    PACKING_REOPEN = "packing:reopen"
    PACKING_EMPTY = "packing:empty"
    PACKING_HAND_OVER = "packing:hand-over"
    PACKING_REMOVE = "packing:remove"
    # The head says what is open at the end of the day, and why; nothing is locked by it.
    DAY_CLOSE = "day:close"
    # Alarms share a prefix, so that the summary of a day finds them without a list.
    ALARM_COUNT_MISMATCH = "alarm:count-mismatch"
    # Pupils had to resit an exam because forms with one number were in use (domain.md 16.2).
    ALARM_DUPLICATE_CODE = "alarm:duplicate-code"
    # Two histories of one station: nothing of the second is taken in.
    ALARM_FORK = "alarm:fork"
    # With the digest alone: bundles carry the ledger, and answers are no business of its readers.
    KEYIN_SUBMIT = "keyin:submit"
    KEYIN_TAKE_BACK = "keyin:take_back"
    # Proves that the third person read the sheet before seeing the two key-ins.
    SETTLE_OWN = "settle:own"
    MACHINE_READ = "machine:read"
    PART_TAKE = "part:take"
    PART_RELEASE = "part:release"
    # Written when a log-in has made the stored hash stronger: a changed row needs an entry.
    PERSON_RENEW_HASH = "person:renew-hash"
    PERSON_ENTER = "person:enter"
    # Roles stand in it and names never: bundles carry the whole ledger.
    PERSON_ADD = "person:add"
    PERSON_CHANGE = "person:change"
    PERSON_DISABLE = "person:disable"
    PERSON_ENABLE = "person:enable"
    PERSON_RESET = "person:reset"
    PERSON_OWN_SECRETS = "person:own-secrets"
    PERSON_FIRST_HEAD = "person:first-head"
    SITE_ADD = "site:add"
    SITE_BEGIN = "site:begin"
    SITE_SERVE = "site:serve"
    SITE_LEAVE = "site:leave"
    # Of the centre and its stations: here both ends leave a trace of who trusted whom. What a
    # bundle brought stands in the chain of its point.
    STATION_INVITE = "station:invite"
    STATION_CONFIRM = "station:confirm"
    STATION_REVOKE = "station:revoke"
    STATION_RESTORE = "station:restore"
    CENTRE_JOIN = "centre:join"
    CENTRE_NEW_KEY = "centre:new-key"
    # From this entry on works that were handed over are the centre's: two writers of one work could
    # contradict each other.
    TRAVEL_SEND = "travel:send"
    # Carries range and root of the station's ledger: the centre is a witness of it.
    TRAVEL_RECEIVE = "travel:receive"
    TRAVEL_RECEIPT = "travel:receipt"
    TRAVEL_GAP = "travel:gap"
    # The centre orders, the station carries out: with the number, so that nothing is done twice.
    TRAVEL_ORDER = "travel:order"
    TRAVEL_OBEY = "travel:obey"
    RULES_CHANGE = "rules:change"
    LEDGER_CHECKPOINT = "ledger:checkpoint"
    # Size and root of the hash tree over all entries before: each later code on paper speaks for it.
    LEDGER_TREE = "ledger:tree"
    # Says whether names went along: who took them out of the station must be found.
    LEDGER_EXPORT = "ledger:export"
    # Its newest day is the day on which the list of special conditions was there (R30).
    PLAN_IMPORT = "plan:import"
    PLAN_EDIT = "plan:edit"
    PLAN_REMOVE = "plan:remove"
    PLAN_PRESENT = "plan:present"
    TRAINING_LOG_INS = "training:log-ins"
    # Closes the seeding: without it the next start goes on where the last one stopped.
    TRAINING_SEEDED = "training:seeded"
    TRAINING_EARLIER_DAY = "training:earlier-day"
    SCAN_RECEIVED = "scan:received"
    SCAN_DONE = "scan:done"
    SCAN_DUPLICATE = "scan:duplicate"
    SCAN_POSTPONED = "scan:postponed"
    SCAN_QUARANTINED = "scan:quarantined"
    SCAN_REQUEUED = "scan:requeued"
    # Once for each original, though the check runs every few hours.
    SCAN_DAMAGED = "scan:damaged"
    APPEAL_REGISTER = "appeal:register"
    APPEAL_SCHEDULE = "appeal:schedule"
    APPEAL_WITHDRAW = "appeal:withdraw"
    APPEAL_OPEN = "appeal:open"
    APPEAL_ATTEND = "appeal:attend"
    APPEAL_READ = "appeal:read"
    APPEAL_FIND = "appeal:find"
    APPEAL_VOTE = "appeal:vote"
    APPEAL_DECIDE = "appeal:decide"
    APPEAL_SIGN = "appeal:sign"
    APPEAL_SEAL_PROTOCOL = "appeal:seal_protocol"
    APPEAL_ORDER_REPROCESSING = "appeal:order_reprocessing"
    APPEAL_STEP = "appeal:step"
    APPEAL_CLOSE = "appeal:close"
    APPEAL_IMPORT = "appeal:import"
    # Transferred before the program was used, so that its signatures are on paper only.
    APPEAL_OLD_WORK = "appeal:old-work"
    APPEAL_PRINT = "appeal:print"
    APPEAL_OWN_WORK = "appeal:own-work"
    # Nothing is overwritten: a wrong vote or reading stays beside what corrects it.
    APPEAL_CORRECT = "appeal:correct"
    APPEAL_CHECK = "appeal:check"
    APPEAL_RECHECK = "appeal:recheck"
    # A year's days off compared with the decree; terms already set may move with it.
    CALENDAR_CHECK = "calendar:check"
    COMMISSION_GIVE = "commission:give"
    COMMISSION_PAGES = "commission:pages"
    COMMISSION_ASK = "commission:ask"
    COMMISSION_COME = "commission:come"
    COMMISSION_GO = "commission:go"
    COMMISSION_INCIDENT = "commission:incident"
    COMMISSION_SUSPEND = "commission:suspend"
    COMMISSION_RESUME = "commission:resume"
    COMMISSION_REFUSED = "commission:refused"
    # Of Braille alone; forms and print-outs have MACHINE_READ. Two words for one thing stay two:
    # stored words never change.
    READING_MACHINE = "reading:machine"
    REHEARSAL_BEGIN = "rehearsal:begin"
    REHEARSAL_END = "rehearsal:end"
    RETENTION_DESTROY = "retention:destroy"
    # An alarm: files that an act calls destroyed are still on the disk.
    RETENTION_REMOVE_FAILED = "retention:remove-failed"
    # Without it entries whose times run backwards could not be explained later.
    CLOCK_SET_BACK = "clock:set-back"
    # One kind for each document, so that the ledger is searched by it: the second part is its key
    # in `services/printing/documents.py`.
    PRINT_TRANSFER_ACT = "print:transfer-act"
    PRINT_COPYING_SHEET = "print:copying-sheet"
    PRINT_TRUE_COPY = "print:true-copy"
    PRINT_COVER = "print:cover"
    PRINT_SCAN_COVER = "print:scan-cover"
    PRINT_CUSTODY_JOURNAL = "print:custody-journal"
    PRINT_OBSERVERS = "print:observers"
    PRINT_READINESS = "print:readiness"
    PRINT_DAY_SUMMARY = "print:day-summary"
    PRINT_COMMISSION_PROGRESS = "print:commission-progress"
    PRINT_COMMISSION_ACT = "print:commission-act"
    PRINT_PACKET_CONTENTS = "print:packet-contents"
    PRINT_HANDOVER_ACT = "print:handover-act"
    PRINT_LABELS = "print:labels"
    PRINT_REHEARSAL = "print:rehearsal"

    @property
    def group(self) -> str:
        """The part before the colon: "booklet", "appeal", "print" …"""
        return group_of(self)


PREFIX_OF_PRINTS = "print:"
"""Print-outs carry a checkpoint code; the check of the ledger finds their entries by it."""
PREFIX_OF_ALARMS = "alarm:"
"""The summary of a day finds its alarms by it, so a new kind of alarm needs no list."""


PRINTS = tuple(kind for kind in Event if kind.startswith(PREFIX_OF_PRINTS))
"""By name and not by prefix: a database finds few names at once, a prefix it looks for in all."""
ALARMS = tuple(kind for kind in Event if kind.startswith(PREFIX_OF_ALARMS))


def group_of(kind: str) -> str:
    """The group of a kind as it stands in the ledger."""
    return kind.partition(":")[0]


def booklet_event(action: str) -> Event:
    """The entry for one arrow of a booklet's way; ValueError for an action that has none."""
    # Through the enum, so that a misspelt action fails here and is never stored.
    return Event(f"booklet:{action}")


def case_event(action: str) -> Event:
    """The entry for one arrow of a case; ValueError for an action that has none."""
    return Event(f"appeal:{action}")


def print_event(document: str) -> Event:
    """The entry for one printed document; ValueError for a document that is none."""
    return Event(f"{PREFIX_OF_PRINTS}{document}")


def commission_event(note: str) -> Event:
    """The entry for one note of the commission of tiflo-translators; ValueError for another note."""
    return Event(f"commission:{note}")


class EventData(TypedDict, total=False):
    """What entries carry and the program reads again. Other keys are for people and auditors.

    Steps of a booklet: `version` (after the step), `source` (the step before), `reason`. The close of
    a day: `open` (works and packets still here), `reason`. Alarms: `code` with
    `other` (the id of the work that has it), or `differences` with `reason`.
    A kit issued: `planned` (its number stood in the plan before). Another kit for a spoiled one, and
    its going again: `replaces` (the id of that work); the spoiled one's coming back: `replacement`.
    Absences: `why` (a break of `domain/custody/absences.py`), `companion` (a person's id).
    Orders of the centre: `number`, and `centre` (what it calls the station).
    Print-outs: `code` of the checkpoint, `sha256` of the file, `large`, `names`.
    """

    version: int
    source: str
    reason: str
    open: int
    planned: bool
    replaces: str
    replacement: str
    code: str
    other: str
    differences: str
    why: str
    companion: str
    sha256: str
    large: bool
    names: bool
    size: int
    tree: str
    number: int
    centre: str


def read_data(stored: str) -> EventData:
    """The data of an entry as it stands in the table.

    Keys are not checked: entries of earlier versions may lack what is written today.
    """
    return cast(EventData, json.loads(stored))


EVENT_NAMES: dict[str, str] = {
    # The entry names its document by itself; thirteen sentences would say nothing more.
    **dict.fromkeys((e for e in Event if e.group == "print"), N_("Printed")),
    **dict.fromkeys(
        (e for e in Event if e.group == "commission"),
        N_("Noted by the commission of tiflo-translators"),
    ),
    Event.BOOKLET_REGISTER: N_("Entered in the plan"),
    Event.BOOKLET_ISSUE: N_("Kit issued"),
    Event.BOOKLET_ENLARGE: N_("Enlarged to A3"),
    Event.BOOKLET_COLLECT: N_("Work collected"),
    Event.BOOKLET_TAKE_BACK: N_("Step taken by mistake: taken back"),
    Event.BOOKLET_TAKE_BACK_ENLARGED: N_("Step taken by mistake: taken back"),
    Event.BOOKLET_TAKE_BACK_COPY: N_("«Copied» said by mistake: taken back"),
    Event.BOOKLET_TAKE_BACK_CHECK: N_("A verification handed in by mistake: taken back"),
    Event.BOOKLET_CHOOSE_STANDARD: N_("The candidate chose the standard form"),
    Event.BOOKLET_MARK_ABSENT: N_("The candidate did not come"),
    Event.BOOKLET_SPOIL: N_("Kit spoiled"),
    Event.BOOKLET_SCAN_ORIGINAL: N_("Original scanned"),
    Event.BOOKLET_KEY_IN: N_("Both key-ins handed in"),
    # Also where both key-ins said the same: then there was nothing to settle.
    Event.BOOKLET_SETTLE: N_("Answers agreed on"),
    Event.BOOKLET_COPY: N_("Copied onto the standard form"),
    Event.BOOKLET_SCAN_COPY: N_("Copy scanned"),
    Event.BOOKLET_RESCAN_COPY: N_("Wrong picture of the copy: scan the copy again"),
    Event.BOOKLET_RESCAN_ORIGINAL: N_("Wrong picture of the original: scan it again"),
    Event.BOOKLET_RETAKE_ORIGINAL: N_("Wrong picture of the original: read it anew"),
    Event.BOOKLET_VERIFY: N_("Copy verified"),
    Event.BOOKLET_COPY_AGAIN: N_("Sent back: copy once more"),
    Event.BOOKLET_CERTIFY: N_("All signatures given: certified"),
    Event.BOOKLET_PACK: N_("Packed"),
    Event.BOOKLET_UNPACK: N_("Taken out of the packet"),
    Event.BOOKLET_HAND_OVER: N_("Handed over to the processing centre"),
    Event.BOOKLET_REOPEN: N_("Reopened: new version"),
    Event.BOOKLET_RETRANSFER: N_("New transfer after an appeal"),
    Event.SIGNOFF_SIGN: N_("«Копия верна» signed"),
    Event.SIGNOFF_ABSENCE: N_("Absence of a signer recorded"),
    Event.PAGE_ATTACHED: N_("Scanned page attached"),
    Event.PAGE_EXCEPTION: N_("Scanned page needs a look"),
    Event.PAGE_REJECTED: N_("Scanned page rejected"),
    Event.PAGE_DETACHED: N_("Scanned page taken back"),
    Event.PAGE_STANDS: N_("A sheet of the earlier copy stays: nothing on it has changed"),
    Event.SCANS_WITHOUT_SHEETS: N_("Let pass without all its sheets"),
    Event.CUSTODY_HAND: N_("Changed hands"),
    Event.CUSTODY_ASSIGN: N_("Kit assigned to the seat"),
    Event.CUSTODY_EXTRA: N_("Extra sheets issued"),
    Event.CUSTODY_RECORD: N_("Spoken answer recorded, its protocol written"),
    Event.CUSTODY_RECORD_ANEW: N_("Recording and protocol entered anew"),
    Event.CUSTODY_TAKE_BACK: N_("Added by mistake and taken back"),
    Event.CUSTODY_REPLACE: N_("Replaced by another kit"),
    Event.ABSENCE_LEAVE: N_("Candidate left the room"),
    Event.ABSENCE_RETURN: N_("Candidate came back"),
    Event.ABSENCE_MISTAKE: N_("Entry about a break made by mistake: taken back"),
    Event.PACKING_PUT: N_("Put into the packet"),
    Event.PACKING_TAKE_OUT: N_("Taken out of the packet"),
    Event.PACKING_UNUSED: N_("Recorded as not used"),
    Event.PACKING_SEAL: N_("Packet sealed"),
    Event.PACKING_OPEN: N_("Packet made"),
    Event.PACKING_REOPEN: N_("Packet opened again"),
    Event.PACKING_EMPTY: N_("Empty packet closed"),
    Event.PACKING_HAND_OVER: N_("Packet handed over"),
    Event.PACKING_REMOVE: N_("Empty packet taken out of the list"),
    Event.DAY_CLOSE: N_("Day closed"),
    Event.ALARM_COUNT_MISMATCH: N_("Alarm: the count differs"),
    Event.ALARM_DUPLICATE_CODE: N_("Alarm: the code was met twice"),
    Event.ALARM_FORK: N_("Alarm: a station has two histories"),
    Event.STATION_INVITE: N_("Station invited"),
    Event.STATION_CONFIRM: N_("Key of a station confirmed"),
    Event.STATION_REVOKE: N_("Station revoked"),
    Event.STATION_RESTORE: N_("Station may send again"),
    Event.CENTRE_JOIN: N_("Invitation of the centre taken in"),
    Event.CENTRE_NEW_KEY: N_("The station has a new key"),
    Event.TRAVEL_SEND: N_("Written for the centre"),
    Event.TRAVEL_RECEIVE: N_("Taken in from the station"),
    Event.TRAVEL_RECEIPT: N_("The centre has confirmed"),
    Event.TRAVEL_GAP: N_("A bundle came before the entries that it follows"),
    Event.TRAVEL_ORDER: N_("Ordered at the point"),
    Event.TRAVEL_OBEY: N_("An order of the centre carried out"),
    Event.RULES_CHANGE: N_("Other rules hold"),
    Event.KEYIN_SUBMIT: N_("A key-in handed in"),
    Event.KEYIN_TAKE_BACK: N_("A key-in handed in by mistake: taken back"),
    Event.SETTLE_OWN: N_("A third person has given an own reading"),
    Event.MACHINE_READ: N_("Read by the machine (a hint)"),
    Event.PART_TAKE: N_("Taken into work"),
    Event.PART_RELEASE: N_("Given back from work"),
    Event.PERSON_RENEW_HASH: N_("Own secret stored more safely"),
    Event.PERSON_ENTER: N_("Logged in"),
    Event.PERSON_ADD: N_("Account made"),
    Event.PERSON_CHANGE: N_("Name or roles changed"),
    Event.PERSON_DISABLE: N_("Account closed"),
    Event.PERSON_ENABLE: N_("Account opened again"),
    Event.PERSON_RESET: N_("New one-time password"),
    Event.PERSON_OWN_SECRETS: N_("Own password and PIN set"),
    Event.PERSON_FIRST_HEAD: N_("Account of the head made"),
    Event.SITE_ADD: N_("Exam point added"),
    Event.SITE_BEGIN: N_("Ledger of the exam point begun"),
    Event.SITE_SERVE: N_("Serves at one more exam point"),
    Event.SITE_LEAVE: N_("Serves no longer at an exam point"),
    Event.LEDGER_CHECKPOINT: N_("Checkpoint code made"),
    Event.LEDGER_TREE: N_("Root of all entries noted for a bundle"),
    Event.LEDGER_EXPORT: N_("Bundle exported"),
    Event.PLAN_IMPORT: N_("Plan brought in"),
    Event.PLAN_EDIT: N_("Plan entry changed by hand"),
    Event.PLAN_REMOVE: N_("Plan entry taken out"),
    Event.PLAN_PRESENT: N_("Presence marked"),
    Event.TRAINING_LOG_INS: N_("Log-ins of the training day made"),
    Event.TRAINING_SEEDED: N_("Training day prepared"),
    Event.TRAINING_EARLIER_DAY: N_("Earlier training day put away"),
    Event.SCAN_RECEIVED: N_("Scan received"),
    Event.SCAN_DONE: N_("Scan looked at"),
    Event.SCAN_DUPLICATE: N_("Scan came twice"),
    Event.SCAN_POSTPONED: N_("Scan waits for another try"),
    Event.SCAN_QUARANTINED: N_("Scan set aside"),
    Event.SCAN_REQUEUED: N_("Scan looked at once more"),
    Event.SCAN_DAMAGED: N_("Alarm: a stored original is damaged"),
    Event.APPEAL_REGISTER: N_("Appeal registered"),
    Event.APPEAL_SCHEDULE: N_("Hearing appointed"),
    Event.APPEAL_WITHDRAW: N_("Appeal withdrawn"),
    Event.APPEAL_OPEN: N_("Hearing opened"),
    Event.APPEAL_ATTEND: N_("Presence at the hearing noted"),
    Event.APPEAL_READ: N_("Reading for the commission made"),
    Event.APPEAL_FIND: N_("Finding of the commission recorded"),
    Event.APPEAL_VOTE: N_("Vote recorded"),
    Event.APPEAL_DECIDE: N_("Appeal decided"),
    Event.APPEAL_SIGN: N_("Protocol signed by a member"),
    Event.APPEAL_SEAL_PROTOCOL: N_("Protocol signed by all"),
    Event.APPEAL_ORDER_REPROCESSING: N_("Reprocessing ordered"),
    Event.APPEAL_STEP: N_("Step of reprocessing done"),
    Event.APPEAL_CLOSE: N_("Case closed"),
    Event.APPEAL_IMPORT: N_("Results brought in"),
    Event.APPEAL_OLD_WORK: N_("Old work laid open"),
    Event.APPEAL_PRINT: N_("Printed"),
    Event.APPEAL_OWN_WORK: N_("Recognition of the works recorded"),
    Event.APPEAL_CORRECT: N_("Entry of a hearing corrected"),
    Event.APPEAL_CHECK: N_("Check of a procedural appeal recorded"),
    Event.APPEAL_RECHECK: N_("Marks of the re-check entered"),
    Event.CALENDAR_CHECK: N_("Days off of a year compared with the decree"),
    Event.COMMISSION_GIVE: N_("Work given to a translator"),
    Event.COMMISSION_PAGES: N_("Pages of the notebook stated"),
    Event.COMMISSION_ASK: N_("Description of the scans handed to a colleague"),
    Event.READING_MACHINE: N_("Read by the machine (a hint)"),
    Event.REHEARSAL_BEGIN: N_("Readiness check begun"),
    Event.REHEARSAL_END: N_("Readiness check done"),
    Event.RETENTION_DESTROY: N_("Works destroyed by act"),
    Event.RETENTION_REMOVE_FAILED: N_("Alarm: files of an act could not be removed"),
    Event.CLOCK_SET_BACK: N_("Alarm: the computer's clock was set back"),
}
"""Kinds of ledger entries in the words of the trade; a kind of former times keeps its words, since
old entries are shown too."""


def event_words(kind: str) -> str:
    """The msgid of a kind; one that this version does not know is shown as it is written."""
    # A ledger of a newer version may be opened by an older program, for example on the reserve
    # laptop.
    return EVENT_NAMES.get(kind, kind)
