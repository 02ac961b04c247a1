"""Commands by which a station and its centre get to know each other."""

from collections.abc import Mapping
from pathlib import Path

import click

from examday.commands.letters import read_letter, write_and_tell
from examday.commands.options import data_option, settings_of
from examday.commands.store import COMMAND_LINE, opened
from examday.domain.travel.letters import ANSWER, INVITATION
from examday.domain.travel.spoken import fingerprint
from examday.i18n import gettext as _
from examday.services.travel import enrolment, inviting, joining, renewal, stations

LETTER = click.Path(dir_okay=False, exists=True, path_type=Path)


@click.group(
    help=_("A station and its centre get to know each other: invite, join, confirm, renew, revoke.")
)
def enrol() -> None:
    """Group of the commands below."""


@enrol.command(help=_("At the centre: write the invitation for a station of a point."))
@data_option
@click.argument("point")
@click.option("--to", "target", type=click.Path(dir_okay=False, path_type=Path), required=True)
def invite(data: Path | None, point: str, target: Path) -> None:
    with opened(settings_of(data=data)) as store, store.begin(COMMAND_LINE) as uow:
        letter = inviting.invite(uow, point)
        write_and_tell(letter, target)
    click.echo(
        _(
            "Bring it to the point. There: examday enrol join %(file)s --to answer.json",
            file=target.name,
        )
    )


@enrol.command(help=_("At the station: take the invitation in and write the answer."))
@data_option
@click.argument("letter", type=LETTER)
@click.option("--to", "target", type=click.Path(dir_okay=False, path_type=Path), required=True)
def join(data: Path | None, letter: Path, target: Path) -> None:
    said = read_letter(letter, (INVITATION,))
    with opened(settings_of(data=data)) as store:
        with store.begin(COMMAND_LINE) as uow:
            answer = joining.join(uow, said)
        write_and_tell(answer, target)
    _tell_words(answer)
    click.echo(_("Bring the file to the centre, and read these words out when it calls."))


@enrol.command(
    help=_(
        "At the station: make a new key, and write the letter about it, which the old key has signed. As "
        "long as the centre has not confirmed it, the same letter is written again."
    )
)
@data_option
@click.option("--to", "target", type=click.Path(dir_okay=False, path_type=Path), required=True)
def renew(data: Path | None, target: Path) -> None:
    with opened(settings_of(data=data)) as store:
        letter = renewal.renew(store, COMMAND_LINE)
        write_and_tell(letter, target)
    _tell_words(letter)
    click.echo(
        _(
            "Bring the file to the centre (examday enrol confirm), and read these words out when it calls. "
            "Until then it takes nothing of this station in. Write the new key down for the auditors: "
            "%(key)s",
            key=letter["public_key"],
        )
    )


@enrol.command(help=_("At the centre: take a station's answer in, after the words were compared."))
@data_option
@click.argument("letter", type=LETTER)
@click.option("--words", default=None, help=_("What the point has read out; asked for otherwise."))
def confirm(data: Path | None, letter: Path, words: str | None) -> None:
    said = read_letter(letter, (ANSWER,))
    if words is None:
        words = click.prompt(_("Call the point. Type the words that it reads out"))
    with opened(settings_of(data=data)) as store, store.begin(COMMAND_LINE) as uow:
        station = enrolment.confirm(uow, said, words)
        told = {"station": station.id, "point": station.point}
    click.echo(_("The station %(station)s of the point %(point)s may send from now on.", **told))


@enrol.command(help=_("At the centre: take nothing of a station in any more."))
@data_option
@click.argument("station")
def revoke(data: Path | None, station: str) -> None:
    with opened(settings_of(data=data)) as store, store.begin(COMMAND_LINE) as uow:
        revoked = enrolment.revoke(uow, station)
        told = {"station": revoked.id, "point": revoked.point}
    click.echo(_("The station %(station)s of the point %(point)s is revoked.", **told))


@enrol.command(
    help=_(
        "At the centre: let a revoked station send again, when its laptop is back and works on it never came."
    )
)
@data_option
@click.argument("station")
@click.option("--reason", required=True, help=_("Where the laptop was, and who has it now."))
@click.option("--words", default=None, help=_("What the point has read out; asked for otherwise."))
def restore(
    data: Path | None,
    station: str,
    reason: str,
    words: str | None,
) -> None:
    if words is None:
        words = click.prompt(_("Call the point. Type the words that it reads out"))
    with opened(settings_of(data=data)) as store, store.begin(COMMAND_LINE) as uow:
        found = enrolment.restore(uow, station, words, reason)
        told = {"station": found.id, "point": found.point}
    click.echo(_("The station %(station)s of the point %(point)s may send from now on.", **told))


@enrol.command("list", help=_("At the centre: all stations; at a station: its centre."))
@data_option
def list_(data: Path | None) -> None:
    with opened(settings_of(data=data)) as store, store.read() as uow:
        for station in stations.all_of(uow):
            key = stations.key_of(uow, station.id)
            words = " ".join(fingerprint(key)) if key else "—"
            state = _("revoked") if station.revoked_at else _("may send") if key else _("invited")
            click.echo(f"{station.id}  {station.point:<16} {state:<16} {words}")
        centre = joining.centre_of(uow)
        if centre is not None:
            click.echo(f"{centre.id}  {centre.point:<16} {centre.name}")


def _tell_words(letter: Mapping[str, object]) -> None:
    click.echo(
        _("Words of the key: %(words)s", words=" ".join(fingerprint(str(letter["public_key"]))))
    )
