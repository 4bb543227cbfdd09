"""Pictures that code draws, brought into a case, and who may see them."""

from __future__ import annotations

import io
import os
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from django.http import HttpResponse
from django.urls import reverse
from PIL import Image

from tsunagu.services.intake.ingest import ingest
from tsunagu.services.media.examination import LocalExaminer

from ..world import Person, World  # noqa: TID252 - tests are no package with a name
from .visitors import Visitor

REASON = "to judge the hit with the other agency"
COLORS = np.array([[200, 40, 30], [20, 90, 180], [240, 220, 60], [30, 120, 60]], dtype=np.uint8)


def picture(seed: int) -> Image.Image:
    """Return a drawing of large patches, which any encoding keeps recognizable."""
    patches = np.random.default_rng(seed).integers(0, 4, (6, 8))
    return Image.fromarray(np.kron(COLORS[patches], np.ones((100, 100, 1), dtype=np.uint8)))


def encoded(image: Image.Image, form: str) -> bytes:
    out = io.BytesIO()
    image.save(out, form)
    return out.getvalue()


def close_to(shown: bytes, image: Image.Image) -> bool:
    """Whether a picture shows what another does."""
    got = Image.open(io.BytesIO(shown)).convert("RGB")
    wanted = np.asarray(image.resize(got.size, Image.Resampling.LANCZOS), dtype=np.int16)
    return bool(np.abs(np.asarray(got, dtype=np.int16) - wanted).mean() < 12)


@dataclass
class Stage:
    """A case with pictures, an officer who may see them, and those who may not.

    Attributes:
        numbers: of the places, by file name.
    """

    world: World
    people: dict[str, Person]
    case: str
    folder: Path
    numbers: dict[str, int]
    drawings: dict[str, Image.Image]

    def visitor(self, name: str = "olga") -> Visitor:
        return Visitor(self.world).sits_down_as(self.people[name])

    def ask(self, file: str, name: str = "olga", *, case: str | None = None, number: int | None = None, **typed: Any):
        path = reverse("reveal", args=[case or self.case, self.numbers[file] if number is None else number])
        return self.visitor(name).post(path, **{"means": "place", "reason": REASON, **typed})

    def picture_of(self, answer: HttpResponse) -> str:
        """Return where the picture is that an answer shows."""
        assert answer.status_code == 200, answer.content
        return re.search(r'<img src="(/reveals/[^"]+)"', answer.content.decode())[1]

    def shown(self, file: str, name: str = "olga", **options: Any) -> HttpResponse:
        return self.visitor(name).get(self.picture_of(self.ask(file, name, **options)))


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def bring_in(world: World, person: Person, case: str, folder: Path) -> None:
    with world.rooms.viewer.at_work() as decoder:
        ingest(
            actor=person.actor, case_reference=case, exhibit_reference="E1", paths=[os.fsencode(folder)],
            decoder=decoder, examiner=LocalExaminer(decoder, 1), queue=world.rooms.queue, vault=world.rooms.vault,
            clock=lambda: world.parts["now"], keys=world.rooms.keys, ledger=world.rooms.ledger,
        )  # fmt: skip
