#!/bin/sh
# Makes .venv from the hashed locks and looks for the system packages. Run it as often as you like: when nothing
# changed it does nothing. `--dev` adds what the tests need. Only the first run needs the network.
set -eu
cd "$(dirname "$0")/.."

dev=no
[ "${1:-}" = "--dev" ] && dev=yes

say() { printf '%s\n' "examday: $*" >&2; }

# Python ------------------------------------------------------------------------------------------------------------
find_python() {
    for candidate in "${EXAMDAY_PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11; do
        [ -n "$candidate" ] || continue
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return 0
        fi
    done
    return 1
}

# System packages ---------------------------------------------------------------------------------------------------
debian_missing() {
    for package in "$@"; do
        status=$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null || true)
        case "$status" in *"ok installed") ;; *) printf '%s ' "$package" ;; esac
    done
}

# Installs what is missing when we may, else prints the one line to type. Never stops the set-up by itself: without
# tesseract the station runs, the hint of recognition is off and `examday doctor` says so.
want_packages() {
    if ! command -v dpkg-query >/dev/null 2>&1; then
        command -v tesseract >/dev/null 2>&1 || say "not a Debian system: install Tesseract with Russian by hand (optional)"
        return 0
    fi
    missing=$(debian_missing "$@")
    [ -n "$missing" ] || return 0
    line="apt-get update && apt-get install -y --no-install-recommends ${missing% }"
    tried=".venv/.packages-tried"
    if [ "$(id -u)" != 0 ] || { [ -f "$tried" ] && [ -n "$(find "$tried" -mmin -720)" ]; }; then
        say "system packages are missing; as root type:  $line"
        return 0
    fi
    say "installing system packages: ${missing% }"
    # RUNLEVEL=1 keeps Debian from starting a database service of its own: the tests only use its programs.
    told=$(mktemp)
    # shellcheck disable=SC2086
    if ! { DEBIAN_FRONTEND=noninteractive apt-get update -q &&
           RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends $missing; } >"$told" 2>&1; then
        tail -n 3 "$told" >&2
        say "could not install them; going on without. When there is a network, type as root:  $line"
        [ -d .venv ] && : >"$tried"
    fi
    rm -f "$told"
}

make_venv() {
    if "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        "$python" -m venv .venv && return 0
    fi
    want_packages python3-venv
    if "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        "$python" -m venv .venv && return 0
    fi
    if "$python" -c 'import pip, venv' 2>/dev/null; then  # a system pip can fill an environment without one of its own
        "$python" -m venv --without-pip .venv
        "$python" -m pip --python .venv/bin/python install --quiet --disable-pip-version-check --ignore-installed pip && return 0
    fi
    say "cannot make a Python environment: the venv module is missing. As root type:  apt-get install -y python3-venv"
    exit 1
}

# Python packages ---------------------------------------------------------------------------------------------------
digest() { cat "$@" | sha256sum | cut -d' ' -f1; }

sync() {  # $1 = stamp, $2 = lock, $3 = what the stamp says, $4 = modules to load besides ours
    say "installing Python packages of $2"
    if [ ! -x .venv/bin/uv ] || [ "$(cat .venv/.stamp-bootstrap 2>/dev/null)" != "$(digest bootstrap.lock)" ]; then
        .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r bootstrap.lock
        digest bootstrap.lock >.venv/.stamp-bootstrap
    fi
    # The build backend stays beside them: our own package is built without fetching anything.
    .venv/bin/uv pip sync --quiet --python .venv/bin/python --require-hashes bootstrap.lock "$2"
    .venv/bin/uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable .
    # One look at everything writes the compiled modules, even where the environment forbids it later (containers do):
    # each of the station's processes then starts in a third of the time.
    env -u PYTHONDONTWRITEBYTECODE .venv/bin/python -c "import examday.cli, examday.web.app, workers.tasks, $4" \
        >/dev/null 2>&1 || say "the program does not load yet; \`examday doctor\` tells why"
    printf '%s\n' "$3" >"$1"
}

python=$(find_python) || { say "Python 3.11 or newer is needed. As root type:  apt-get install -y python3 python3-venv"; exit 1; }
if [ ! -x .venv/bin/python ] || ! .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    rm -rf .venv
    make_venv
fi

dev_now=$(digest bootstrap.lock requirements-dev.lock pyproject.toml)
run_now=$(digest bootstrap.lock requirements.lock pyproject.toml)
if [ "$dev" = yes ] || [ -f .venv/.stamp-dev ]; then  # a developer's environment stays one when the station is run
    [ "$(cat .venv/.stamp-dev 2>/dev/null)" = "$dev_now" ] || sync .venv/.stamp-dev requirements-dev.lock "$dev_now" "pytest, hypothesis, xdist"
else
    [ "$(cat .venv/.stamp-run 2>/dev/null)" = "$run_now" ] || sync .venv/.stamp-run requirements.lock "$run_now" "alembic.command"
fi

want_packages tesseract-ocr tesseract-ocr-rus
[ "$dev" = no ] || want_packages chromium poppler-utils postgresql liblouis20 liblouis-data
# Apart: where a mirror lacks it the tests take Chromium itself, which eats a quarter more of the processor.
[ "$dev" = no ] || want_packages chromium-headless-shell
# Apart, so that a mirror without them keeps nothing else away: only `make release-check` and `make soak` use them.
[ "$dev" = no ] || want_packages caddy strace
