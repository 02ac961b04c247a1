"""Words of pages that several of them need: names of fields, of marks and of ledger events."""

from examday.domain.messages import N_
from examday.domain.transfer.answers import MARK_NAMES, Value
from examday.domain.transfer.fields import field_words
from examday.i18n import gettext as _
from examday.services.transfer.verification import COPY_DIFFERS

SOURCE_NAMES = {
    "first": N_("first key-in"),
    "second": N_("second key-in"),
    "settled": N_("settled reading"),
    "arbiter": N_("third reading"),
    "copied": N_("copying sheet"),
    "checked": N_("check of the copy"),
    "verified": N_("stands on the copy"),
    "machine:original": N_("hint: original"),
    "machine:copy": N_("hint: copy"),
    "machine:back": N_("hint: back of the sheets"),
}
EVENT_NAMES: dict[str, str] = {
    "booklet:register": N_("Entered in the plan"),
    "booklet:issue": N_("Kit issued"),
    "booklet:enlarge": N_("Enlarged to A3"),
    "booklet:collect": N_("Work collected"),
    "booklet:choose_standard": N_("The candidate chose the standard form"),
    "booklet:spoil": N_("Kit spoiled"),
    "booklet:scan_original": N_("Original scanned"),
    "booklet:key_in": N_("Both key-ins handed in"),
    "booklet:settle": N_("Differences settled"),
    "booklet:copy": N_("Copied onto the standard form"),
    "booklet:scan_copy": N_("Copy scanned"),
    "booklet:verify": N_("Copy verified"),
    "booklet:copy_again": N_("Sent back: copy once more"),
    "booklet:certify": N_("All signatures given: certified"),
    "booklet:pack": N_("Packed"),
    "booklet:unpack": N_("Taken out of the packet"),
    "booklet:hand_over": N_("Handed over to the processing centre"),
    "booklet:reopen": N_("Reopened: new version"),
    "booklet:retransfer": N_("New transfer after an appeal"),
    "signoff:sign": N_("«Копия верна» signed"),
    "signoff:absence": N_("Absence of a signer recorded"),
    "page:attached": N_("Scanned page attached"),
    "page:exception": N_("Scanned page needs a look"),
    "page:rejected": N_("Scanned page rejected"),
    "custody:hand": N_("Changed hands"),
    "custody:assign": N_("Kit assigned to the seat"),
    "custody:extra": N_("Extra sheets issued"),
    "custody:replace": N_("Replaced by another kit"),
    "packing:put": N_("Put into the packet"),
    "packing:take-out": N_("Taken out of the packet"),
    "packing:unused": N_("Recorded as not used"),
    "alarm:count-mismatch": N_("Alarm: the count differs"),
    "alarm:duplicate-code": N_("Alarm: the code was met twice"),
    "keyin:submit": N_("A key-in handed in"),
    "settle:own": N_("A third person has given an own reading"),
    "machine:read": N_("Read by the machine (a hint)"),
    "part:take": N_("Taken into work"),
    "part:release": N_("Given back from work"),
    "person:renew-hash": N_("Own secret stored more safely"),
    "person:enter": N_("Logged in"),
    "person:add": N_("Account made"),
    "person:change": N_("Name or roles changed"),
    "person:disable": N_("Account closed"),
    "person:enable": N_("Account opened again"),
    "person:reset": N_("New one-time password"),
    "person:own-secrets": N_("Own password and PIN set"),
    "person:first-head": N_("Account of the head made"),
    "ledger:checkpoint": N_("Checkpoint code made"),
    "ledger:export": N_("Bundle exported"),
    "plan:import": N_("Plan brought in"),
    "plan:edit": N_("Plan entry changed by hand"),
    "plan:remove": N_("Plan entry taken out"),
    "plan:present": N_("Presence marked"),
    "training:log-ins": N_("Log-ins of the training day made"),
    "training:seeded": N_("Training day prepared"),
    "scan:received": N_("Scan received"),
    "scan:done": N_("Scan looked at"),
    "scan:duplicate": N_("Scan came twice"),
    "scan:postponed": N_("Scan waits for another try"),
    "scan:quarantined": N_("Scan set aside"),
    "scan:requeued": N_("Scan looked at once more"),
    "scan:damaged": N_("Alarm: a stored original is damaged"),
    "packing:seal": N_("Packet sealed"),
    "packing:open": N_("Packet made"),
    "packing:reopen": N_("Packet opened again"),
    "appeal:register": N_("Appeal registered"),
    "appeal:schedule": N_("Hearing appointed"),
    "appeal:withdraw": N_("Appeal withdrawn"),
    "appeal:open": N_("Hearing opened"),
    "appeal:attend": N_("Presence at the hearing noted"),
    "appeal:read": N_("Reading for the commission made"),
    "appeal:find": N_("Finding of the commission recorded"),
    "appeal:vote": N_("Vote recorded"),
    "appeal:decide": N_("Appeal decided"),
    "appeal:sign": N_("Protocol signed by a member"),
    "appeal:seal_protocol": N_("Protocol signed by all"),
    "appeal:order_reprocessing": N_("Reprocessing ordered"),
    "appeal:step": N_("Step of reprocessing done"),
    "appeal:close": N_("Case closed"),
    "appeal:import": N_("Results brought in"),
    "appeal:old-work": N_("Old work laid open"),
    "appeal:print": N_("Printed"),
    "appeal:own-work": N_("A member's own work noted"),
    "commission:give": N_("Work given to a translator"),
    "commission:pages": N_("Pages of the notebook stated"),
    "reading:machine": N_("Read by the machine (a hint)"),
    "rehearsal:begin": N_("Readiness check begun"),
    "rehearsal:end": N_("Readiness check done"),
    "retention:destroy": N_("Works destroyed by act"),
    "retention:remove-failed": N_("Alarm: files of an act could not be removed"),
    "training:earlier-day": N_("Earlier training day put away"),
    "clock:set-back": N_("Alarm: the computer's clock was set back"),
    "packing:empty": N_("Empty packet closed"),
    "packing:hand-over": N_("Packet handed over"),
}
"""Kinds of ledger entries in the words of the trade; a kind without one is shown as it is written
in the ledger."""
GROUP_NAMES = {
    "print": N_("Printed"),
    "commission": N_("Noted by the commission of tiflo-translators"),
}
"""Words for kinds whose second part is a document or a note."""


def field_name(field_id: str) -> str:
    """A field as people call it: «Task 7», «Replacement, row 2»."""
    words, values = field_words(field_id)
    return _(words, **values)


def event_name(kind: str) -> str:
    """A ledger entry in words."""
    group = kind.partition(":")[0]
    if kind not in EVENT_NAMES and group in GROUP_NAMES:
        return _(GROUP_NAMES[group])
    return _(EVENT_NAMES[kind]) if kind in EVENT_NAMES else kind


def reason_words(reason: str) -> str:
    """Why a page does not count: the one sentence of the program is translated, people's words
    stay as typed."""
    return _(COPY_DIFFERS) if reason == COPY_DIFFERS else reason


def mark_name(value: Value) -> str:
    """What a reader saw instead of characters; empty for plain characters."""
    return _(MARK_NAMES[value.mark]) if value.mark else ""
