"""What a client of HMA relies on: it changes the base address, adds a key, and goes on."""

from __future__ import annotations

import io
import json
import secrets
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from PIL import Image

from tsunagu.domain.bank import BankSemantics, Opinion
from tsunagu.domain.errors import InputError
from tsunagu.domain.permission import Permission, Role
from tsunagu.records.new_items import NewItem
from tsunagu.records.remote_files import RemoteFiles
from tsunagu.services.agencies.api_keys import make_key
from tsunagu.services.banks.judging import judge_item
from tsunagu.services.house import Rooms
from tsunagu.services.look_ups.desk import LookUpDesk

from ..clients import strict_client  # noqa: TID252 - tests are no package with a name
from ..world import Person, World, now, random_name  # noqa: TID252 - tests are no package with a name
from .lanes import Lanes, fill_bank, fingerprint, key_of, near

CURATES = frozenset({Permission.MEDIA_LOOK_UP, Permission.BANK_DISTANCE, Permission.BANK_READ, Permission.BANK_CHANGE})


def picture(side: int = 256, *, plain: bool = False) -> bytes:
    """Return a PNG of soft blots, or of one colour."""
    random = np.random.default_rng(secrets.randbits(64))
    blots = np.full((8, 8, 3), 90, np.uint8) if plain else random.integers(0, 256, (8, 8, 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(blots).resize((side, side), Image.Resampling.BICUBIC).save(file, "PNG")
    return file.getvalue()


@dataclass
class HmaClient:
    """A program that was written for HMA, with a key."""

    key: str | None
    lanes: Lanes

    def send(self, method: str, path: str, body: Any = None, **files: Any) -> HttpResponse:
        client = strict_client()
        headers = {} if self.key is None else {"authorization": f"Bearer {self.key}"}
        if files:
            return client.post(f"/hma/{path}", files, headers=headers)
        sent = b"" if body is None else json.dumps(body).encode()
        return client.generic(method, f"/hma/{path}", sent, content_type="application/json", headers=headers)

    def ask(self, method: str, path: str, body: Any = None, *, status: int = 200, **files: Any) -> Any:
        answer = self.send(method, path, body, **files)
        assert answer.status_code == status, answer.content
        return json.loads(answer.content) if answer.content else None

    def fast(self, path: str, query: str) -> Any:
        told = self.lanes.send("GET", f"/hma/{path}", key=self.key, query=query, kind="")
        assert told.status == 200, told.content
        return told.json


@pytest.fixture(scope="module")
def lanes(rooms: Rooms) -> Iterator[Lanes]:
    with LookUpDesk(rooms=lambda: rooms, now=now) as desk, closing(Lanes(desk)) as opened:
        yield opened


@pytest.fixture(scope="module")
def anna(world: World) -> Person:
    return world.found({Role.OFFICER, Role.COORDINATOR}, {Role.ADMINISTRATOR})[0]


@pytest.fixture(scope="module")
def ben(world: World) -> Person:
    return world.found({Role.OFFICER, Role.COORDINATOR}, {Role.ADMINISTRATOR})[0]


@pytest.fixture(scope="module")
def hma(world: World, lanes: Lanes, anna: Person) -> HmaClient:
    key = make_key(actor=anna.actor, name="hma", scopes=CURATES, days=1, look_ups=10_000, **world.parts)[0]
    return HmaClient(key, lanes)


def name_of_bank() -> str:
    return random_name("BANK").upper().replace("-", "_")


def opened(hma: HmaClient, **given: Any) -> str:
    name = name_of_bank()
    hma.ask("POST", "c/banks", {"name": name, **given}, status=201)
    return name


def test_a_bank_is_opened_with_a_ratio_that_may_be_text_and_read_switched_renamed_and_deleted(hma: HmaClient) -> None:
    name, other = name_of_bank(), name_of_bank()
    made = hma.ask("POST", "c/banks", {"name": name, "enabled_ratio": "0.5"}, status=201)
    assert made == {"name": name, "matching_enabled_ratio": 0.5}
    assert made in hma.ask("GET", "c/banks")
    assert hma.ask("GET", f"c/bank/{name}") == made
    for change, share in (({"enabled": False}, 0.0), ({"enabled": True}, 0.5), ({"enabled_ratio": 1}, 1.0)):
        assert hma.ask("PUT", f"c/bank/{name}", change)["matching_enabled_ratio"] == share
    assert hma.ask("PUT", f"c/bank/{name}", {"name": other})["name"] == other
    assert "bank" in hma.ask("GET", f"c/bank/{name}", status=404)["message"]
    assert hma.ask("DELETE", f"c/bank/{other}") == {"message": "Done"}
    assert other not in json.dumps(hma.ask("GET", "c/banks"))
    assert hma.ask("POST", "c/banks", {"name": other}, status=201)


def test_a_name_that_hma_does_not_take_is_400_and_one_that_is_there_403(hma: HmaClient) -> None:
    name = opened(hma)
    assert hma.ask("POST", "c/banks", {"name": "small letters"}, status=400)["message"]
    assert hma.ask("POST", "c/banks", {"name": name}, status=403)["message"]
    assert hma.ask("POST", "c/banks", {"name": name_of_bank(), "enabled_ratio": "much"}, status=400)["message"]


def test_a_signal_goes_in_and_is_found_by_bank_with_its_distance_as_text(hma: HmaClient) -> None:
    name, stored = opened(hma), fingerprint()
    added = hma.ask("POST", f"c/bank/{name}/signal", {"pdq": stored.hex(), "note": "from a hotline"})
    assert added["signals"] == {"pdq": stored.hex()}
    assert isinstance(added["id"], int)
    query = f"signal={near(stored, 4).hex()}&signal_type=pdq"
    found = {name: [{"bank_content_id": added["id"], "distance": "4"}]}
    assert hma.ask("GET", f"m/lookup?{query}") == found
    assert hma.fast("m/lookup", query) == found
    assert hma.fast("m/lookup", query + "&seed=7") == found
    assert hma.fast("m/lookup", query + "&banks=NONE") == {}
    assert hma.fast("m/raw_lookup", query) == {"matches": [added["id"]]}
    with_distance = hma.fast("m/raw_lookup", query + "&include_distance=true")
    assert with_distance == hma.ask("GET", f"m/raw_lookup?{query}&include_distance=true")
    assert with_distance == {"matches": [{"bank_content_id": added["id"], "distance": "4"}]}


def test_a_bank_of_ratio_nought_is_silent_in_lookup_and_there_in_raw_lookup_and_without_the_coin(
    hma: HmaClient,
) -> None:
    name, stored = opened(hma, enabled_ratio=0), fingerprint()
    added = hma.ask("POST", f"c/bank/{name}/signal", {"pdq": stored.hex()})
    query = f"signal={stored.hex()}&signal_type=pdq"
    assert hma.fast("m/lookup", query) == {}
    assert hma.fast("m/lookup", query + "&bypass_coinflip=true").keys() == {name}
    assert hma.fast("m/raw_lookup", query) == {"matches": [added["id"]]}
    hma.ask("PUT", f"c/bank/{name}", {"enabled_ratio": "1.0"})
    assert hma.fast("m/lookup", query).keys() == {name}


def test_content_can_be_put_off_for_a_time_and_withdrawn(hma: HmaClient) -> None:
    name, stored = opened(hma), fingerprint()
    content = hma.ask("POST", f"c/bank/{name}/signal", {"pdq": stored.hex(), "note": "N"})["id"]
    path, query = f"c/bank/{name}/content/{content}", f"signal={stored.hex()}&signal_type=pdq"
    told = hma.ask("GET", path + "?include_signals=true&include_metadata=true")
    assert (told["id"], told["disable_until_ts"], told["signals"], told["note"]) == (
        content, 1, {"pdq": stored.hex()}, "N",
    )  # fmt: skip
    until = int(time.time()) + 3600
    assert hma.ask("PUT", path, {"disable_until_ts": until, "note": "checked"})["disable_until_ts"] == until
    assert hma.fast("m/lookup", query) == {}
    assert hma.fast("m/raw_lookup", query) == {"matches": [content]}
    assert hma.ask("PUT", path, {"disable_until_ts": until + 6 * 366 * 86400}, status=400)["message"]
    assert hma.ask("PUT", path, {"disable_until_ts": 1})["note"] == "checked"
    assert hma.fast("m/lookup", query).keys() == {name}
    assert hma.ask("DELETE", path) == {"deleted": 1}
    assert hma.fast("m/raw_lookup", query) == {"matches": []}
    assert hma.ask("GET", path, status=404)["message"]


def test_a_picture_is_hashed_added_and_looked_up_nested_by_its_type(hma: HmaClient) -> None:
    name, file = opened(hma), picture()
    upload = lambda: SimpleUploadedFile("a.png", file, "image/png")
    hashed = hma.ask("POST", "h/hash", photo=upload())
    assert hashed.keys() == {"pdq"}
    assert len(hashed["pdq"]) == 64
    assert hma.ask("POST", "h/hash?types=pdq,md5", photo=upload()).keys() == {"pdq", "md5"}
    added = hma.ask(
        "POST", f"c/bank/{name}/content", photo=upload(), metadata=json.dumps({"content_id": "7"}), note="N"
    )
    assert added["signals"] == hashed
    told = hma.ask("GET", f"c/bank/{name}/content/{added['id']}?include_metadata=true")
    assert told["metadata"] == {"content_id": "7", "content_uri": None, "json": None, "collab": {}}
    nested = hma.ask("POST", "m/lookup", photo=upload())
    assert [one["bank_content_id"] for one in nested["pdq"][name]] == [added["id"]]
    extra = {"metadata": json.dumps({"content_id": "7", "more": 1})}
    assert hma.ask("POST", f"c/bank/{name}/content", photo=upload(), status=400, **extra)["message"]


def test_a_picture_too_plain_has_an_empty_signal_here_and_is_not_hashable_natively(
    hma: HmaClient, world: World, anna: Person
) -> None:
    file = picture(plain=True)
    assert hma.ask("POST", "h/hash", photo=SimpleUploadedFile("a.png", file)) == {"pdq": ""}
    assert hma.ask("POST", "m/lookup", photo=SimpleUploadedFile("a.png", file), status=400)["message"]
    for kind, body in (
        ("application/octet-stream", file),
        ("multipart/form-data; boundary=B", _form(file)),
    ):
        told = hma.lanes.send(
            "POST", "/api/v1/look-up", body, key=key_of(world, anna), kind=kind, HTTP_X_PURPOSE="investigation"
        )
        assert told.status == 200, told.content
        assert told.json["answers"] == [{"known": [], "not_hashable": True}]


def _form(file: bytes) -> bytes:
    head = b'--B\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
    return head + file + b"\r\n--B--\r\n"


def test_a_file_is_known_by_its_turns_and_its_digests_at_the_native_door(
    hma: HmaClient, world: World, anna: Person
) -> None:
    name, file = opened(hma), picture()
    hma.ask("POST", f"c/bank/{name}/content", photo=SimpleUploadedFile("a.png", file))
    turned = io.BytesIO()
    Image.open(io.BytesIO(file)).transpose(Image.Transpose.TRANSPOSE).save(turned, "PNG")
    for body, exact in ((file, True), (turned.getvalue(), False)):
        told = hma.lanes.send(
            "POST", "/api/v1/look-up", body, key=key_of(world, anna), kind="image/png", HTTP_X_PURPOSE="investigation"
        )
        [answer] = told.json["answers"]
        assert [(one["bank"], one["exact"]) for one in answer["known"]] == [(name, exact)]
    refused = hma.lanes.send("POST", "/api/v1/look-up", file, key=key_of(world, anna), kind="image/png")
    assert (refused.status, "purpose" in refused.json["message"]) == (422, True)


def test_two_signals_are_compared_with_a_whole_number(hma: HmaClient) -> None:
    one = fingerprint()
    assert hma.ask("POST", "m/compare", {"pdq": [one.hex(), near(one, 9).hex()]}) == {"pdq": [True, {"distance": 9}]}
    assert hma.ask("POST", "m/compare", {"pdq": [one.hex(), near(one, 32).hex()]}) == {"pdq": [False, {"distance": 32}]}
    for wrong in ({"pdq": [one.hex()]}, {"none": ["", ""]}, []):
        assert hma.ask("POST", "m/compare", wrong, status=400)["message"]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("", "Either url or both signal and signal_type are required"),
        ("?signal=00", "Either url or both signal and signal_type are required"),
        ("?signal=00&signal_type=pdq", "Invalid pdq signal: it has 64 hexadecimal digits"),
        ("?signal=00&signal_type=x", "No such signal type x"),
        ("?url=https://example.org/a", "this server fetches no files: send the file itself"),
    ],
)
def test_what_is_wrong_is_told_as_hma_tells_it(hma: HmaClient, query: str, message: str) -> None:
    assert hma.ask("GET", f"m/lookup{query}", status=400)["message"] == message
    told = hma.lanes.send("GET", "/hma/m/lookup", key=hma.key, query=query[1:], kind="")
    assert (told.status, told.json["message"]) == (400, message)


def test_a_signal_that_is_none_is_told_as_hma_tells_it(hma: HmaClient) -> None:
    name = opened(hma)
    for body, message in (
        ({}, "No signals given"),
        ({"x": "00"}, "No such signal type x"),
        ({"pdq": "00"}, "Invalid pdq signal: it has 64 hexadecimal digits"),
    ):
        assert hma.ask("POST", f"c/bank/{name}/signal", body, status=400)["message"] == message
    missing = hma.ask("POST", "c/bank/NOWHERE/signal", {"pdq": fingerprint().hex()}, status=404)
    assert missing["message"] == "bank 'NOWHERE' not found"


def test_what_hma_tells_of_itself_is_told(hma: HmaClient) -> None:
    assert hma.send("GET", "status").content == b"I-AM-ALIVE"
    assert "/hma/m/lookup" in hma.ask("GET", "site-map")
    assert {"name": "pdq", "enabled_ratio": 1.0} in hma.ask("GET", "c/signal_type")
    assert hma.send("PUT", "c/signal_type/pdq", {"enabled_ratio": "1.0"}).status_code == 204
    assert hma.ask("PUT", "c/signal_type/pdq", {"enabled_ratio": 0}, status=400)
    assert {"name": "photo", "enabled": True} in hma.ask("GET", "c/content_type")
    status = hma.ask("GET", "m/index/status?signal_type=pdq")
    assert (status["pdq"]["present"], set(status["pdq"])) == (True, {"present", "built_to", "size"})
    assert set(hma.ask("GET", "c/signal_type/index")["pdq"]) == {
        "db_size", "index_size", "index_out_of_date", "newest_db_item", "index_built_to",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "c/exchanges"),
        ("POST", "c/exchanges"),
        ("GET", "c/exchanges/apis"),
        ("GET", "c/exchanges/api/x/schema"),
        ("GET", "c/exchange/X"),
        ("GET", "c/exchange/X/status"),
    ],
)
def test_exchanges_are_not_served(hma: HmaClient, method: str, path: str) -> None:
    assert hma.ask(method, path, status=501)["message"]


def test_nothing_opens_without_a_key(hma: HmaClient) -> None:
    for key in (None, "nonsense", str(hma.key)[:-2] + "~~"):
        nobody = HmaClient(key, hma.lanes)
        for path in (*hma.ask("GET", "site-map"), "/hma/m/raw_lookup"):
            answer = nobody.send("GET", path.removeprefix("/hma/").replace("<str:name>", "X").replace("<int:", "<"))
            assert answer.status_code in {401, 404}, path
        assert hma.lanes.send("GET", "/hma/m/lookup", key=key, query="signal=00&signal_type=pdq").status == 401


def test_a_key_does_here_what_it_was_lent_and_no_more(world: World, hma: HmaClient, anna: Person) -> None:
    asks = HmaClient(key_of(world, anna, Permission.MEDIA_LOOK_UP), hma.lanes)
    name, stored = opened(hma), fingerprint()
    hma.ask("POST", f"c/bank/{name}/signal", {"pdq": stored.hex()})
    assert asks.fast("m/lookup", f"signal={stored.hex()}&signal_type=pdq")[name][0].keys() == {"bank_content_id"}
    for method, path in (("GET", "c/banks"), ("POST", "c/banks"), ("DELETE", f"c/bank/{name}")):
        asks.ask(method, path, {"name": name_of_bank()}, status=403)
        assert world.last_entry()["act"] == "access:denied"
    reads = HmaClient(key_of(world, anna, Permission.BANK_READ), hma.lanes)
    reads.ask("POST", "m/compare", {"pdq": [stored.hex()] * 2}, status=403)
    reads.ask("POST", "h/hash", status=403, photo=SimpleUploadedFile("a.png", picture()))


def test_another_agency_s_banks_are_not_there_for_a_client(world: World, hma: HmaClient, ben: Person) -> None:
    name, stored = opened(hma), fingerprint()
    content = hma.ask("POST", f"c/bank/{name}/signal", {"pdq": stored.hex()})["id"]
    key = make_key(actor=ben.actor, name="hma", scopes=CURATES, days=1, look_ups=99, **world.parts)[0]
    other = HmaClient(key, hma.lanes)
    assert other.ask("GET", "c/banks") == []
    for method, path in (
        ("GET", f"c/bank/{name}"),
        ("PUT", f"c/bank/{name}"),
        ("DELETE", f"c/bank/{name}"),
        ("GET", f"c/bank/{name}/content/{content}"),
        ("DELETE", f"c/bank/{name}/content/{content}"),
    ):
        of_others, absent = (other.send(method, one) for one in (path, path.replace(name, "X" * len(name))))
        assert (of_others.status_code, len(of_others.content)) == (404, len(absent.content))
    query = f"signal={stored.hex()}&signal_type=pdq"
    assert other.fast("m/lookup", query + "&bypass_coinflip=true") == {}
    assert other.fast("m/raw_lookup", query) == {"matches": []}
    assert hma.fast("m/lookup", query).keys() == {name}


def test_what_is_benign_or_doubted_moves_no_client_to_act(world: World, hma: HmaClient, anna: Person) -> None:
    benign, doubted = fingerprint(), fingerprint()
    fill_bank(world, anna, NewItem(pdq=benign), semantics=BankSemantics.BENIGN)
    bank = fill_bank(world, anna, NewItem(pdq=doubted))
    [[hit]] = hma.lanes.known(str(hma.key), {"pdq": doubted.hex()})
    judge_item(actor=anna.actor, name=bank, item=hit["item"], opinion=Opinion.DISPUTED, **world.parts)
    for one in (benign, doubted):
        assert hma.fast("m/lookup", f"signal={one.hex()}&signal_type=pdq") == {}
        assert len(hma.fast("m/raw_lookup", f"signal={one.hex()}&signal_type=pdq")["matches"]) == 1


def test_every_look_up_is_written_down_with_its_purpose(world: World, hma: HmaClient) -> None:
    before = world.entry_count()
    hma.fast("m/lookup", f"signal={fingerprint().hex()}&signal_type=pdq")
    assert world.entry_count() - before == 1
    assert (world.last_entry()["act"], world.last_entry()["purpose"]) == ("media:looked_up", "victim-identification")


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost/a.png",
        "https://elsewhere.example/a.png",
        "https://localhost:8443/a.png",
        "https://user@localhost/a.png",
        "file:///etc/passwd",
        "https://localhost/a.png",
    ],
)
def test_nothing_is_fetched_from_elsewhere_or_from_an_inner_address(url: str) -> None:
    with pytest.raises(InputError):
        list(RemoteFiles("localhost")(url))
    with pytest.raises(InputError):
        list(RemoteFiles(None)(url))
