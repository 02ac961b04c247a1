"""What runs by the clock (UTC). Each entry is safe to miss and safe to run twice."""

from examday.domain.jobs import Task


def every(seconds: float, task: Task) -> dict[str, object]:
    """A task of the clock. Its message ends when the next one comes: workers that were away for a
    night find one of each and not thousands.
    """
    return {"task": task, "schedule": seconds, "options": {"expires": seconds}}


SCHEDULE = {
    # A person who registers a kit late waits at the screen for its pages.
    "match pages whose kit was registered later": every(15.0, Task.MATCH_PAGES),
    # Reads every original: four times a day find a failing disk and leave the day its speed.
    "check stored originals against their digests": every(6 * 3600.0, Task.VERIFY_OBJECTS),
    "sign the ledger every hundred entries": every(60.0, Task.SIGN_CHECKPOINTS),
    "tidy away done jobs and old log-ins": every(3600.0, Task.TIDY),
}
