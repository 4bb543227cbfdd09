"""A form's files are not kept: of a document its digest is told, and what stands behind it in the form is read."""

from __future__ import annotations

import hashlib
import os
import secrets
from typing import Any

import django
import pytest
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tsunagu.config.settings")
django.setup()

MIB = 1 << 20


def sent(name: str, content: bytes) -> Any:
    form = {"words": "w", name: SimpleUploadedFile("letter.pdf", content), "step": "refuse"}
    return RequestFactory().post("/", form)


@pytest.mark.parametrize("content", [b"a letter", secrets.token_bytes(3 * MIB)], ids=["short", "of several parts"])
def test_of_a_document_its_digest_is_told_and_the_form_goes_on_behind_it(content: bytes) -> None:
    request = sent("document", content)
    assert (request.POST["words"], request.POST["step"]) == ("w", "refuse")
    assert request.FILES["document"].read() == hashlib.sha256(content).digest()


def test_a_form_without_a_document_has_no_digest() -> None:
    assert not RequestFactory().post("/", {"step": "take"}).FILES


def test_any_other_file_ends_the_form() -> None:
    request = sent("file", b"something")
    assert "step" not in request.POST
    assert not request.FILES


def test_a_form_that_is_longer_than_any_page_sends_is_not_read() -> None:
    with pytest.raises(RequestDataTooBig):
        sent("document", bytes(10 * MIB)).POST  # noqa: B018 - it is read here
