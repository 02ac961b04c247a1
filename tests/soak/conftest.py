"""Campaigns of hours: `make soak SEED=n MINUTES=m` alone runs them."""

import os
import random

import pytest

SEED, MINUTES = os.environ.get("SEED", ""), float(os.environ.get("MINUTES", "10"))
collect_ignore_glob = [] if SEED else ["test_*.py"]


@pytest.fixture
def dice(request: pytest.FixtureRequest) -> random.Random:
    """Chance that decides everything in one test: the same seed, the same decisions."""
    return random.Random(f"{SEED} {request.node.name}")


@pytest.fixture
def seconds(request: pytest.FixtureRequest) -> float:
    """The share of the time that one test may take."""
    return MINUTES * 60 / len(request.session.items)
