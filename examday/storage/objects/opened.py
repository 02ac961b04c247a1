"""What the parts of an installation share beside the database, as the settings say where it lies."""

from pathlib import Path

from examday.settings import Settings
from examday.storage.objects.base import Objects, Stored
from examday.storage.objects.bucket import Bucket, PictureBucket, Place
from examday.storage.objects.folder import Folder
from examday.storage.objects.pictures import PictureFolder, Pictures

__all__ = ["Stored", "in_folder", "originals", "pictures", "place_of", "prints", "uploads"]


def originals(settings: Settings) -> Objects:
    """Scans as they came in."""
    place = place_of(settings)
    return Bucket(settings.objects, place, "originals") if place else Folder(settings.objects)


def in_folder(folder: Path) -> Objects:
    """The objects in a folder of a backup."""
    return Folder(folder)


def prints(settings: Settings) -> Objects:
    """Print-outs as they were made."""
    # Built anew one would show today's state, and a paper that somebody brings could not be
    # compared with it.
    place = place_of(settings)
    return Bucket(settings.prints, place, "prints") if place else Folder(settings.prints)


def uploads(settings: Settings) -> Objects:
    """Tables of the plan that wait for their confirmation."""
    place, folder = place_of(settings), settings.kept / "uploads"
    return Bucket(folder, place, "uploads") if place else Folder(folder)


def pictures(settings: Settings) -> Pictures:
    """The pictures made from the scans."""
    place = place_of(settings)
    return PictureBucket(settings.derived, place) if place else PictureFolder(settings.derived)


def place_of(settings: Settings) -> Place | None:
    """The bucket of an installation whose parts share no disk; None where a folder keeps all."""
    if settings.bucket is None:
        return None
    name, prefix = settings.bucket
    return Place(
        name,
        prefix,
        settings.objects_endpoint,
        settings.objects_region,
        settings.objects_key,
        settings.objects_secret,
    )
