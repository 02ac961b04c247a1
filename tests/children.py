"""The limited child's part, done in the test's own process: its whole answer, without its limits.

For tests of what files say. Starting a child costs a third of a second, fifty times a module, and
what runs in one counts in no measurement of coverage. Real children: `tests/jobs/test_confined.py`.
"""

import importlib
import io
import json
import sys
import threading
from collections.abc import Mapping

import pytest

from examday import confined

ONE_STDIN = threading.Lock()
"""A process has one standard input: files that arrive at once are opened one after the other."""


def in_this_process(
    target: str, arguments: Mapping[str, object], _budget: confined.Budget, data: bytes | None
) -> confined._Told:
    """Call the function, and tell its answer or refusal as a child does."""
    module, _, name = target.partition(":")
    function = getattr(importlib.import_module(module), name)
    with ONE_STDIN, pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data or b"")))
        said = json.dumps(confined._answer(function, arguments))
    return confined._Told(0, 0.0, confined.READY + said.encode(), b"")
