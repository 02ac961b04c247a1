"""The program's own web server in a thread of the test, ended so that nothing of it lives on."""

import contextlib
import threading
from collections.abc import Iterator
from typing import Any

import waitress
from waitress import wasyncore

ENDS_WITHIN_S = 30.0


@contextlib.contextmanager
def served(app: Any, threads: int = 4) -> Iterator[str]:
    """The address of the application behind waitress, on a free port of this machine.

    `server.close()` alone goes on answering browsers that are connected already, and each answer
    writes a byte into the number of the closed pipe. By then that number may be a database of
    another test: it ended as «locking protocol» in SQLite or as a PostgreSQL that fell silent.
    """
    server = waitress.create_server(
        app,
        host="127.0.0.1",
        port=0,
        threads=threads,
        ident="examday",
    )
    runner = threading.Thread(target=server.run, daemon=True)
    runner.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        # Those who answer first: they are who writes into the pipe.
        server.task_dispatcher.shutdown(timeout=ENDS_WITHIN_S)
        # In the thread of the server, so that it does not wait for numbers that are closed. It may be
        # awake already: behind the lock it cannot close the pipe before it has been woken through it.
        with server.trigger.lock:
            server.trigger.thunks.append(lambda: wasyncore.close_all(server._map, ignore_all=True))
            server.trigger.pull_trigger()
        runner.join(ENDS_WITHIN_S)
        assert not runner.is_alive(), "the web server of a test lives on"
