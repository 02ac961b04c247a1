"""A number with a fraction in a message has the sign of the reader's language."""

import pytest

from examday.domain.messages import N_
from examday.i18n import gettext, language, spoken

TOO_FAR = N_("The rows lie %(mm)s mm off their places: the sheet is folded or it is another form.")


@pytest.mark.parametrize(("code", "written"), [("ru", "1,6 мм"), ("en", "1.6 mm")])
def test_millimetres_of_a_message_are_written_as_in_the_language(code: str, written: str) -> None:
    language.set(code)
    assert written in gettext(TOO_FAR, **spoken({"mm": 1.6}))


def test_whole_numbers_and_what_people_typed_stay_as_they_are() -> None:
    params = {"count": 3, "text": "7.5", "flag": True, "size": 2.0}
    assert spoken(params) == {"count": 3, "text": "7.5", "flag": True, "size": "2"}
