"""A real server that speaks S3, on this machine's loopback, with one key that opens its buckets."""

from __future__ import annotations

import json
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import obstore
from obstore.exceptions import BaseError

from tsunagu.records.s3 import BucketAccess, BucketPlace

WEED = Path(sys.executable).with_name("weed")
KEY_ID, SECRET = "key-of-the-backups", "secret-of-the-backups"
LONGEST_START_S = 60
GRPC_BESIDE = 10_000
"""The server listens for its own parts at a port that is so much higher."""


@dataclass(frozen=True)
class S3Server:
    """Where it listens."""

    endpoint: str

    def access(self, key_id: str = KEY_ID, secret: str = SECRET) -> BucketAccess:
        return BucketAccess(self.endpoint, "us-east-1", key_id, secret)

    def names(self, place: str) -> set[str]:
        """The names of all that lies in a place."""
        store = BucketPlace.of(place).open(self.access())
        return {one["path"] for batch in obstore.list(store) for one in batch}


def _free_ports(count: int) -> list[int]:
    """Ports that nobody listens at, nor at the one beside each."""
    found: list[int] = []
    for port in random.sample(range(20_000, 32_000), 200):
        try:
            for one in (port, port + GRPC_BESIDE):
                with closing(socket.socket()) as tried:
                    tried.bind(("127.0.0.1", one))
        except OSError:
            continue
        found.append(port)
        if len(found) == count:
            return found
    raise AssertionError("no free port")


@contextmanager
def s3_server(folder: Path, *buckets: str) -> Iterator[S3Server]:
    """Run the server on an empty folder, with these buckets, until the block ends."""
    keys = folder / "keys.json"
    credentials = [{"accessKey": KEY_ID, "secretKey": SECRET}]
    actions = ["Admin", "Read", "Write", "List"]
    keys.write_text(json.dumps({"identities": [{"name": "one", "credentials": credentials, "actions": actions}]}))
    (folder / "data").mkdir()
    s3, master, volume, filer = _free_ports(4)
    command = [
        WEED, "server", f"-dir={folder / 'data'}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-master.port={master}",
        f"-volume.port={volume}", f"-filer.port={filer}", "-master.volumeSizeLimitMB=64", "-s3",
        f"-s3.port={s3}", "-s3.port.iceberg=0", "-s3.port.lance=0", f"-s3.config={keys}",
    ]  # fmt: skip
    with (folder / "log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        try:
            server = S3Server(f"http://127.0.0.1:{s3}")
            for bucket in buckets:
                _make(bucket, server, process)
            yield server
        finally:
            process.kill()  # it takes half a minute to end in peace, and nothing of it is wanted any more


def _make(bucket: str, server: S3Server, process: subprocess.Popen[bytes]) -> None:
    """Make a bucket, which this server does when something is first put into it, once it has started."""
    store = BucketPlace.of(f"s3://{bucket}").open(server.access())
    end = time.monotonic() + LONGEST_START_S
    while process.poll() is None and time.monotonic() < end:
        try:
            obstore.put(store, "one", b"1")
        except BaseError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError("the server did not start")
