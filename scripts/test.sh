#!/usr/bin/env bash
# Every test that is not slow: first those without a browser, on all processors; then the browser's,
# two files at a time, each with a server and a browser of its own, for they mostly wait.
# usage: scripts/test.sh [options of pytest]
set -uo pipefail
cd "$(dirname "$0")/.."
NONE=5 # pytest's exit status where nothing was selected, as -k may do to one half

.venv/bin/python -m pytest -q -n logical --maxprocesses 8 -m "not slow and not e2e" "$@" tests
first=$?
.venv/bin/python -m pytest -q -n 2 --dist loadfile -m "e2e and not slow" "$@" tests
second=$?
if [ $first -eq $NONE ]; then exit $second; fi
if [ $second -eq $NONE ] || [ $first -ne 0 ]; then exit $first; fi
exit $second
