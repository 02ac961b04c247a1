"""Background tasks: what is sent is what a worker knows, and somebody listens to every queue."""

import ast
import shlex
from pathlib import Path

import yaml

from examday.domain.jobs import Task
from examday.resources import PACKAGES
from examday.settings import Settings
from examday.station.parts import parts
from tests.program import nodes
from workers.app import VISIBILITY_S, app
from workers.schedule import SCHEDULE


def calls_of_enqueue() -> list[tuple[str, ast.expr]]:
    """The first argument of each call of `enqueue` in the program, with its place."""
    return [
        (f"{path.relative_to(PACKAGES)}:{node.lineno}", node.args[0])
        for folder in ("examday", "workers")
        for path in sorted((PACKAGES / folder).rglob("*.py"))
        for node in nodes(path)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "enqueue"
    ]


def queues() -> set[str]:
    """The queues that tasks are routed to."""
    app.loader.import_default_modules()
    return {app.amqp.router.route({}, task)["queue"].name for task in Task}


def listens_to(argv: list[str]) -> set[str]:
    """The queues that a worker started like this listens to."""
    for flag in ("-Q", "--queues"):
        if flag in argv:
            return set(argv[argv.index(flag) + 1].split(","))
    return {app.conf.task_default_queue}


def test_workers_know_exactly_the_tasks_that_have_a_name() -> None:
    app.loader.import_default_modules()
    assert {name for name in app.tasks if not name.startswith("celery.")} == set(Task)


def test_no_call_sends_a_task_by_a_loose_string() -> None:
    found = calls_of_enqueue()
    assert found
    assert [place for place, name in found if isinstance(name, (ast.Constant, ast.JoinedStr))] == []


def test_rows_of_the_outbox_of_earlier_versions_still_have_their_task() -> None:
    stored = "intake.process reading.read braille.read braille.backs retention.remove"
    assert set(stored.split()) <= set(Task)


def test_the_clock_starts_only_tasks_that_a_worker_knows() -> None:
    assert {entry["task"] for entry in SCHEDULE.values()} <= set(Task)


def test_every_queue_has_a_worker_in_the_station(tmp_path: Path) -> None:
    running = parts(Settings(data=tmp_path))
    heard = [listens_to(part.argv) for part in running if "worker" in part.argv]
    assert queues() <= set().union(*heard)


def test_every_queue_has_a_worker_in_the_compose_file() -> None:
    services = yaml.safe_load((PACKAGES / "docker-compose.yml").read_text(encoding="utf-8"))[
        "services"
    ]
    commands = [service.get("command", []) for service in services.values()]
    split = [shlex.split(c) if isinstance(c, str) else c for c in commands]
    assert queues() <= set().union(*(listens_to(c) for c in split if "worker" in c))


def test_the_broker_gives_no_running_task_to_a_second_worker() -> None:
    """It does so with a message that a worker has kept for longer than it is told to wait."""
    for name in Task:
        task = app.tasks[name]
        limit = task.time_limit or app.conf.task_time_limit
        assert limit < VISIBILITY_S or task.acks_late is False, name
