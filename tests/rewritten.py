"""The test modules of a fresh clone, rewritten once for all workers of a run."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from _pytest.assertion import rewrite


def share(config: pytest.Config, left_out: Callable[[Path], object]) -> None:
    """Rewrite the part of this worker. pytest rewrites the asserts of each module that it loads and
    keeps the result; workers that load the same modules in the same order would each rewrite all
    of them side by side, which costs a push a minute of processor time."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if workers == 1 or sys.dont_write_bytecode:
        return
    own = int(os.environ["PYTEST_XDIST_WORKER"].removeprefix("gw"))
    for path in sorted(set(_asked_for(config)))[own::workers]:
        kept = rewrite.get_cache_dir(path) / (path.stem + rewrite.PYC_TAIL)
        if not left_out(path) and rewrite._read_pyc(path, kept) is None:
            kept.parent.mkdir(exist_ok=True)
            digest, code = rewrite._rewrite_test(path, config)
            rewrite._write_pyc(config.stash[rewrite.assertstate_key], code, digest, kept)


def _asked_for(config: pytest.Config) -> Iterator[Path]:
    for named in config.args:
        path = config.invocation_params.dir / named.partition("::")[0]
        yield from path.rglob("test_*.py") if path.is_dir() else [path]
