"""What most tests of scans start from: people at a point, and its head."""

from collections.abc import Callable

import pytest

from examday.domain.people.roles import Actor
from examday.services.people.directory import actor_of
from examday.services.unit_of_work import Store
from examday.storage.tables import Person
from tests.transfer_day import Hands, hands


@pytest.fixture
def crew(store: Store, add_person: Callable[..., Person]) -> Hands:
    return hands(store, add_person)


@pytest.fixture
def head(crew: Hands) -> Actor:
    return actor_of(crew.people["head"])
