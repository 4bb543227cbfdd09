#!/bin/sh
# Install a lock file and the project into a virtual environment: make/venv.sh FOLDER LOCK
# Plain pip, so that this machine's own settings for it (index, certificates, proxy) hold. `--no-compile` and one
# parallel compilation afterwards take half the time of pip's own, and the dedicated users who run parts of the
# program may not write byte code themselves.
set -eu
venv=$1 lock=$2
python=${PYTHON:-python3}

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || {
    echo "Tsunagu needs Python 3.11 or newer; '$python' is not. Name another one: make PYTHON=python3.12 ..." >&2
    exit 1
}

if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "Python's venv module is missing: installing Debian's python3-venv" >&2
        export DEBIAN_FRONTEND=noninteractive
        apt-get install -qq -y python3-venv >/dev/null 2>&1 </dev/null ||
            { apt-get update -qq && apt-get install -qq -y python3-venv >/dev/null </dev/null; }
    fi
    "$python" -c 'import ensurepip, venv' || {
        echo "Python's venv module is missing. On Debian: apt-get install python3-venv" >&2
        exit 1
    }
fi

# `test -x` on the link is not enough: it dangles when the interpreter it was made with is gone.
if ! "$venv/bin/python" -c 'import pip' 2>/dev/null; then
    echo "making $venv" >&2
    "$python" -m venv --clear "$venv"
fi

pip() { "$venv/bin/python" -m pip --disable-pip-version-check --no-input "$@"; }

echo "installing $lock into $venv" >&2
# pip's warnings tell of this machine's settings (an index folder that lacks a package), not of the lock.
pip install --quiet --quiet --no-deps --no-compile --require-hashes -r "$lock"
pip install --quiet --quiet --no-deps --no-compile --no-build-isolation --editable .
# A package may ship a file that is no Python at all; it is then compiled by nobody, as with pip.
"$venv/bin/python" -m compileall -qq -j 0 -x '/tests?/' "$venv/lib" || true
