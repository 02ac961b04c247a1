"""The exam points of a region, for the specialist at the centre. A station needs none of this."""

from pathlib import Path

import click

from examday.commands.options import data_option, settings_of
from examday.commands.store import COMMAND_LINE, opened, person_named
from examday.domain.people.roles import Role
from examday.i18n import gettext as _
from examday.services.people.sites import add_site, all_sites
from examday.services.people.sites import leave as leave_site
from examday.services.people.sites import serve as serve_at


@click.group(help=_("Exam points of a region: list and add them, say who serves where."))
def sites() -> None:
    """Group of the commands below."""


@sites.command("list", help=_("All points, with code, time zone and name."))
@data_option
def list_(data: Path | None) -> None:
    with opened(settings_of(data=data)) as store, store.read() as uow:
        for site in all_sites(uow):
            click.echo(f"{site.key:<16} {site.zone:<20} {site.name}")


@sites.command(help=_("Add a point: its code (letters and digits), its name, its time zone."))
@data_option
@click.argument("key")
@click.argument("name")
@click.option("--zone", default="Europe/Moscow", show_default=True)
def add(
    data: Path | None,
    key: str,
    name: str,
    zone: str,
) -> None:
    with opened(settings_of(data=data)) as store, store.begin(COMMAND_LINE) as uow:
        site = add_site(uow, key, name, zone)
    click.echo(_("The point is there. Its head: examday people head --site %(key)s", key=site.key))


@sites.command(help=_("Let somebody work at one more point."))
@data_option
@click.argument("login")
@click.argument("key")
@click.option(
    "--role",
    "roles",
    multiple=True,
    type=click.Choice(sorted(role.value for role in Role if role is not Role.SYSTEM)),
    help=_("A role at that point, once for each; without any, the roles of the account."),
)
def serve(data: Path | None, login: str, key: str, roles: tuple[str, ...]) -> None:
    with opened(settings_of(data=data)) as store, store.begin(COMMAND_LINE) as uow:
        serve_at(uow, person_named(uow, login), key, [Role(role) for role in roles])


@sites.command(help=_("End somebody's work at a point; what was signed there stays."))
@data_option
@click.argument("login")
@click.argument("key")
def leave(data: Path | None, login: str, key: str) -> None:
    with opened(settings_of(data=data)) as store, store.begin(COMMAND_LINE) as uow:
        leave_site(uow, person_named(uow, login), key)
