"""What the parts of an installation share beside the database, as the settings say where it lies."""

from examday.settings import Settings
from examday.storage.objects.base import Objects
from examday.storage.objects.folder import Folder
from examday.storage.objects.pictures import PictureFolder, Pictures


def originals(settings: Settings) -> Objects:
    """Scans as they came in."""
    return Folder(settings.objects)


def prints(settings: Settings) -> Objects:
    """Print-outs as they were made."""
    # Built anew one would show today's state, and a paper that somebody brings could not be
    # compared with it.
    return Folder(settings.var / "prints")


def pictures(settings: Settings) -> Pictures:
    """The pictures made from the scans."""
    return PictureFolder(settings.derived)
