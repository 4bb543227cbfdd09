"""Typesetting: data and a template become PDF. Nothing is fetched: the fonts are those of this machine."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final, cast

from tsunagu.domain.errors import Unavailable

FONTS: Final = ("Noto Sans CJK JP", "Noto Sans JP", "IPAexGothic", "IPAGothic", "VL Gothic", "Hiragino Sans")
"""Fonts that have both scripts; the first that is installed is taken."""
_LONG: Final = re.compile(r"[^\s/]{16}|/")


class Typesetter:
    """Sets PDF by Typst."""

    def __init__(self) -> None:
        """Find what is needed.

        Raises:
            Unavailable: Typst, or a font with Japanese letters, is not installed.
        """
        try:
            import typst  # noqa: PLC0415 - an extra, and slow to load
        except ImportError:
            raise Unavailable(
                "the PDF needs the extra `report` (pip install 'tsunagu[report]'), or leave it out: --without-pdf"
            ) from None
        self._typst = typst
        self._fonts = typst.Fonts()
        families = set(self._fonts.families())
        self._font = next((one for one in FONTS if one in families), None)
        if self._font is None:
            raise Unavailable(
                "the PDF needs a font with Japanese letters (Debian: fonts-noto-cjk), or leave it out: --without-pdf"
            )

    def pdf(self, template: Path, told: Mapping[str, Any], *, at: datetime) -> bytes:
        """Return a template set with data, which it finds as `told`; the same data and time give the same bytes."""
        compiler = self._typst.Compiler(
            template.read_bytes(),
            font_paths=self._fonts,
            sys_inputs={"told": json.dumps({"font": self._font, **told})},
        )
        return cast("bytes", compiler.compile(format="pdf", timestamp=int(at.timestamp())))

    @staticmethod
    def breaking(text: str) -> str:
        """Return a text with places where a line may break in what has none, such as a path or a digest."""
        return _LONG.sub("\\g<0>\u200b", text)
