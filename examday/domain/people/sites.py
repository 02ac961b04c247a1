"""Exam points of one installation: how they are told apart."""

from zoneinfo import available_timezones

from examday.domain.errors import Invalid
from examday.domain.identity import clean
from examday.domain.messages import N_

EVERYWHERE = ""
"""Instead of a site: the installation itself. A station is nothing else; in a region it is the
centre, whose people see all points."""
LONGEST_KEY = 16


def site_key(typed: str) -> str:
    """Return the code of a point as it is kept: letters and digits alone, it stands in commands.

    Invalid otherwise.
    """
    key = clean(typed)
    if not (key.isalnum() and len(key) <= LONGEST_KEY):
        raise Invalid(
            N_("The code of a point has letters and digits, at most 16."),
            field="key",
            advice=N_("Write point 0412 of region 77 as 770412."),
        )
    return key


def check_zone(zone: str) -> str:
    """Return the name of a time zone that exists; Invalid otherwise."""
    if zone not in available_timezones():
        raise Invalid(
            N_("There is no time zone «%(zone)s»."),
            field="zone",
            advice=N_("Write it as in Europe/Moscow or Asia/Yekaterinburg."),
            params={"zone": zone},
        )
    return zone
