#!/bin/sh
# Install a lock file into a virtual environment, which is made if need be: make/venv.sh FOLDER LOCK [pip options]
# Plain pip, so that this machine's own settings for it (index, certificates, proxy) hold. `--no-compile` and one
# parallel compilation afterwards, of what is new, take less time than pip's own; it has to be done here, since the
# dedicated users who run parts of the program may not write byte code.
set -eu
venv=$1 lock=$2
shift 2
python=${PYTHON:-python3}

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || {
    echo "Tsunagu needs Python 3.11 or newer; '$python' is not. Name another one: make PYTHON=python3.12 ..." >&2
    exit 1
}

has_venv() { "$python" -c 'import ensurepip, venv' 2>/dev/null; }
has_venv || make/debian.sh python3-venv || true
has_venv || {
    echo "Python's venv module is missing. On Debian: apt-get install python3-venv" >&2
    exit 1
}

# A folder that is there is not enough: it is broken when the Python that it was made with is gone.
if ! "$venv/bin/python" -c 'import pip' 2>/dev/null; then
    echo "making $venv" >&2
    "$python" -m venv --clear "$venv"
fi

echo "installing $lock into $venv" >&2
# pip's warnings tell of this machine's settings (an index folder that lacks a package), not of the lock.
# Packages that are built here find their builders on the path.
PATH="$PWD/$venv/bin:$PATH" "$venv/bin/python" -m pip --disable-pip-version-check --no-input install \
    --quiet --quiet --no-deps --no-compile --require-hashes "$@" -r "$lock"
# A package may ship a file that is no Python at all; nobody can compile that one, and nobody needs it.
compiled=$venv/.compiled
stamp=$(mktemp)
set -- ! -path '*/test/*' ! -path '*/tests/*'
[ ! -e "$compiled" ] || set -- "$@" -cnewer "$compiled"
find "$venv/lib" -name '*.py' "$@" -print0 |
    xargs -0 -r -n 200 -P "$(nproc)" "$venv/bin/python" -m compileall -qq 2>/dev/null || true
mv "$stamp" "$compiled"
