"""Bundles that a changed program of a known station has written and signed."""

import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from examday.domain.ledger import canonical
from examday.services.ledger import bundle_zip
from examday.services.ledger.checkpoints import sign_bytes
from examday.services.unit_of_work import Store

Edit = Callable[[dict[str, Any]], dict[str, Any]]


def members_of(bundle: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(bundle) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def forged(
    station: Store,
    bundle: Path,
    changed: dict[str, bytes | None] | None = None,
    said: Edit = lambda told: told,
    spelt: Callable[[object], str] = canonical,
) -> Path:
    """The bundle with other members (None: gone), whose manifest says `said`, spelt so, and is signed."""
    parts = members_of(bundle)
    manifest = json.loads(parts.pop("manifest.json"))
    del parts["signature.txt"]
    for name, content in (changed or {}).items():
        parts.pop(name) if content is None else parts.update({name: content})
    manifest["files"] = {name: hashlib.sha256(c).hexdigest() for name, c in parts.items()}
    written = spelt(said(manifest)).encode()
    parts["manifest.json"] = written
    parts["signature.txt"] = (sign_bytes(station.settings.keys, written) + "\n").encode()
    target = bundle.with_name("forged.zip")
    with zipfile.ZipFile(target, "w") as out:
        for name, content in parts.items():
            bundle_zip.put(out, name, [content])
    return target


def chained(content: bytes, edit: Edit) -> tuple[bytes, str]:
    """The entries, each edited and the chain computed anew; and the hash of the last one."""
    lines, root = list[bytes](), ""
    for line in content.splitlines():
        said = edit(json.loads(line))
        said["prev"] = root or said["prev"]
        said.pop("hash")
        root = said["hash"] = hashlib.sha256(canonical(said).encode()).hexdigest()
        lines.append((canonical(said) + "\n").encode())
    return b"".join(lines), root
