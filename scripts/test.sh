#!/usr/bin/env bash
# Every test that is not slow: first those without a browser, on all processors; then the browser's,
# three at a time, each with a server and a browser of its own, for they mostly wait; last those that
# measure what a visitor waits for, one by one.
# usage: scripts/test.sh [options of pytest]
set -uo pipefail
cd "$(dirname "$0")/.."
NONE=5 # pytest's exit status where nothing was selected, as -k may do to a part

worst=$NONE
part() {
    .venv/bin/python -m pytest -q "$@" tests
    local status=$?
    if [ $status -ne $NONE ] && { [ $worst -eq $NONE ] || [ $worst -eq 0 ]; }; then worst=$status; fi
}

part -n logical --maxprocesses 8 --dist loadgroup -m "not slow and not e2e" "$@"
part -n 3 --dist loadgroup -m "e2e and not alone and not slow" "$@"
part -m "e2e and alone and not slow" "$@"
exit $worst
