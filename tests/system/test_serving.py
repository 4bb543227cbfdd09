"""`serve` as it stands in a machine room: behind nginx, or with a certificate of its own; stopped in good order."""

from __future__ import annotations

import http.client
import json
import os
import re
import secrets
import shutil
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from .conftest import PASSWORD, Installation
from .serving import processes, until

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/sbin:/bin")
SITE = Path(__file__).parents[2] / "deploy" / "nginx" / "tsunagu.conf"
TOKEN = secrets.token_hex(20)
SECRET = "DK-4711-secret"
STARTS_WITHIN_S = 60
MIB = 1 << 20


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    content: bytes


@dataclass(frozen=True)
class Door:
    """An address at which the workplace answers."""

    port: int
    context: ssl.SSLContext | None = None

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        host = f"localhost:{self.port}"
        if self.context is None:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        else:
            connection = http.client.HTTPSConnection("localhost", self.port, timeout=30, context=self.context)
        try:
            connection.request(
                method, path, body, {"Host": host} | {k.replace("_", "-"): v for k, v in headers.items()}
            )
            response = connection.getresponse()
            try:
                content = response.read()
            except http.client.IncompleteRead as error:  # it was refused before all of the body was taken
                content = error.partial
            return Answer(response.status, response.headers, content)
        finally:
            connection.close()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@dataclass(frozen=True)
class Certificate:
    path: Path
    key: Path

    def trusting(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.path))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """A certificate for localhost that nobody but itself vouches for."""
    folder = tmp_path_factory.mktemp("tls")
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=90))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    found = Certificate(folder / "certificate.pem", folder / "key.pem")
    found.path.write_bytes(made.public_bytes(Encoding.PEM))
    found.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    found.key.chmod(0o600)
    return found


@contextmanager
def serving(house: Installation, door: Door, *options: str) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """Serve until the block ends; then the process ends with status 0, and its lines are in the list."""
    lines: list[str] = []
    process = house.start("serve", "--no-worker", "--port", str(door.port), *options)
    try:
        wait_for(door, process)
        yield process, lines
        process.send_signal(signal.SIGTERM)
    except BaseException:
        process.kill()
        raise
    finally:
        _, said = process.communicate(timeout=30)
        lines += said.splitlines()
    assert process.returncode == 0, said


def wait_for(door: Door, process: subprocess.Popen[str]) -> None:
    ends = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < ends and process.poll() is None:
        try:
            if door.ask("GET", "/healthz").status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("nobody answers")


@contextmanager
def nginx(folder: Path, certificate: Certificate, upstream: int) -> Iterator[tuple[Door, Door]]:
    """Run nginx with the site of this project, at other ports; the doors to http and https."""
    plain, secure = Door(free_port()), Door(free_port(), certificate.trusting())
    site = SITE.read_text(encoding="utf-8")
    for old, new in (
        ("127.0.0.1:8000", f"127.0.0.1:{upstream}"),
        ("listen 80;", f"listen 127.0.0.1:{plain.port};"),
        ("listen 443 ", f"listen 127.0.0.1:{secure.port} "),
        ("tsunagu.example.org", "localhost"),
        ("/etc/tsunagu/certificate.pem", str(certificate.path)),
        ("/etc/tsunagu/key.pem", str(certificate.key)),
        ("/var/log/nginx", str(folder)),
    ):
        assert old in site
        site = site.replace(old, new)
    # The browser's own Host holds the port of this test.
    site = site.replace("Host $host;", "Host $http_host;")
    (folder / "nginx.conf").write_text(
        f"pid {folder}/pid; error_log {folder}/main.log; events {{}}\nhttp {{\n"
        + "".join(f"{one}_temp_path {folder}/{one};\n" for one in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        + site
        + "}\n"
    )
    with subprocess.Popen([NGINX, "-c", folder / "nginx.conf", "-p", folder, "-g", "daemon off;"]) as process:
        try:
            wait_for(secure, process)
            yield plain, secure
        finally:
            process.terminate()


def answered_after_the_signal(door: Door, process: subprocess.Popen[str]) -> bytes:
    """Send half a form, ask the server to end, send the other half, and return what is answered."""
    assert door.context is not None
    plain = socket.create_connection(("127.0.0.1", door.port), timeout=30)
    with door.context.wrap_socket(plain, server_hostname="localhost") as connection:
        head = f"POST /account/login/ HTTP/1.1\r\nHost: localhost:{door.port}\r\nContent-Length: 20\r\n"
        connection.sendall(f"{head}Content-Type: application/x-www-form-urlencoded\r\n\r\n1234567890".encode())
        time.sleep(0.5)  # it is being read
        process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        connection.sendall(b"1234567890")
        return connection.recv(1000)


def cookies(answer: Answer) -> str:
    jar = SimpleCookie()
    for one in answer.headers.get_all("Set-Cookie", []):
        jar.load(one)
    return "; ".join(f"{name}={one.value}" for name, one in jar.items())


@pytest.fixture
def house(two_agencies: Installation, tmp_path: Path) -> Iterator[Installation]:
    token = tmp_path / "token"
    token.write_text(TOKEN)
    token.chmod(0o600)
    with two_agencies.copied() as copy:
        told = {"METRICS_TOKEN_FILE": str(token), "JSON_LOGS": "true"}
        yield replace(copy, extra_environ={f"TSUNAGU_{name}": value for name, value in told.items()})


@pytest.mark.soak
def test_behind_nginx_forms_work_parts_of_uploads_fit_and_no_log_quotes_what_was_asked(
    house: Installation, certificate: Certificate, tmp_path: Path
) -> None:
    if NGINX is None:
        pytest.skip("MISSING: nginx (Debian: nginx). The configuration of deploy/nginx is not tried.")
    house.extra_environ["TSUNAGU_TRUSTED_PROXIES"] = "127.0.0.1"
    (folder := tmp_path / "nginx").mkdir()
    inner = Door(free_port())
    with serving(house, inner) as (process, lines), nginx(folder, certificate, inner.port) as (plain, secure):
        moved = plain.ask("GET", f"/cases/{SECRET}/")
        assert (moved.status, moved.headers["Location"]) == (301, "https://localhost/")
        page = secure.ask("GET", "/account/login/")
        assert (page.status, page.headers["Strict-Transport-Security"]) == (200, "max-age=31536000")
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        [form] = re.findall(rb'name="csrfmiddlewaretoken" value="([^"]+)"', page.content)[:1]
        typed = {"login": "anna", "password": PASSWORD, "csrfmiddlewaretoken": form.decode()}
        sent = {
            "Cookie": cookies(page),
            "Origin": f"https://localhost:{secure.port}",
            "Content_Type": "application/x-www-form-urlencoded",
        }
        signed_in = secure.ask("POST", "/account/login/", urlencode(typed).encode(), **sent)
        assert (signed_in.status, signed_in.headers["Location"]) == (302, "/account/2fa/authenticate/")
        foreign = secure.ask(
            "POST", "/account/login/", urlencode(typed).encode(), **sent | {"Origin": "https://elsewhere.example"}
        )
        assert foreign.status == 403
        for path in (f"/cases/{SECRET}/", f"/{SECRET}"):
            assert secure.ask("GET", path).status in {302, 404}
        assert secure.ask("POST", f"/{SECRET}", bytes(8 * MIB)).status != 413
        assert secure.ask("POST", f"/{SECRET}", bytes(10 * MIB)).status == 413
        bearer = {"Authorization": f"Bearer {TOKEN}"}
        assert secure.ask("GET", "/metrics", **bearer).status == 404
        measured = inner.ask("GET", "/metrics", **bearer)
        assert b'tsunagu_requests_total{page="account_login",status="302"} 1' in measured.content
        assert SECRET.encode() not in measured.content
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
        assert secure.ask("GET", f"/cases/{SECRET}/").status == 502
    assert [json.loads(line)["event"] for line in lines].count("failed") == 0
    said = "\n".join(lines) + "".join(one.read_text() for one in folder.glob("*.log"))
    assert "POST 0." in said, "requests are logged"
    assert [word for word in (SECRET, "anna", PASSWORD, str(house.home)) if word in said] == []


def test_with_a_certificate_of_its_own_it_answers_by_tls_alone_and_stops_in_good_order(
    house: Installation, certificate: Certificate
) -> None:
    house.extra_environ |= {
        "TSUNAGU_TLS_CERTIFICATE_FILE": str(certificate.path), "TSUNAGU_TLS_KEY_FILE": str(certificate.key),
    }  # fmt: skip
    door = Door(free_port(), certificate.trusting())
    with serving(house, door) as (process, lines):
        answer = door.ask("GET", "/account/login/")
        assert answer.status == 200
        assert all("Secure" in one for one in answer.headers.get_all("Set-Cookie", []))
        with pytest.raises((OSError, http.client.HTTPException)):
            Door(door.port).ask("GET", "/healthz")
        with pytest.raises(ssl.SSLCertVerificationError):
            Door(door.port, ssl.create_default_context()).ask("GET", "/healthz")
        begun = answered_after_the_signal(door, process)
    assert begun.startswith(b"HTTP/1.1 403 "), "what was under way is answered"
    assert lines == []
    [found] = house.json("doctor", status=None)
    assert {one["name"]: one["ok"] for one in found["checks"] if "certificate" in one["name"]} == {
        "certificate": True,
        "certificate key": True,
    }
    assert house.json("ledger", "verify")[0]["unproven"] == 0, "the root was signed at the end"


def test_the_database_that_is_held_open_outlasts_the_commands_and_ends_with_its_holder(house: Installation) -> None:
    ready = Path(house.home) / "ready"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(ready))
        manager.settimeout(STARTS_WITHIN_S)
        house.extra_environ["NOTIFY_SOCKET"] = str(ready)
        holder = house.start("db", "run")
        assert manager.recv(100) == b"READY=1"

    def process() -> str:
        return next(one["detail"] for one in house.json("db", "status")[0]["checks"] if one["name"] == "process")

    with holder:
        house.run("case", "list", officer="anna")
        assert process().startswith("running")
        holder.send_signal(signal.SIGTERM)
        assert holder.wait(timeout=30) == 0
    assert process().startswith("at rest")


@pytest.mark.soak
def test_processes_that_answer_together_count_together_also_what_a_killed_one_has_counted(
    house: Installation, tmp_path: Path
) -> None:
    token = tmp_path / "token"
    token.touch(mode=0o600)
    token.write_text(TOKEN, encoding="ascii")
    house.extra_environ |= {"TSUNAGU_SERVER_PROCESSES": "2", "TSUNAGU_METRICS_TOKEN_FILE": str(token)}
    door, asked = Door(free_port()), 40

    def counted() -> set[int]:
        """What several answers of /metrics say of one page, each by whichever process it comes to."""
        told = [door.ask("GET", "/metrics", Authorization=f"Bearer {TOKEN}").content for _ in range(8)]
        found = [re.search(rb'requests_total\{page="account_login",status="200"\} (\d+)', one) for one in told]
        return {int(one[1]) if one else 0 for one in found}

    with serving(house, door) as (process, _):
        for _ in range(asked):
            assert door.ask("GET", "/account/login/").status == 200
        until(lambda: counted() == {asked})
        answering = [pid for pid, parent, _ in processes() if parent == process.pid]
        assert len(answering) == 2
        os.kill(answering[0], signal.SIGKILL)
        until(lambda: len({pid for pid, parent, _ in processes() if parent == process.pid} - {answering[0]}) == 2)
        until(lambda: counted() == {asked})


def test_a_second_serve_at_the_same_port_and_a_key_that_is_none_are_refused_in_one_line(
    house: Installation, tmp_path: Path
) -> None:
    door = Door(free_port())
    with serving(house, door):
        second = house.run("serve", "--no-worker", "--port", str(door.port), status=6)
    assert "the port is taken" in second.stderr
    assert "The workplace is at" not in second.stdout + second.stderr
    for name in ("certificate", "key"):
        (tmp_path / name).write_text("neither")
    refused = house.run("serve", "--no-worker", "--tls", tmp_path / "certificate", tmp_path / "key", status=2)
    assert "no PEM files" in refused.stderr
    assert "bug" not in refused.stderr
