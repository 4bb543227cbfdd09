#!/bin/sh
# Install Debian packages, as root on a machine with apt-get: make/debian.sh PACKAGE ...
# Elsewhere, and when it does not work, it fails; the caller says what is then missing.
set -eu
[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || exit 1
echo "installing Debian's $*" >&2
export DEBIAN_FRONTEND=noninteractive

# A package of PostgreSQL makes a cluster of its own and starts it, unless it is told not to. Ours are made elsewhere.
no_cluster=/etc/postgresql-common/createcluster.d/tsunagu.conf
mkdir -p "${no_cluster%/*}"
echo "create_main_cluster = false" >"$no_cluster"
# Nor does any package start a service of its own, as nginx would on port 80.
no_service=/usr/sbin/policy-rc.d
if [ -e "$no_service" ]; then no_service=; else
    printf '#!/bin/sh\nexit 101\n' >"$no_service"
    chmod 755 "$no_service"
fi
trap 'rm -f "$no_cluster" $no_service; rmdir -p "${no_cluster%/*}" 2>/dev/null || true' EXIT

report=$(mktemp)
install_all() { apt-get install -qq -y --no-install-recommends "$@" </dev/null >"$report" 2>&1; }
# The lists may be missing or old; fetching them is tried only where they do not do.
install_all "$@" || { apt-get update -qq </dev/null >/dev/null 2>&1 || true; install_all "$@"; } || {
    tail -n 5 "$report" >&2
    echo "apt-get could not install all of: $*" >&2
    exit 1
}
rm -f "$report"
