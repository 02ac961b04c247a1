"""Accounts from the command line.

They are for the specialist at the station's own computer when nobody can log in.
"""

from pathlib import Path

import click

from examday.commands.options import data_option, settings_of, site_option
from examday.commands.store import COMMAND_LINE, opened, person_named
from examday.domain.people.roles import ROLE_NAMES
from examday.i18n import gettext as _
from examday.services.people import accounts, directory, first_head, log_in, sites


@click.group(
    help=_("Accounts: list them, make the first head of the point, give a new one-time password.")
)
def people() -> None:
    """Group of the commands below."""


@people.command("list", help=_("Everybody, with login, roles and state."))
@data_option
@site_option
def list_(data: Path | None, site: str) -> None:
    with opened(settings_of(data=data), site) as store, store.read() as uow:
        for person in directory.list_people(uow):
            state = (
                _("closed")
                if person.disabled
                else _("locked")
                if log_in.locked(uow, person)
                else ""
            )
            there = sorted(sites.roles_at(uow, person, uow.site))
            roles = ", ".join(_(ROLE_NAMES[role]) for role in there)
            click.echo(f"{person.login:<16} {person.name} — {roles} {state}".rstrip())


@people.command(
    help=_("Make the account of the head of the point, once; password and PIN are asked for.")
)
@data_option
@site_option
@click.argument("login")
@click.argument("name")
def head(
    data: Path | None,
    site: str,
    login: str,
    name: str,
) -> None:
    password = click.prompt(_("Password"), hide_input=True, confirmation_prompt=_("Password again"))
    pin = click.prompt(_("PIN for signing"), hide_input=True)
    with opened(settings_of(data=data), site) as store, store.begin(COMMAND_LINE) as uow:
        first_head.create_head(uow, login, name, password, pin)
    click.echo(_("The account of the head is made: %(login)s", login=login))


@people.command(
    help=_("A new one-time password for somebody who cannot log in, the only head included.")
)
@data_option
@click.argument("login")
def reset(data: Path | None, login: str) -> None:
    with opened(settings_of(data=data)) as store, store.begin(COMMAND_LINE) as uow:
        person = person_named(uow, login)
        password = accounts.reset_secret(uow, person.id)
    click.echo(_("One-time password of %(name)s", name=login) + ": " + password)
