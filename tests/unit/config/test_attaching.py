"""Attaching to a cluster: by a token always, beyond this machine encrypted only, and without what opens a database."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from tsunagu.config.cluster import attaching
from tsunagu.config.cluster.attaching import attached, become_node, environment_of, require_closed
from tsunagu.domain.errors import InputError, Unavailable

HERE = "127.0.0.1:6379"


@pytest.fixture
def tls(tmp_path: Path) -> dict[str, str]:
    files = {name: tmp_path / name for name in ("RAY_TLS_SERVER_CERT", "RAY_TLS_SERVER_KEY", "RAY_TLS_CA_CERT")}
    for one in files.values():
        one.touch()
    return {"RAY_USE_TLS": "1", **{name: str(file) for name, file in files.items()}}


@pytest.mark.parametrize("address", ["10.0.0.7:6379", "0.0.0.0:6379", "127.0.0.2:6379", "::1:6379"])
def test_an_address_at_which_others_hear_is_refused_without_tls(address: str, tls: dict[str, str]) -> None:
    require_closed(address, tls)
    for lacking in (
        {},
        {**tls, "RAY_USE_TLS": "0"},
        {**tls, "RAY_TLS_CA_CERT": "/nowhere"},
        {"RAY_AUTH_MODE": "token"},
    ):
        with pytest.raises(InputError, match="RAY_USE_TLS"):
            require_closed(address, lacking)


@pytest.mark.parametrize(
    "address", ["", "auto", "localhost:6379", "ray://127.0.0.1:10001", "127.0.0.1", "127.0.0.1:x", "127.0.0.1:65536"]
)
def test_what_is_no_number_and_port_is_refused(address: str) -> None:
    with pytest.raises(InputError):
        require_closed(address, {})


def test_the_first_node_makes_a_token_for_its_user_alone_which_stays_what_it_is(tmp_path: Path) -> None:
    token = tmp_path / "cluster" / "token"
    made = environment_of(HERE, token, {}, may_make=True)
    text = token.read_text(encoding="ascii")
    assert (made["RAY_AUTH_MODE"], made["RAY_AUTH_TOKEN_PATH"]) == ("token", str(token))
    assert (len(text), token.stat().st_mode & 0o777) == (64, 0o600)
    environment_of(HERE, token, {}, may_make=True)
    assert token.read_text(encoding="ascii") == text


def test_without_a_token_or_with_one_that_others_read_nothing_is_attached(tmp_path: Path) -> None:
    token = tmp_path / "token"
    with pytest.raises(Unavailable, match="no token"), attached(HERE, token=token, environ={}):
        pass
    token.write_text("x")
    token.chmod(0o644)
    with pytest.raises(Unavailable, match="open to others"), attached(HERE, token=token, environ={}):
        pass


def test_nobody_is_told_of_use_and_a_cluster_of_this_machine_listens_to_it_alone(tmp_path: Path) -> None:
    here = environment_of(HERE, tmp_path / "token", {}, may_make=True)
    wide = environment_of("10.0.0.7:6379", tmp_path / "token", {}, may_make=True)
    assert here["RAY_USAGE_STATS_ENABLED"] == wide["RAY_USAGE_STATS_ENABLED"] == "0"
    assert here["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] == "0"
    assert "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER" not in wide


def test_a_node_inherits_nothing_that_opens_a_database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    became: list[tuple[list[str], dict[str, str]]] = []
    monkeypatch.setattr(os, "execve", lambda _, arguments, environ: became.append((arguments, environ)))
    monkeypatch.setattr(attaching, "imported", lambda: None)
    secrets = {"TSUNAGU_DATABASE_URL": "s", "PGPASSWORD": "s", "AWS_SECRET_ACCESS_KEY": "s", "TSUNAGU_HOME": "s"}
    become_node(HERE, own=None, token=tmp_path / "token", environ={**secrets, "PATH": "/bin", "RAY_USE_TLS": "0"})
    [(arguments, environ)] = became
    assert not secrets.keys() & environ.keys()
    assert (environ["PATH"], environ["RAY_USE_TLS"]) == ("/bin", "0")
    assert arguments[1] == "-P"
    assert {"--head", "--block", "--disable-usage-stats", "--include-dashboard=false"} <= set(arguments)


class Ray:
    """Ray, as far as attaching goes: it notes where one stood, and what one was called."""

    exceptions = SimpleNamespace(RayError=RuntimeError)

    def __init__(self) -> None:
        self._private = SimpleNamespace(utils=SimpleNamespace(get_entrypoint_name=lambda: "--case 2026-14"))
        self.told: list[str] = []

    def init(self, *_: object, **__: object) -> None:
        self.told += [str(Path.cwd()), self._private.utils.get_entrypoint_name()]

    def nodes(self) -> list[object]:
        return []

    def shutdown(self) -> None:
        self.told.append("left")


def test_nodes_are_told_neither_the_command_nor_to_take_modules_from_where_it_was_given(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ray = Ray()
    monkeypatch.setattr(attaching, "imported", lambda: ray)
    monkeypatch.setattr(attaching, "_require_heard", lambda _: None)
    monkeypatch.setattr(os, "environ", dict(os.environ))
    monkeypatch.chdir(tmp_path)
    environ = {"RAY_AUTH_TOKEN": "x"}
    with attached(HERE, token=tmp_path / "token", environ=environ):
        assert Path.cwd() == tmp_path
    assert ray.told == ["/", "tsunagu", "left"]


def test_a_second_node_joins_from_another_machine(tmp_path: Path, tls: dict[str, str]) -> None:
    for own, environ in (("127.0.0.1", {}), ("10.0.0.8", {}), ("somewhere", tls)):
        with pytest.raises(InputError):
            become_node(HERE, own=own, token=tmp_path / "token", environ=environ)
