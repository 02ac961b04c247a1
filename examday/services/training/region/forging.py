"""Bundles that a station would not write today."""

import json
import zipfile
from pathlib import Path

from examday.services.ledger import bundle_zip
from examday.services.unit_of_work import Store

SIGNED = ("manifest.json", "signature.txt")


def of_program(
    stick: Path,
    station: Store,
    form: str,
) -> Path:
    """The same bundle as a program with this form of the records would have written and signed it."""
    target = stick.with_suffix(f".{form}.zip")
    with zipfile.ZipFile(stick) as source, zipfile.ZipFile(target, "w") as out:
        for name in source.namelist():
            if name not in SIGNED:
                bundle_zip.put(out, name, [source.read(name)])
        manifest = json.loads(source.read("manifest.json"))
        bundle_zip.put_manifest(out, station.settings.keys, manifest | {"form": form})
    return target
