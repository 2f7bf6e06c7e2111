#!/usr/bin/env bash
# Install a list of requirements into .venv, which is made first if it is not there.
# usage: scripts/packages.sh requirements.txt
set -euo pipefail
cd "$(dirname "$0")/.."
list="$1"
torch="$(grep -E '^torch==' requirements.txt)"

fail() {
    echo "$*" >&2
    exit 1
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        sudo -n "$@"
    else
        return 1
    fi
}

find_python() {
    local name
    for name in python3.11 python3 python3.12 python3.13 python3.14; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    fail "Glassbox needs Python 3.11 or newer, and there is none on the PATH."
}

# Debian keeps ensurepip, without which no environment gets pip, in a package of its own.
need_venv() {
    "$1" -c 'import ensurepip, venv' 2>/dev/null && return
    local package
    package="$("$1" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
    echo "Installing $package ..."
    { as_root apt-get update -qq && as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq "$package"; } >/dev/null 2>&1 || true
    "$1" -c 'import ensurepip, venv' 2>/dev/null ||
        fail "Python's venv module is missing: install it with: sudo apt-get install $package"
}

if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    python="$(find_python)"
    need_venv "$python"
    echo "Making .venv with $("$python" --version) ..."
    "$python" -m venv --clear .venv
fi

pip=(.venv/bin/python -m pip --disable-pip-version-check --quiet install)
echo "Installing $list (some minutes the first time) ..."
# Torch goes first and by itself: only for torch is the extra index asked.
"${pip[@]}" ${TORCH_INDEX:+--extra-index-url "$TORCH_INDEX"} "$torch"
"${pip[@]}" -r "$list"
