"""What runs by the clock (UTC). Each entry is safe to miss and safe to run twice."""

SCHEDULE = {
    "match pages whose kit was registered later": {"task": "intake.match", "schedule": 15.0},
    "check stored originals against their digests": {
        "task": "objects.verify",
        "schedule": 6 * 3600.0,
    },
    "sign the ledger every hundred entries": {"task": "ledger.checkpoint", "schedule": 60.0},
    "tidy away done jobs and old log-ins": {"task": "jobs.tidy", "schedule": 3600.0},
}
