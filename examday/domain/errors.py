"""The errors that a person can do something about, as one tree.

Each says what happened and what to do; pages and commands translate it.
"""

import errno
from collections.abc import Mapping

from examday.domain.messages import N_


# One tree, so that a page or a command needs to know only its root, and a new error is shown well
# without a line of code there.
class DomainError(Exception):
    """A refused action.

    `code` is stable; `message` and `advice` are English msgids with %(name)s places. `field`: the
    entry that has to be corrected, by the name of the use case's own argument; empty when the fault
    is not in one entry. Answer fields stand in `params["fields"]`.
    """

    code = "refused"
    message: str = N_("The action was refused.")
    advice: str = N_("Nothing was changed. Look at the present state before the next step.")

    def __init__(
        self,
        message: str | None = None,
        *,
        advice: str | None = None,
        code: str | None = None,
        field: str = "",
        params: Mapping[str, object] | None = None,
    ) -> None:
        # The class has the sentence for most cases, so that few use cases need one; who knows more
        # says it.
        self.message = message or type(self).message
        self.advice = advice or type(self).advice
        self.code = code or type(self).code
        self.field = field
        self.params: dict[str, object] = dict(params or {})
        # English, because the exception's own text is for logs; people get the translated message.
        super().__init__(self.message % self.params if self.params else self.message)


class NotFound(DomainError):
    """The thing does not exist, or not for this person.

    The answer is the same for both, so that nothing leaks.
    """

    code = "not-found"
    # Two answers would tell a stranger which works exist.
    message = N_("There is no such record, or it is not yours to see.")
    advice = N_("Check the code, or find it again on the board.")


class Forbidden(DomainError):
    """The person's roles do not allow the action."""

    code = "forbidden"
    message = N_("Your role does not allow this.")
    advice = N_("Ask somebody whose role does, and let them log in.")


class Invalid(DomainError):
    """What was entered cannot be accepted as it is."""

    code = "invalid"
    message = N_("What was entered cannot be accepted.")
    advice = N_("Correct the marked fields; everything else is kept.")


class Conflict(DomainError):
    """The state does not allow the action now, or somebody else was faster."""

    code = "conflict"
    message = N_("The record has changed since this page was opened.")
    advice = N_("Nothing was lost. Look at the present state and decide again.")


# A class of its own: the person has to read again and not only to repeat the step.
class Stale(Conflict):
    """A sign-off or decision on content that is no longer the present one."""

    code = "stale"
    message = N_("The content has changed since it was read back to you.")
    advice = N_("Read the present content and sign that.")


class SamePerson(Conflict):
    """Two acts that must be done by two people were asked of one.

    The rule is the separation of duties (domain.md 2.3).
    """

    code = "same-person"
    message = N_("This step needs another person: you have already taken part as %(role)s.")
    advice = N_("Let a colleague log in and do this step.")


class NoWeights(DomainError):
    """The network of a reader is missing, or its file is cut short."""

    code = "weights-missing"
    message = N_("The reader's network cannot be loaded: %(file)s. Nothing was read.")
    advice = N_(
        "Put the file back, or install the program anew; people read and compare without it."
    )


# Kept apart from `Invalid`: a scan must never be set aside because the laptop had no memory.
class MachineTrouble(DomainError):
    """This computer could not do it just now: no memory, no disk, a process killed or far too slow.

    Never the fault of what was being looked at. `params["what"]` is a short technical name for the
    log.
    """

    code = "machine-trouble"
    message = N_("This computer could not do it just now; the file is not at fault.")
    advice = N_("Nothing was lost or changed. Close other programs, wait a minute and try again.")


# A kind of machine trouble, so that jobs are put off without counting as a failed try.
class Unavailable(MachineTrouble):
    """The database cannot do the work now, through no fault of the person.

    The step was undone whole. The sentences of this class fit where no narrower one is known.
    """

    code = "database"
    message = N_("The database could not do this step.")
    advice = N_(
        "Nothing was lost and nothing was changed. Try again; if it happens again, call the technical "
        "specialist."
    )


class Busy(Unavailable):
    """Others were writing for so long that this step did not get its turn."""

    code = "busy"
    message = N_("Busy just now: others are writing. Try again.")
    advice = N_(
        "Nothing was lost and nothing was changed. Go back and send the same once more in a few seconds."
    )


class Unreachable(Unavailable):
    """The database server does not answer, or the connection broke."""

    code = "unreachable"
    message = N_("The database does not answer.")
    advice = N_(
        "Nothing was lost. Try again in a minute; if it goes on, call the technical specialist."
    )


class StoreAway(Unavailable):
    """The store of scans, pictures and print-outs does not answer."""

    code = "store-away"
    message = N_("The store of scans and print-outs does not answer.")
    advice = N_(
        "Nothing was lost. Try again in a minute; if it goes on, call the technical specialist."
    )


class StoreRefuses(Unavailable):
    """The store of scans, pictures and print-outs does not let the program in."""

    code = "store-refuses"
    message = N_("The store of scans and print-outs refuses the program.")
    advice = N_(
        "Nothing was lost. Call the technical specialist: key and secret of the store have to be looked at "
        "with `examday doctor`."
    )


class NoRoom(Unavailable):
    """The disk of the database is full."""

    code = "no-room"
    message = N_("The disk is full: the step could not be written down.")
    advice = N_(
        "Nothing was lost and nothing was changed. Call the technical specialist to free some space; then "
        "try again."
    )


class CannotWrite(Unavailable):
    """The file of the database may be read only."""

    code = "read-only"
    message = N_("The database may be read but not written.")
    advice = N_(
        "Nothing was changed. Call the technical specialist: the data folder must be writable for the program."
    )


class DiskTrouble(Unavailable):
    """The disk reports a fault, or the file of the database cannot be opened or is damaged."""

    code = "disk"
    message = N_("The disk or the file of the database has a fault.")
    advice = N_(
        "Stop work at this computer and call the technical specialist: run `examday doctor`, keep the backup."
    )


class FolderReadOnly(CannotWrite):
    """A file could not be written because its folder or disk is read-only."""

    code = "folder-read-only"
    message = N_("A file could not be written: its folder is read-only.")
    advice = N_(
        "Nothing was lost. Give the program the right to write there, or name another folder; then try again."
    )


DISK: Mapping[int, type[Unavailable]] = {
    errno.ENOSPC: NoRoom,
    errno.EDQUOT: NoRoom,
    errno.EROFS: FolderReadOnly,
    errno.EACCES: FolderReadOnly,
    errno.EPERM: FolderReadOnly,
    errno.EIO: DiskTrouble,
}
"""What the system says of a file of the station that it cannot read or write: each has its own way
out, and «an error» has none."""


def of_disk(error: OSError) -> Unavailable | None:
    """The error of the system in our words; None where it speaks of something else than the disk."""
    kind = DISK.get(error.errno or 0)
    return kind() if kind else None


# Never a kind of `Invalid` or `Conflict`: what handles ordinary mistakes must not swallow it.
class Broken(DomainError):
    """Stored evidence does not match the ledger. Never shown as an ordinary mistake."""

    code = "broken"
    message = N_("The stored record does not match the ledger.")
    advice = N_(
        "Do nothing more with this work and call the head of the point; run `examday ledger verify`."
    )
