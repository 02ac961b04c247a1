"""What a rule says when it refuses: looked at whole, with its words in the catalogue."""

from collections.abc import Callable
from typing import Any

import pytest

from examday.domain.errors import DomainError
from examday.i18n import catalogue


def refused(
    kind: type[DomainError], rule: Callable[..., object], *given: Any
) -> tuple[str, str, dict[str, Any]]:
    """Code, field and values of a refusal that has a sentence and an advice of its own, in Russian."""
    with pytest.raises(kind) as caught:
        rule(*given)
    error = caught.value
    for text, usual in ((error.message, kind.message), (error.advice, kind.advice)):
        assert text != usual, "the sentence of the class says nothing of this rule"
        assert catalogue("ru").gettext(text) != text, f"no words for {text!r}"
    assert all(value is not None for value in error.params.values())
    return error.code, error.field, dict(error.params)
