"""Two people at once, on both databases: one effect, the later one is told in words, and the last one completes."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from examday.domain.appeal.case import Kind
from examday.domain.appeal.hearing import Outcome
from examday.domain.errors import Conflict, DomainError
from examday.services.appeals import cases, decisions, hearings, orders
from examday.storage.tables import Booklet, Person
from examday.storage.tables_appeal import Appeal, CaseVote, OrderStep, ProtocolSignature
from examday.storage.uow import Store, UnitOfWork
from tests.integration.test_appeal_services import PIN, commission, heard, signed, state, world  # noqa: F401
