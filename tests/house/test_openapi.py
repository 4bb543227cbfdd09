"""The description of the API in the documents is what the program says of itself."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from tsunagu.domain.errors import TsunaguError

DESCRIPTION = "from tsunagu.config.openapi import main; main()"


def test_the_description_in_the_documents_is_the_programs_own(root: Path) -> None:
    environ = {**os.environ, "DJANGO_SETTINGS_MODULE": "tsunagu.config.settings"}
    said = subprocess.run(
        [sys.executable, "-c", DESCRIPTION], capture_output=True, text=True, check=True, env=environ
    ).stdout
    assert (root / "docs" / "openapi.json").read_text(encoding="utf-8") == said


def test_the_document_of_the_api_tells_of_every_operation_and_of_every_failure(root: Path) -> None:
    told = (root / "docs" / "api.md").read_text(encoding="utf-8")
    paths = json.loads((root / "docs" / "openapi.json").read_text(encoding="utf-8"))["paths"]
    missing = []
    for path, methods in paths.items():
        pattern = re.sub(r"\\\{[a-z_]+\\\}", "[^ ?']+", re.escape(path))
        missing += [f"{method} {path}" for method in methods if not re.search(rf"{pattern}(?![\w/-])", told)]
    assert missing == []

    def below(kind: type[TsunaguError]) -> set[type[TsunaguError]]:
        return {one for each in kind.__subclasses__() for one in (each, *below(each))}

    theirs = {one for one in below(TsunaguError) if one.__module__ == "tsunagu.domain.errors"}
    assert {one.http_status for one in theirs if f"| {one.http_status} |" not in told} == set()
