"""How an exam point is told apart from others, and what is said of a code or a time zone that is none."""

import pytest

from examday.domain.errors import Invalid
from examday.domain.people.sites import check_zone, site_key


@pytest.mark.parametrize("typed", ["770412", " 770412 ", "ППЭ0412", "7" * 16])
def test_a_code_of_letters_and_digits_is_kept(typed: str) -> None:
    assert site_key(typed) == typed.strip()


@pytest.mark.parametrize("typed", ["", "77-0412", "77 0412", "7" * 17, "../up"])
def test_another_code_is_refused_at_its_entry_with_an_example(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        site_key(typed)
    said = refused.value
    assert said.message == "The code of a point has letters and digits, at most 16."
    assert (said.field, said.advice) == ("key", "Write point 0412 of region 77 as 770412.")


def test_a_time_zone_that_there_is_is_taken_and_another_is_named() -> None:
    assert check_zone("Asia/Yekaterinburg") == "Asia/Yekaterinburg"
    with pytest.raises(Invalid) as refused:
        check_zone("Europe/Москва")
    said = refused.value
    assert said.message % said.params == "There is no time zone «Europe/Москва»."
    assert said.field == "zone"
    assert said.advice == "Write it as in Europe/Moscow or Asia/Yekaterinburg."
