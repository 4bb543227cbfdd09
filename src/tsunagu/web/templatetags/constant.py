"""Tags that say the same on every page of a language: Django works them out each time, these once in a process.

A page has some sixty words and twenty addresses that depend on nothing it shows, and they took a third of its time.
Templates load this as `i18n`; `url` is built in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import template
from django.template.base import FilterExpression, Node, Parser, Token, Variable
from django.template.context import Context
from django.template.defaulttags import url as url_tag
from django.templatetags import i18n
from django.urls import get_script_prefix
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

register = template.Library()
register.tags.update(i18n.register.tags)
register.filters.update(i18n.register.filters)


class ConstantNode(Node):
    """A tag without variables, and what it has said so far, by what alone it depends on."""

    def __init__(self, tag: Node, depends_on: Callable[[], str | None]) -> None:
        """Take the place of `tag`."""
        self._tag = tag
        self._depends_on = depends_on
        self._said: dict[str | None, SafeString] = {}

    def render(self, context: Context) -> SafeString:
        """Return what the tag says."""
        key = self._depends_on()
        said = self._said.get(key)
        if said is None:
            said = self._said[key] = mark_safe(self._tag.render(context))  # noqa: S308 - as a tag's words are
        return said


@register.tag("trans")
@register.tag("translate")
def translate(parser: Parser, token: Token) -> Node:
    """Write a text in the page's language, as Django's own tag does."""
    tag: Any = i18n.do_translate(parser, token)
    said = [tag.filter_expression, *filter(None, [tag.message_context])]
    return ConstantNode(tag, get_language) if _is_fixed(tag, said) else tag


@register.tag
def url(parser: Parser, token: Token) -> Node:
    """Write an address, as Django's own tag does."""
    tag: Any = url_tag(parser, token)
    is_fixed = not tag.args and not tag.kwargs and _is_fixed(tag, [tag.view_name])
    return ConstantNode(tag, get_script_prefix) if is_fixed else tag


def _is_fixed(tag: Any, said: list[FilterExpression]) -> bool:
    return tag.asvar is None and all(not one.filters and _is_literal(one.var) for one in said)


def _is_literal(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, Variable) and value.literal is not None)
