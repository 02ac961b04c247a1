"""The one place that reads the configuration: parsed once, frozen, every wrong variable named at
once.
"""

import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypedDict, Unpack
from zoneinfo import ZoneInfo

from examday.resources import station_folder

SHORTEST_SECRET = 32
"""Characters of a secret that closes the keys: as many hex digits hold 128 bits."""


def _yes(raw: str) -> bool:
    """Read "1"/"0" and "yes"/"no" as a truth value."""
    if raw.lower() not in ("1", "0", "yes", "no"):
        raise ValueError(raw)
    return raw.lower() in ("1", "yes")


def _first_line(file: str, wrong: list[str], variable: str) -> str:
    """Read a setting from a file, where secrets do not stand in the list of processes."""
    try:
        with Path(file).open(encoding="utf-8") as opened:
            line = opened.readline().rstrip("\r\n")
    except (OSError, ValueError):
        line = ""
    if not line:  # named all the same, so an empty file does not mean «not set»
        wrong.append(f"{variable}={file!r}")
    return line


def _count(raw: str) -> int:
    """Read a number of things, which cannot be less than none."""
    if int(raw) < 0:
        raise ValueError(raw)
    return int(raw)


def _place_of_objects(raw: str) -> str:
    """Read where scans, pictures and print-outs lie: file:/FOLDER or s3://BUCKET[/PREFIX]."""
    kind, _, rest = raw.partition(":")
    folder = rest.removeprefix("//")
    if not (kind == "file" and folder.startswith("/")) and not (
        kind == "s3" and rest.startswith("//") and folder.partition("/")[0]
    ):
        raise ValueError(raw)
    return raw.rstrip("/")


def _long_secret(raw: str) -> str:
    """Read a secret that nobody can guess: 32 characters or more."""
    if len(raw) < SHORTEST_SECRET:
        raise ValueError(raw)
    return raw


def _address(raw: str) -> str:
    """Read host:port as it is, checked."""
    host, _, port = raw.rpartition(":")
    if not host or not 0 < int(port) < 65536:
        raise ValueError(raw)
    return raw


def _from_variables(env: Mapping[str, str]) -> dict[str, Any]:
    """The settings that the environment names, as keyword arguments of `Settings`."""
    values: dict[str, Any] = {}
    wrong: list[str] = []
    for name, kind in KINDS.items():
        variable = f"EXAMDAY_{name.upper()}"
        raw = env.get(variable)
        if not raw and (file := env.get(f"{variable}_FILE")):
            variable = f"{variable}_FILE"
            raw = _first_line(file, wrong, variable)
        try:
            # An empty variable means «not set»: compose files write them so.
            if raw:
                values[name] = kind(raw)
        except ValueError:
            wrong.append(f"{variable}={raw!r}")
    if wrong:
        raise ValueError("not usable: " + ", ".join(wrong))
    return values


def _with_password(settings: "Settings") -> str:
    """The address of the database with the password that came apart from it."""
    url, password = settings.database_url, settings.database_password
    if not (url and password):
        return url
    from sqlalchemy.engine import make_url  # not loaded above: `examday --help` needs no database

    return make_url(url).set(password=password).render_as_string(hide_password=False)


def _check_bucket(values: Mapping[str, object]) -> None:
    """ValueError names what is missing to open a bucket."""
    if not str(values.get("objects_url", "")).startswith("s3:"):
        return
    wanted = ("objects_key", "objects_secret", "keys_secret")
    missing = [f"EXAMDAY_{name.upper()}" for name in wanted if not values.get(name)]
    if missing:
        raise ValueError("EXAMDAY_OBJECTS_URL names a bucket, which needs " + ", ".join(missing))


class Overrides(TypedDict, total=False):
    """Settings of the command line; None leaves what the environment says."""

    data: Path | None
    database_url: str | None
    database_password: str | None
    broker_url: str | None
    objects_url: str | None
    objects_endpoint: str | None
    objects_region: str | None
    objects_key: str | None
    objects_secret: str | None
    keys_secret: str | None
    host: str | None
    port: int | None
    language: str | None
    zone: str | None
    reserve_mb: int | None
    rest_s: int | None
    argon2_cost: int | None
    saturday_works: bool | None
    hands: bool | None
    metrics: str | None
    proxies: int | None
    centre_url: str | None
    centre_ca: Path | None


KINDS: Mapping[str, Callable[[str], Path | str | int | bool]] = {
    "data": Path,
    "database_url": str,
    "database_password": str,
    "broker_url": str,
    "objects_url": _place_of_objects,
    "objects_endpoint": str,
    "objects_region": str,
    "objects_key": str,
    "objects_secret": str,
    "keys_secret": _long_secret,
    "host": str,
    "port": int,
    "language": str,
    "zone": str,
    "reserve_mb": int,
    "rest_s": int,
    "argon2_cost": int,
    "saturday_works": _yes,
    "hands": _yes,
    "metrics": _address,
    "proxies": _count,
    "centre_url": str,
    "centre_ca": Path,
}
"""How each variable EXAMDAY_* is read; ValueError for a text that cannot be used."""


@dataclass(frozen=True)
class Settings:
    """All settings.

    `data` holds everything that one station keeps: `scans/` (people's side) and `var/` (ours).
    """

    data: Path = field(default_factory=station_folder)
    database_url: str = field(default="", repr=False)
    """Empty on a laptop, whose SQLite file lies in the data folder; a region names PostgreSQL, with
    its password, so it is left out where settings are printed."""
    database_password: str = field(default="", repr=False)
    """Put into the address of the database, so that it can come from a file of its own."""
    broker_url: str | None = field(default=None, repr=False)
    """None for the private broker of this station, which no other account can reach; a region
    shares one."""
    objects_url: str = ""
    """Where scans, pictures and print-outs lie, file:/FOLDER or s3://BUCKET[/PREFIX]: parts of a
    region share no disk. Empty for the data folder."""
    objects_endpoint: str = ""
    """Address of the server that speaks S3: a region may run one of its own. Empty for that of the
    region's name."""
    objects_region: str = "us-east-1"
    objects_key: str = ""
    objects_secret: str = field(default="", repr=False)
    keys_secret: str = field(default="", repr=False)
    """Closes the keys of the station where they lie in a bucket, whose owner must not sign with
    them."""
    # Only this computer unless somebody says otherwise.
    host: str = "127.0.0.1"
    port: int = 8450
    language: str = "ru"
    # Of the point, not of the computer: laptops travel with the wrong zone.
    zone: str = "Europe/Moscow"
    # Free MiB below which no more scans are taken: the database needs room to finish the day.
    reserve_mb: int = 2048
    # Seconds without change after which a file in the hot folder counts as complete: half a scan
    # would be set aside as damaged.
    rest_s: int = 6
    # About a quarter of a second for each check on a laptop; tests take 1.
    argon2_cost: int = 3
    # A matter of the region: some have counted Saturday as a working day [57].
    saturday_works: bool = False
    hands: bool = True
    """Whether the reader learns the copyist's hand of the day; EXAMDAY_HANDS=no switches it off. Nothing
    of it is stored: cells that people have confirmed serve as examples."""
    metrics: str = ""
    """host:port at which this part gives figures to a monitor; empty for none, so that no port is
    open without need."""
    proxies: int = 0
    """How many proxies of ours stand before the pages: what they say of who asks, and how, is
    believed. 0: nobody's word is."""
    centre_url: str = ""
    """Where this station sends to over the network: https://…; empty where there is a stick
    alone."""
    centre_ca: Path | None = None
    """Certificate (PEM) that the centre's own is signed with: a region has an authority of its own.
    None for those of this computer."""

    @classmethod
    def from_env(
        cls, env: Mapping[str, str] | None = None, **overrides: Unpack[Overrides]
    ) -> "Settings":
        """Read EXAMDAY_* variables; `overrides` (command-line options) win.

        ValueError names every bad variable.
        """
        values = _from_variables(os.environ if env is None else env)
        values |= {name: value for name, value in overrides.items() if value is not None}
        _check_bucket(values)
        settings = replace(cls(), **values)
        data = Path(settings.data).resolve()
        return replace(
            settings,
            data=data,
            database_url=_with_password(settings) or f"sqlite:///{data / 'var' / 'examday.sqlite'}",
        )

    @property
    def time_zone(self) -> ZoneInfo:
        """The zone of the point: the days and times of day that people see are counted in it."""
        return ZoneInfo(self.zone)

    @property
    def var(self) -> Path:
        """The folder of all that only the program writes."""
        return self.data / "var"

    @property
    def mark(self) -> str:
        """What tells this data folder from others on this computer: 16 hex digits.

        A page names it, so that one station is not taken for another. The folder's device and
        number are unlike a name in it: a copied folder has others, a moved mount keeps them. They
        are hashed because strangers see the page.
        """
        seen = self.var.stat()
        return hashlib.sha256(f"{seen.st_dev}:{seen.st_ino}".encode()).hexdigest()[:16]

    @property
    def inbox(self) -> Path:
        """The hot folder: scanners and people drop files here."""
        return self.data / "scans" / "inbox"

    @property
    def forms(self) -> Path:
        """Form layouts that a technician of this station added: next year's forms."""
        return self.data / "forms"

    @property
    def quarantine(self) -> Path:
        """Files that could not be accepted, each beside its reason."""
        return self.data / "scans" / "quarantine"

    @property
    def bucket(self) -> tuple[str, str] | None:
        """Name and prefix of the bucket that keeps scans, pictures and print-outs; None for a folder."""
        kind, _, rest = self.objects_url.partition("://")
        if kind != "s3":
            return None
        name, _, prefix = rest.partition("/")
        return name, prefix

    @property
    def kept(self) -> Path:
        """Folder of scans, pictures and print-outs; where a bucket keeps them, of what is on its way."""
        if self.bucket or not self.objects_url:
            return self.var
        return Path(self.objects_url.removeprefix("file:").removeprefix("//"))

    @property
    def objects(self) -> Path:
        """Originals, unchanged, under their SHA-256."""
        return self.kept / "objects"

    @property
    def prints(self) -> Path:
        """Print-outs as they were made, under their SHA-256."""
        return self.kept / "prints"

    @property
    def derived(self) -> Path:
        """Previews and crops; may be deleted and made again."""
        return self.kept / "derived"

    def derived_of(self, sha256: str) -> Path:
        """Where the pictures made from a file lie: <n>.grey.jpg and <n>.preview.jpg."""
        return self.derived / sha256[:2] / sha256

    @property
    def keys(self) -> Path:
        """Signing and session keys, mode 0600."""
        return self.var / "keys"

    def make_folders(self) -> None:
        """Create the folders a station needs; new ones are for the owner alone."""
        self.data.mkdir(
            mode=0o700,
            parents=True,
            exist_ok=True,
        )
        for folder in (
            self.inbox.parent,
            self.var,
            self.kept,
            self.inbox,
            self.quarantine,
            self.objects,
            self.derived,
            self.keys,
        ):
            folder.mkdir(mode=0o700, exist_ok=True)
