"""How codes of statistics are called on a page."""

from __future__ import annotations

from django import template
from django.utils.translation import get_language

from tsunagu.counting.names import Language, name_of, share_text
from tsunagu.domain.figure import Share

register = template.Library()


@register.filter
def figure_word(code: str) -> str:
    """Return what a code of statistics is called in the language of the page."""
    return name_of(code, _language())


@register.filter
def share_words(share: Share) -> str:
    """Return a share with both its counts, in the language of the page."""
    return share_text(share, _language())


def _language() -> Language:
    is_japanese = (get_language() or "").startswith(Language.JAPANESE.value)
    return Language.JAPANESE if is_japanese else Language.ENGLISH
