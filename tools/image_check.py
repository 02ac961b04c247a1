"""Builds the image of the Dockerfile without a registry and without a daemon, and runs the commands of
docker-compose.yml inside it: `make image-check`.

The base comes from Debian's own packages (mmdebstrap), under the name that the Dockerfile asks for.
Containers are buildah's with chroot isolation: the network is the computer's, no limits are set.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from shutil import which

ROOT = Path(__file__).parents[1]
NEEDED = {"buildah": "buildah", "podman": "podman", "mmdebstrap": "mmdebstrap"}
"""Program → Debian's package, to say what is missing."""
DEBIAN = "localhost/examday-debian:bookworm"
BASE = "docker.io/library/python:3.11-slim-bookworm"
IMAGE = "localhost/examday:0.1.0"
INCLUDE = "python3,python3-venv,python3-pip,ca-certificates"
TRUST = ("SSL_CERT_DIR", "PIP_FIND_LINKS", "PIP_CONFIG_FILE")
"""Settings that say what this computer trusts and where it gets packages: mounted while the image is
built, and no part of it."""
USUAL = ("/etc/ssl/certs", "/etc/pip.conf")
BUILD = ("buildah", "build", "--isolation=chroot", "--network=host", "--pull-never")
"""Nothing is fetched while it is checked: what is missing must fail here, not at a point without
network."""


def main() -> None:
    """Build, then run the tests of a region with every command inside the image."""
    missing = [package for program, package in NEEDED.items() if which(program) is None]
    if missing:
        sys.exit(f"image-check needs packages of Debian: apt-get install {' '.join(missing)}")
    # A kernel without overlays in a container has this driver all the same.
    os.environ.setdefault("STORAGE_DRIVER", "vfs")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        _base(place)
        _image(place)
    tests = [sys.executable, "-m", "pytest", "tests/station/test_region.py", *sys.argv[1:]]
    done = subprocess.run(tests, cwd=ROOT, env={**os.environ, "EXAMDAY_IMAGE": IMAGE}, check=False)
    _tidy()
    sys.exit(done.returncode)


def _base(place: Path) -> None:
    """Debian with Python, unless it is there from an earlier run."""
    there = subprocess.run(["buildah", "inspect", BASE], capture_output=True, check=False)
    if there.returncode == 0:
        return
    tar = place / "base.tar"
    _run("mmdebstrap", "--variant=minbase", f"--include={INCLUDE}", "bookworm", str(tar))
    _run("podman", "import", str(tar), DEBIAN)
    recipe = place / "Base"
    # Debian calls it python3; the Dockerfile asks for python.
    recipe.write_text(f"FROM {DEBIAN}\nRUN ln -s /usr/bin/python3 /usr/local/bin/python\n")
    _run(*BUILD, "-t", BASE, "-f", str(recipe), str(place))


def _image(place: Path) -> None:
    """The image of the files that git knows, as they lie here."""
    source = place / "source"
    source.mkdir()
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    copying = ["tar", "-C", str(ROOT), "--null", "-T", "-", "-cf", "-"]
    packed = subprocess.run(copying, input=listed.stdout, capture_output=True, check=True)
    subprocess.run(["tar", "-x", "-C", str(source)], input=packed.stdout, check=True)
    trust = place / "uv.toml"
    trust.write_text("system-certs = true\n")
    places = {*USUAL, *(os.environ.get(name, "") for name in TRUST)}
    there = sorted(one for one in places if one.startswith("/") and Path(one).exists())
    mounts = [(str(trust), "/etc/uv/uv.toml"), *((one, one) for one in there)]
    volumes = [f"--volume={here}:{within}:ro" for here, within in mounts]
    _run(*BUILD, *volumes, "-t", IMAGE, str(source))


def _tidy() -> None:
    """Remove the containers that the tests made, and no other of this account."""
    told = [
        "buildah",
        "containers",
        "--noheading",
        "--notruncate",
        "--format",
        "{{.ContainerID}} {{.ImageName}}",
    ]
    found = subprocess.run(told, check=False, capture_output=True, text=True).stdout
    ours = [line.split()[0] for line in found.splitlines() if line.split()[1:] == [IMAGE]]
    if ours:
        subprocess.run(["buildah", "rm", *ours], check=False, capture_output=True)


def _run(*command: str) -> None:
    print("image-check:", *command, flush=True)
    subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
