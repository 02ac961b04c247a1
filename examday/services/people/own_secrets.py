"""Own secrets: what a password and a PIN must be, and how a person sets them."""

from examday.domain.errors import Invalid
from examday.domain.events import Event
from examday.domain.messages import N_
from examday.services.people import hashes
from examday.services.people.hashes import hash_secret
from examday.services.people.sessions import end_sessions
from examday.services.unit_of_work import UnitOfWork
from examday.storage.tables import Person

PASSWORD_MIN = 8
"""Characters; ASVS 5.0, 6.2.1 asks for eight at least."""
PIN_MIN, PIN_MAX = 4, 8
"""Digits: few enough to be typed at each signature, since ten wrong tries lock the account."""
NOT_THE_SAME = N_("The two entries are not the same.")
NOT_THE_SAME_ADVICE = N_("Type the new secret twice, the same both times.")


def check_password(password: str, login: str) -> None:
    """Raise Invalid when the password is too short or too long, or holds the login."""
    if len(password) < PASSWORD_MIN:
        raise Invalid(
            N_("The password is too short."),
            field="password",
            advice=N_("Use at least %(least)s characters; a short sentence is easy to remember."),
            params={"least": PASSWORD_MIN},
        )
    if len(password) > hashes.LONGEST:
        # The rest would not be hashed: two passwords that begin alike would be the same.
        raise Invalid(
            N_("The password is too long."),
            field="password",
            advice=N_("At most %(most)s characters count; use a shorter one."),
            params={"most": hashes.LONGEST},
        )
    if login and login.lower() in password.lower():
        raise Invalid(
            N_("The password contains the login."),
            field="password",
            advice=N_("Choose a password that others cannot guess from your login."),
        )


def check_pin(pin: str) -> None:
    """Raise Invalid unless the PIN is fit for use.

    It has 4 to 8 digits that are not all the same nor counted up or down.
    """
    if not (pin.isascii() and pin.isdigit() and PIN_MIN <= len(pin) <= PIN_MAX):
        raise Invalid(
            N_("A PIN has %(least)s to %(most)s digits."),
            field="pin",
            advice=N_("Use digits only."),
            params={"least": PIN_MIN, "most": PIN_MAX},
        )
    steps = {int(b) - int(a) for a, b in zip(pin, pin[1:], strict=False)}
    # 1111, 1234 and 4321 are what guesses begin with.
    if len(steps) == 1 and steps <= {-1, 0, 1}:
        raise Invalid(
            N_("This PIN is too easy to guess."),
            field="pin",
            advice=N_("Choose digits that are not equal and not in a row."),
        )


def set_own_secrets(
    uow: UnitOfWork,
    person_id: str,
    password: str,
    pin: str,
) -> Person:
    """Own password and own PIN, at first use or later.

    The page has just checked the present password.
    """
    person = uow.hold(Person, person_id)
    check_password(password, person.login)
    check_pin(pin)
    if hashes.matches(uow.settings, person.password_hash, password):
        raise Invalid(
            N_("This is still the old password."), field="password", advice=N_("Choose a new one.")
        )
    # Where the account is kept: a guest changes it, the point where the guest serves does not.
    with uow.looking_at(person.site):
        person.password_hash, person.pin_hash = (
            hash_secret(uow.settings, password),
            hash_secret(uow.settings, pin),
        )
        person.must_change = False
    # Whoever knew the old password may be logged in somewhere.
    end_sessions(uow, person.id)
    uow.record(Event.PERSON_OWN_SECRETS, f"person:{person.id}")
    return person
