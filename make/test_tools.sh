#!/bin/sh
# Install what the tests compare with and a lock cannot bring; where that may not be done, say what is missing and
# which tests are therefore skipped: make/test_tools.sh FOLDER_OF_THE_VIRTUAL_ENVIRONMENT
set -eu
venv=$1

has_fpcalc() { command -v fpcalc >/dev/null; }
has_postgres() { ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; }
has_chromium() { command -v chromium >/dev/null; }
has_nginx() { [ -x /usr/sbin/nginx ]; }
has_japanese() { ls /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc >/dev/null 2>&1; }
has_pdqhash() { "$venv/bin/python" -c 'import pdqhash' 2>/dev/null; }
has_compiler() { command -v g++ >/dev/null; }
has_headers() {
    "$venv/bin/python" -c 'import sys, sysconfig, pathlib; sys.exit(
        not (pathlib.Path(sysconfig.get_path("include", vars={"installed_base": sys.base_prefix})) / "Python.h").exists())'
}

missing=
has_fpcalc || missing="$missing libchromaprint-tools"
has_postgres || missing="$missing postgresql"
has_chromium || missing="$missing chromium"
has_nginx || missing="$missing nginx"
has_japanese || missing="$missing fonts-noto-cjk"
if ! has_pdqhash; then
    has_compiler || missing="$missing g++"
    has_headers || missing="$missing python3-dev"
fi
# shellcheck disable=SC2086 # several packages
[ -z "$missing" ] || make/debian.sh $missing || true

if ! has_pdqhash && has_compiler && has_headers; then
    echo "building pdqhash" >&2
    make/venv.sh "$venv" make/builders.lock &&
        make/venv.sh "$venv" make/oracle.lock --no-build-isolation || true
fi

say_missing() { printf 'MISSING: %s\n         %s will be SKIPPED.\n' "$1" "$2" >&2; }
has_fpcalc || say_missing "fpcalc (Debian: libchromaprint-tools)." "The tests that hold sound fingerprints to it"
has_postgres || say_missing "a PostgreSQL server of this machine (Debian: postgresql)." "The tests that run on it"
has_chromium || say_missing "chromium (Debian: chromium)." "Every test that works with pages in a browser"
has_nginx || say_missing "nginx (Debian: nginx)." "The test of the web server in front"
has_japanese || printf 'MISSING: fonts-noto-cjk. Japanese pages are tried all the same, drawn with empty boxes.\n' >&2
has_pdqhash || say_missing "pdqhash (to build it, Debian: g++ python3-dev)." "The tests that hold PDQ to it"
