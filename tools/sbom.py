"""Write what a station is made of as a CycloneDX bill of materials: make sbom → dist/examday.cdx.json

Packages as they are locked, with the digests of the files that may be installed; fonts and weights
with their own. Not in it: Python, the Debian packages that `tools/setup.sh` asks for, and what is
compiled into a wheel (the licence column names the large parts).
"""

import hashlib
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import shipped
from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import LicenseExpression
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from packageurl import PackageURL

TARGET = shipped.ROOT / "dist" / "examday.cdx.json"


def bill() -> Bom:
    """Return the bill of materials of this checkout."""
    project = tomllib.loads((shipped.ROOT / "pyproject.toml").read_text(encoding="utf-8"))[
        "project"
    ]
    parts = list(components())
    bom = Bom(components=parts)
    bom.metadata.component = Component(
        name=project["name"],
        version=project["version"],
        type=ComponentType.APPLICATION,
        licenses=[LicenseExpression(project["license"])],
    )
    bom.register_dependency(bom.metadata.component, parts)
    return bom


def components() -> Iterator[Component]:
    """Return one component for each package, file of others and set of weights."""
    for package in shipped.packages():
        yield Component(
            name=package.name,
            version=package.version,
            bom_ref=f"{package.name}=={package.version}",
            purl=PackageURL("pypi", None, package.name, package.version),
            # One that nobody has looked up is left out: an empty one would be read as «none needed».
            licenses=[LicenseExpression(said)] if (said := shipped.licence(package.name)) else [],
            properties=[Property(name="locked-file-sha256", value=d) for d in package.digests],
        )
    for file in shipped.files():
        yield Component(
            name=file.path,
            version=file.version,
            type=ComponentType.FILE,
            bom_ref=file.path,
            licenses=[LicenseExpression(file.licence)],
            hashes=[_sha256(file.sha256)],
        )
    for path in shipped.weights():
        name = path.relative_to(shipped.ROOT).as_posix()
        card = path.with_name("MODEL_CARD.md").relative_to(shipped.ROOT).as_posix()
        yield Component(
            name=name,
            type=ComponentType.MACHINE_LEARNING_MODEL,
            bom_ref=name,
            hashes=[_sha256(hashlib.sha256(path.read_bytes()).hexdigest())],
            # No licence is claimed here: of some sets it is not settled, as the card says.
            properties=[Property(name="model-card", value=card)],
        )


def _sha256(digest: str) -> HashType:
    return HashType(alg=HashAlgorithm.SHA_256, content=digest)


def main(target: Path = TARGET) -> None:
    """Write the bill; say where it lies."""
    target.parent.mkdir(exist_ok=True)
    out = make_outputter(bill(), OutputFormat.JSON, SchemaVersion.V1_6)
    out.output_to_file(str(target), allow_overwrite=True, indent=2)
    print(target)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
