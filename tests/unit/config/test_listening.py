"""What cannot be served is refused before anything is announced."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tsunagu.config.listening import refuse_unservable
from tsunagu.domain.errors import Conflict, InputError


@pytest.fixture
def taken() -> Iterator[int]:
    """A port at which somebody listens who would share it, as the web server does."""
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        one.bind(("127.0.0.1", 0))
        one.listen()
        yield int(one.getsockname()[1])


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "localhost"])  # noqa: S104 - nothing is served
def test_a_port_at_which_somebody_listens_is_taken_though_he_would_share_it(taken: int, host: str) -> None:
    with pytest.raises(Conflict, match="the port is taken"):
        refuse_unservable(host=host, port=taken, tls=None)


def test_a_port_that_was_let_go_is_free_at_once() -> None:
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the web server does
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)), server.accept()[0]:
            pass
    refuse_unservable(host="127.0.0.1", port=port, tls=None)
    refuse_unservable(host="127.0.0.1", port=port, tls=None)


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host"])
def test_an_address_that_is_not_this_machines_is_no_input(host: str) -> None:
    with pytest.raises(InputError, match="no such address"):
        refuse_unservable(host=host, port=1025, tls=None)


def test_files_that_are_no_certificate_are_no_input(tmp_path: Path) -> None:
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    certificate.write_text("no certificate")
    key.write_text("no key")
    with pytest.raises(InputError, match="no PEM files"):
        refuse_unservable(host="127.0.0.1", port=1025, tls=(certificate, key))
    with pytest.raises(InputError, match="cannot be read"):
        refuse_unservable(host="127.0.0.1", port=1025, tls=(tmp_path / "absent", key))
