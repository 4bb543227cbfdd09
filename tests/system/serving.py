"""A workplace that is served, which can be killed, and browsers that sign in and upload as the page does."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from pyotp.totp import TOTP

from bench.officers import Browser

from .conftest import PASSWORD, PROGRAM, Installation
from .test_crashes import processes

STARTS_WITHIN_S = 60
SAID = Path(tempfile.gettempdir(), f"tsunagu-served-{os.getpid()}.log")
"""What the servers of this process's tests say, for whoever looks why one failed."""
CHUNK_BYTES = 4 << 20
BLOCK_BYTES = 1 << 20
BLOCK = os.urandom(BLOCK_BYTES - 8)


@dataclass
class Served:
    """One home's `serve`, started again whenever it is wanted."""

    house: Installation
    port: int
    process: subprocess.Popen[str]

    @classmethod
    @contextmanager
    def at(cls, house: Installation) -> Iterator[Served]:
        port = free_port()
        served = cls(house, port, _serve(house, port))
        try:
            served.wait()
            yield served
        finally:
            served.process.terminate()
            served.process.wait(timeout=60)

    def wait(self) -> None:
        """Wait until it answers."""
        ends = time.monotonic() + STARTS_WITHIN_S
        while time.monotonic() < ends:
            assert self.process.poll() is None
            if Browser(self.port).opens("/healthz"):
                return
            time.sleep(0.1)
        raise AssertionError("the server did not start")

    def children(self) -> list[int]:
        """The process that answers, and the worker, in no order."""
        return [pid for pid, parent, _ in processes() if parent == self.process.pid]

    def peak_bytes(self) -> int:
        """Physical memory that the process that answers and the worker had at most, each since it began, together."""
        peaks = [Path(f"/proc/{pid}/status").read_text().partition("VmHWM:")[2] for pid in self.children()]
        return sum(int(one.split()[0]) for one in peaks) << 10

    def kill_and_start(self) -> None:
        """Kill `serve`, find that nothing of it is left, and start another."""
        children = self.children()
        self.process.kill()
        self.process.wait()
        until(lambda: not {pid for pid, _, _ in processes()} & set(children))
        self.process = _serve(self.house, self.port)
        self.wait()

    def sit_down(self, login: str) -> Browser:
        """Sign an officer in, by both steps, once; the code of this half minute was used at the terminal."""
        browser = Browser(self.port)
        browser.sign_in(login, PASSWORD, lambda: TOTP(self.house.secrets[login]).at(int(time.time()) + 30))
        return browser


def free_port() -> int:
    """Return a port of this machine at which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _serve(house: Installation, port: int) -> subprocess.Popen[str]:
    command = [PROGRAM, "serve", "--port", str(port)]
    with SAID.open("a") as said:  # a worker tells of each job: a pipe that nobody reads would fill up
        return subprocess.Popen(command, env=house.environ(), stdout=said, stderr=said, text=True)


def until(holds: Callable[[], bool], within_s: float = 60) -> None:
    """Wait until something holds."""
    ends = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.05)


@dataclass(frozen=True)
class Made:
    """A file that is made as it is read, so that it needs no disk.

    Attributes:
        seed: tells it from every other.
    """

    name: str
    size: int
    seed: int

    def part(self, offset: int, length: int) -> bytes:
        """Return some of its bytes."""
        first, end = offset // BLOCK_BYTES, min(offset + length, self.size)
        blocks = range(first, -(-end // BLOCK_BYTES))
        data = b"".join((self.seed << 32 | number).to_bytes(8, "big") + BLOCK for number in blocks)
        return data[offset - first * BLOCK_BYTES : end - first * BLOCK_BYTES]

    def digest(self) -> str:
        """Return its SHA-256."""
        whole = sha256()
        for offset in range(0, self.size, CHUNK_BYTES):
            whole.update(self.part(offset, CHUNK_BYTES))
        return whole.hexdigest()


@dataclass
class Upload:
    """An upload as the page makes it: begun, offered, and sent chunk by chunk, each from where the server says."""

    browser: Browser
    case: str
    exhibit: str
    files: list[Made]
    intake: str = ""
    acknowledged: dict[int, int] = field(default_factory=dict)

    def offer(self) -> list[dict[str, int]]:
        """Begin the upload, or go on with it, and return number and bytes held of each file, as the server tells."""
        _, answer = self.browser.ask("POST", f"/cases/{self.case}/intake/", form={"exhibit": self.exhibit})
        self.intake = json.loads(answer)["intake"]
        offered = json.dumps([{"name": one.name, "size": one.size} for one in self.files]).encode()
        status, answer = self.browser.ask("POST", f"/intakes/{self.intake}/files/", data=offered)
        assert status == 200, status
        held: list[dict[str, int]] = json.loads(answer)["files"]
        for one in held:
            assert one["held"] >= self.acknowledged.get(one["number"], 0), "what was acknowledged is lost"
        return held

    def send(self, *, most_chunks: int = 1 << 30) -> bool:
        """Send what is missing, at most so many chunks, and return whether all is there.

        Raises:
            NotAnswered: the server has gone away.
        """
        for file, one in zip(self.files, self.offer(), strict=True):
            number, offset = one["number"], one["held"]
            while offset < file.size:
                if most_chunks == 0:
                    return False
                most_chunks -= 1
                status, answer = self.put(number, offset, file.part(offset, CHUNK_BYTES))
                assert status in {200, 409}, (status, answer)
                offset = json.loads(answer)["held"]
                if status == 200:
                    self.acknowledged[number] = offset
        return True

    def put(self, number: int, offset: int, data: bytes) -> tuple[int, str]:
        """Send one chunk."""
        return self.browser.ask("PUT", f"/intakes/{self.intake}/files/{number}/{offset}/", data=data)

    def break_off(self) -> None:
        """Send half of the next chunk, and cut the connection."""
        file, one = next(
            (file, one) for file, one in zip(self.files, self.offer(), strict=True) if one["held"] < file.size
        )
        data = file.part(one["held"], CHUNK_BYTES)
        cookies = "; ".join(f"{name}={value}" for name, value in self.browser.cookies.items())
        head = (
            f"PUT /intakes/{self.intake}/files/{one['number']}/{one['held']}/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Cookie: {cookies}\r\nX-CSRFToken: {self.browser.cookies['csrftoken']}\r\n"
            f"Content-Length: {len(data)}\r\n\r\n"
        )
        with socket.create_connection(("127.0.0.1", self.browser.port), timeout=60) as wire:
            wire.sendall(head.encode() + data[: len(data) // 2])

    def finish(self) -> None:
        """Let what came be examined."""
        status, _ = self.browser.ask("POST", f"/intakes/{self.intake}/files/finish/")
        assert status == 302, status

    def wait_until_examined(self, within_s: float) -> None:
        """Wait until the intake has ended."""
        until(lambda: "hx-get" not in self.browser.ask("GET", f"/intakes/{self.intake}/")[1], within_s)
