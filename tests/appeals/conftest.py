"""What the tests of cases share that reach over two stations."""

import pytest

from examday.services.unit_of_work import Store
from tests.travel import two_ends


@pytest.fixture
def centre(store: Store) -> Store:
    """The centre of one point."""
    two_ends.add_point(store, two_ends.POINT)
    return store
