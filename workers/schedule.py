"""What runs by the clock (UTC). Each entry is safe to miss and safe to run twice."""

from examday.domain.jobs import Task

SCHEDULE = {
    # A person who registers a kit late waits at the screen for its pages.
    "match pages whose kit was registered later": {"task": Task.MATCH_PAGES, "schedule": 15.0},
    # Reads every original: four times a day find a failing disk and leave the day its speed.
    "check stored originals against their digests": {
        "task": Task.VERIFY_OBJECTS,
        "schedule": 6 * 3600.0,
    },
    "sign the ledger every hundred entries": {"task": Task.SIGN_CHECKPOINTS, "schedule": 60.0},
    "tidy away done jobs and old log-ins": {"task": Task.TIDY, "schedule": 3600.0},
}
