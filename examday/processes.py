"""A process that must not outlive the one that started it."""

import ctypes
import os
import signal

PR_SET_PDEATHSIG = 1
"""From linux/prctl.h; Python's library does not have it."""
_libc = ctypes.CDLL(
    None, use_errno=True
)  # loaded at import: nothing may be loaded between fork and exec


def die_with_parent(parent: int | None = None) -> None:
    """Ask the kernel to kill this process when its parent ends, however that ends (kill -9 too).

    Linux only; elsewhere nothing happens. `parent` is the pid the caller was started by: when it is
    gone already, end at once.
    """
    if not hasattr(_libc, "prctl"):
        return
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    # Between fork and prctl the parent may have ended: the kernel then sends nothing.
    if parent is not None and os.getppid() != parent:
        os._exit(1)
