"""Buckets of a server that speaks S3: opened by credentials that no message ever shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from obstore.exceptions import BaseError
from obstore.store import S3Store

from tsunagu.domain.errors import InputError, Unavailable

if TYPE_CHECKING:
    from obstore.store import ClientConfig

SCHEME = "s3://"
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_PLACE = re.compile(
    r"s3://(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(?P<prefix>[A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*))?/?"
)
_STATUS = re.compile(r"status code: (\d{3})")
_REFUSED = frozenset({"401", "403"})


@dataclass(frozen=True, slots=True)
class BucketAccess:
    """What opens the buckets of one server.

    Attributes:
        endpoint: https, or http to this machine alone.
        secret: shown by nothing, this object's text among it.
        authority: PEM of the authority that the server's certificate comes from; None for one that is known to all.
    """

    endpoint: str
    region: str
    key_id: str = field(repr=False)
    secret: str = field(repr=False)
    authority: bytes | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Refuse an address to which credentials would go in clear."""
        parts = urlsplit(self.endpoint)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None:
            raise InputError("the setting s3_endpoint is an address such as https://storage.example.org")
        if parts.scheme == "http" and parts.hostname not in LOOPBACK:
            raise InputError("the setting s3_endpoint must begin with https: only this machine may be asked in clear")


@dataclass(frozen=True, slots=True)
class BucketPlace:
    """A bucket, and a prefix of the names in it; the prefix may be empty."""

    bucket: str
    prefix: str

    @classmethod
    def of(cls, text: str) -> BucketPlace:
        """Return the place that `s3://bucket/prefix` names.

        Raises:
            InputError: the text is none.
        """
        found = _PLACE.fullmatch(text)
        if found is None:
            raise InputError("a place in a bucket is written s3://bucket/prefix, in plain letters")
        return cls(found["bucket"], found["prefix"] or "")

    def __str__(self) -> str:
        """Return the text that names it."""
        return SCHEME + "/".join(filter(None, (self.bucket, self.prefix)))

    def open(self, access: BucketAccess) -> S3Store:
        """Return the store of the names beneath the prefix. The server is not asked yet."""
        options: ClientConfig = {
            "allow_http": access.endpoint.startswith("http:"),
            "connect_timeout": timedelta(seconds=10),
            "timeout": timedelta(minutes=10),  # of one part
        }
        if access.authority is not None:
            options["root_certificate"] = access.authority
        return S3Store(
            self.bucket,
            prefix=self.prefix or None,
            endpoint=access.endpoint,
            region=access.region,
            access_key_id=access.key_id,
            secret_access_key=access.secret,
            client_options=options,
            retry_config={"max_retries": 3, "retry_timeout": timedelta(minutes=1)},
        )


@contextmanager
def bucket_told() -> Iterator[None]:
    """Turn what a server answers into an error without its words, which quote names.

    Raises:
        Unavailable: it does not answer, refuses the credentials, or has no such bucket.
    """
    try:
        yield
    except FileNotFoundError:
        raise Unavailable("the bucket lacks what was just seen in it") from None
    except (BaseError, OSError) as error:
        found = _STATUS.search(str(error))
        status = found[1] if found else ""
        if status in _REFUSED:
            raise Unavailable("the server of the bucket refuses these credentials") from None
        if status == "404":
            raise Unavailable("the server has no such bucket") from None
        told = f"answered with status {status}" if status else "does not answer"
        raise Unavailable(f"the server of the bucket {told}") from None
