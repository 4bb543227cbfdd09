#!/bin/sh
# Install Tsunagu out of an unpacked bundle, without a network: sh install.sh [FOLDER], by default /opt/tsunagu.
# FOLDER has to be readable to everybody: the database and the decoder run as users of their own. An installation that
# stands there is replaced; state lies elsewhere, in TSUNAGU_HOME, and is not touched.
set -eu
umask 022
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-/opt/tsunagu}
python=${PYTHON:-python3}

cd "$here"
sha256sum --quiet --strict --check SHA256SUMS || { echo "the bundle was damaged or changed: nothing was installed" >&2; exit 1; }
wanted=$(cat python-version)
found=$("$python" -c 'import sys, sysconfig; print("%d.%d" % sys.version_info[:2], sysconfig.get_platform())')
[ "$found" = "$wanted" ] || {
    echo "the bundle is for Python $wanted; '$python' is $found. Name another one: PYTHON=… sh install.sh" >&2
    exit 1
}
"$python" -c 'import ensurepip, venv' 2>/dev/null || { echo "Python's venv module is missing (Debian: python3-venv)" >&2; exit 1; }

"$python" -m venv --clear "$folder"
pip() { "$folder/bin/python" -m pip --disable-pip-version-check --no-input --quiet --isolated "$@"; }
pip install --no-index --find-links wheels --no-deps --no-compile --require-hashes -r requirements.lock
pip install --no-index --no-deps --no-compile wheels/tsunagu-*.whl
# Here and now: the users that run parts of the program may write nothing.
"$folder/bin/python" -m compileall -qq -j 0 -x '/tests?/' "$folder/lib" 2>/dev/null || true
"$folder/bin/tsunagu" --version
echo "installed in $folder; next: docs/operations.md"
