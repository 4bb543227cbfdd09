"""Attaching to a cluster, and becoming a node of one: a closed network, a token, and nobody told of it.

Whoever may speak to Ray may run what he likes as the user of every node: it unpickles what it is sent. So it always
asks for a token, and beyond one machine for TLS as well.
"""

from __future__ import annotations

import os
import secrets
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import chdir, contextmanager, suppress
from ipaddress import IPv4Address, ip_address
from pathlib import Path
from typing import Any, Final, NoReturn

from tsunagu.domain.errors import InputError, Unavailable

_HERE: Final = IPv4Address("127.0.0.1")
"""The one address at which Ray listens for nobody else."""
NAMESPACE: Final = "tsunagu"
OBJECT_BYTES: Final = 256 << 20
"""Shared memory of a node for what goes between nodes: answers alone, never media."""
_ALWAYS: Final = {
    "RAY_AUTH_MODE": "token",
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_USAGE_STATS_PROMPT_ENABLED": "0",
    "RAY_task_events_report_interval_ms": "0",  # no list of what was examined when
    "RAY_prestart_worker_first_driver": "0",  # one for each processor, of which half would never be asked
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
}
_LISTENS_HERE: Final = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}
"""On every system: without it Ray takes 127.0.0.1 for the machine's outer address, and listens at all of them."""
_TLS_FILES: Final = ("RAY_TLS_SERVER_CERT", "RAY_TLS_SERVER_KEY", "RAY_TLS_CA_CERT")
_HANDED_ON: Final = ("HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "NUMBA_CACHE_DIR", "PATH", "TMPDIR", "TZ")
_TOKEN_BYTES: Final = 32
_LARGEST_PORT: Final = 65_535
_OURS: Final = "/"
"""A folder in which nobody but the system's own user puts what could be taken for a module."""
_HEARD_S: Final = 10.0


def require_closed(address: str, environ: Mapping[str, str]) -> None:
    """Refuse an address that leads out of this machine, unless what goes there is encrypted.

    Args:
        address: `HOST:PORT`, the host as a number.
        environ: where Ray looks for its certificates.

    Raises:
        InputError: the address is none, or what goes there would be read by others.
    """
    host, _, port = address.rpartition(":")
    try:
        is_here = ip_address(host) == _HERE
    except ValueError:
        raise InputError("the address of a cluster is a number and a port, such as 127.0.0.1:6379") from None
    if not (port.isdecimal() and int(port) <= _LARGEST_PORT):
        raise InputError("the address of a cluster ends with its port, such as 127.0.0.1:6379")
    if is_here or _has_tls(environ):
        return
    raise InputError(
        "this address is not of this machine, and RAY_USE_TLS and its three files are not set: docs/scale.md says how"
    )


def become_node(address: str, *, own: str | None, token: Path, environ: Mapping[str, str]) -> NoReturn:
    """Become a node: the first one, which listens at `address`, or one more that joins there as `own`.

    It inherits of the environment what Ray and our kernels need, and nothing that opens a database.

    Raises:
        InputError: an address is none, or leads out of this machine without encryption.
        Unavailable: Ray is not installed, or the token is open to others.
    """
    require_closed(address, environ)
    host, _, port = address.rpartition(":")
    if own is None:
        place = ["--head", f"--node-ip-address={host}", f"--port={port}", "--include-dashboard=false"]
    elif own == str(_HERE):
        raise InputError("a second node belongs on a second machine: join by the address that the others know it by")
    else:
        require_closed(f"{own}:0", environ)
        place = [f"--address={address}", f"--node-ip-address={own}"]
    handed_on = {name: text for name, text in environ.items() if name in _HANDED_ON or name.startswith("RAY_")}
    needed = handed_on | environment_of(address, token, environ, may_make=own is None)
    imported()
    always = [
        "--block",
        "--disable-usage-stats",
        "--include-log-monitor=false",
        f"--object-store-memory={OBJECT_BYTES}",
    ]
    boot = "from ray.scripts.scripts import main; main()"
    # -P: modules are not looked for in the folder in which this is begun, which may hold what was seized.
    os.execve(sys.executable, [sys.executable, "-P", "-c", boot, "start", *place, *always], needed)  # noqa: S606 - no shell


@contextmanager
def attached(address: str, *, token: Path, environ: Mapping[str, str]) -> Iterator[Any]:
    """Attach to the cluster at `address`, and yield Ray; leave it at the end.

    Raises:
        InputError: it leads out of this machine, or has a node elsewhere, without encryption.
        Unavailable: Ray is not installed, nobody answers, or not to this token.
    """
    require_closed(address, environ)
    os.environ.update(environment_of(address, token, environ, may_make=False))
    ray = imported()
    _require_heard(address)
    # Ray would tell every node the command line of who attaches, in which a case is named.
    ray._private.utils.get_entrypoint_name = lambda: NAMESPACE  # noqa: SLF001 - it has no other way
    try:
        with chdir(
            _OURS
        ):  # every node looks for modules first where the one who attaches stands: not in what was seized
            ray.init(address, namespace=NAMESPACE, log_to_driver=False, logging_level="ERROR", configure_logging=True)
    except (ConnectionError, RuntimeError, ValueError, ray.exceptions.RayError) as error:
        raise Unavailable("no cluster answers at this address, or not to this token: see `cluster node`") from error
    try:
        for node in ray.nodes():
            if node["Alive"]:
                require_closed(f"{node['NodeManagerAddress']}:0", environ)
        yield ray
    finally:
        ray.shutdown()


def _require_heard(address: str) -> None:
    """Ask whether anybody listens, for Ray would wait ten minutes for him."""
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), _HEARD_S).close()
    except OSError as error:
        raise Unavailable("no cluster listens at this address: `cluster node` starts one") from error


def environment_of(address: str, token: Path, environ: Mapping[str, str], *, may_make: bool) -> dict[str, str]:
    """Return what Ray has to find in its environment.

    Args:
        address: of the first node.
        token: the file, which an environment may replace that names another.
        environ: may name another.
        may_make: whether it is made where it is missing.

    Raises:
        Unavailable: there is none, or others may read it.
    """
    always = _ALWAYS | (_LISTENS_HERE if address.startswith(f"{_HERE}:") else {})
    if "RAY_AUTH_TOKEN" in environ or "RAY_AUTH_TOKEN_PATH" in environ:
        return always
    if may_make:
        token.parent.mkdir(mode=0o700, exist_ok=True)
        with suppress(FileExistsError), open(token, "x", opener=_private, encoding="ascii") as file:
            file.write(secrets.token_hex(_TOKEN_BYTES))
    try:
        is_open = bool(token.stat().st_mode & 0o077)
    except OSError as error:
        raise Unavailable("this home has no token of a cluster: bring it from the first node's") from error
    if is_open:
        raise Unavailable("the token of the cluster is open to others: make it mode 0600, and a new one")
    return {**always, "RAY_AUTH_TOKEN_PATH": str(token)}


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _has_tls(environ: Mapping[str, str]) -> bool:
    return environ.get("RAY_USE_TLS") == "1" and all(Path(environ.get(name, "/")).is_file() for name in _TLS_FILES)


def imported() -> Any:
    """Return Ray.

    Raises:
        Unavailable: it is not installed.
    """
    try:
        import ray  # noqa: PLC0415 - 240 MB that nobody else needs
    except ImportError as error:
        raise Unavailable("Ray is not installed here: docs/scale.md says how") from error
    return ray
