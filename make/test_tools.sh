#!/bin/sh
# Install what the tests compare with and Python's registry does not have; where that may not be done, say what is
# missing and what is therefore skipped.
set -eu

missing=
has_postgres() { ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; }
command -v fpcalc >/dev/null || missing="$missing libchromaprint-tools"
has_postgres || missing="$missing postgresql"
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing Debian's$missing for the tests" >&2
    # The tests make a cluster of their own; the package would otherwise make one more, and start it.
    no_cluster=/etc/postgresql-common/createcluster.d/tsunagu-tests.conf
    mkdir -p "${no_cluster%/*}"
    echo "create_main_cluster = false" >"$no_cluster"
    trap 'rm -f "$no_cluster"' EXIT
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086 # several packages
    apt_install() { apt-get install -qq -y --no-install-recommends $missing </dev/null >/dev/null 2>&1; }
    apt_install || { apt-get update -qq || true; apt_install; } || echo "apt-get could not install:$missing" >&2
fi

command -v fpcalc >/dev/null || cat >&2 <<'TEXT'
MISSING: fpcalc (Debian: libchromaprint-tools). The tests that hold our sound fingerprints to it will be SKIPPED.
TEXT
has_postgres || cat >&2 <<'TEXT'
MISSING: a PostgreSQL server of this machine (Debian: postgresql). The tests that run on it will be SKIPPED;
those on the server that comes with the wheel run all the same.
TEXT
