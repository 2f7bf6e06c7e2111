#!/usr/bin/env bash
# Find a browser for the tests, or install one: the system's, else Debian's, else Playwright's.
# Where none can be had the tests that need it fail and say so; none is skipped.
set -uo pipefail
cd "$(dirname "$0")/.."

found() {
    command -v chromium || command -v google-chrome || command -v google-chrome-stable
}

debian() {
    command -v apt-get || return 1
    local root=()
    if [ "$(id -u)" -ne 0 ]; then
        sudo -n true || return 1
        root=(sudo -n)
    fi
    "${root[@]}" apt-get update -qq
    # The fonts, because a bare Debian has none and pages would be measured without text.
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core
}

found >/dev/null && exit 0
.venv/bin/python - <<'PYTHON' && exit 0
import sys
from pathlib import Path
from playwright.sync_api import sync_playwright

with sync_playwright() as p:
    sys.exit(not Path(p.chromium.executable_path).exists())
PYTHON
echo "Installing a browser for the tests ..."
debian >/dev/null 2>&1 && found >/dev/null && exit 0
.venv/bin/playwright install chromium chromium-headless-shell && exit 0
echo "There is no browser, so the tests that need one will fail." \
    "Install one with: sudo apt-get install chromium" >&2
exit 0
