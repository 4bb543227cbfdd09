"""What a wheel holds beside the sources: translations as gettext reads them, compiled from those that people edit."""

# ruff: noqa: INP001 - hatchling loads it by its path
from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

CATALOGS = "src/tsunagu/*/locale/*/LC_MESSAGES/*.po"


class CompileCatalogs(BuildHookInterface):  # type: ignore[type-arg]
    """Compiles every catalog beside its source before files are gathered; `artifacts` lets them in."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile."""
        del version, build_data
        root = Path(self.root)
        spec = importlib.util.spec_from_file_location("compile_catalogs", root / "make" / "compile_catalogs.py")
        if spec is None or spec.loader is None:
            raise ImportError("make/compile_catalogs.py is missing")
        catalogs = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(catalogs)
        for path in root.glob(CATALOGS):
            path.with_suffix(".mo").write_bytes(catalogs.compiled(catalogs.entries(path.read_text(encoding="utf-8"))))
