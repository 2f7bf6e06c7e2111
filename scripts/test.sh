#!/usr/bin/env bash
# Every test that is not slow: first those without a browser, on all processors; then the browser's,
# two at a time, each with a server and a browser of its own, for they often wait; last those that
# measure what a visitor waits for, one by one. A browser test that failed beside another is run once
# more by itself: what fails there has failed.
# usage: scripts/test.sh [options of pytest]
set -uo pipefail
cd "$(dirname "$0")/.."
NONE=5 # pytest's exit status where nothing was selected, as -k may do to a part
BROWSER="e2e and not alone and not slow"

worst=$NONE
tests() {
    .venv/bin/python -m pytest -q "$@" tests
}
count() { # a part's exit status: the first that is a failure stays
    if [ "$1" -ne $NONE ] && { [ $worst -eq $NONE ] || [ $worst -eq 0 ]; }; then worst=$1; fi
}

tests -n logical --maxprocesses 8 --dist loadgroup -m "not slow and not e2e" "$@"
count $?
tests -n 2 --dist loadgroup -m "$BROWSER" "$@"
status=$?
if [ $status -eq 1 ]; then
    echo "Once more, each by itself:"
    tests --last-failed --last-failed-no-failures none -m "$BROWSER" "$@"
    status=$?
fi
count $status
tests -m "e2e and alone and not slow" "$@"
count $?
exit $worst
