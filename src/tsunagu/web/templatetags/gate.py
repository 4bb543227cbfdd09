"""How what the gate's and the referrals' pages tell is called: what is missing, what is recorded, what is not known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.translation import get_language, gettext, gettext_noop, pgettext

from tsunagu.exchange.law_words import law_in_japanese
from tsunagu.law.gate_file import GateStep
from tsunagu.web.templatetags.seized import FIELDS, prefecture_name
from tsunagu.web.templatetags.tsunagu import moment, word

register = template.Library()

PROBLEMS = {
    "identity-not-shown": gettext_noop("Nothing shows yet who he is: two sources that know of each other by nothing."),
    "identity-from-one-source": gettext_noop("Who he is rests on one source alone: a second one is needed."),
    "payment-not-shown": gettext_noop("It is not shown that the payment was his: the card may have been stolen."),
    "delivery-not-shown": gettext_noop("It is not shown that it was delivered to him, or that he opened it."),
    "item-not-shown": gettext_noop("It is not shown that what he bought was illegal on that day."),
    "item-assessed-for-another-day": gettext_noop("The title was assessed for the law of another day."),
    "day-not-shown": gettext_noop("It is not shown on which day it was done."),
    "day-not-punishable": gettext_noop("On that day nobody could be punished for it."),
    "day-to-come": gettext_noop("That day has not come yet."),
    "rule-unreviewed": gettext_noop("No lawyer has reviewed the rule: nothing may rest on it."),
    "age-unknown": gettext_noop("It is not confirmed that he is an adult."),
    "juvenile": gettext_noop("He is a juvenile: he goes another way, which is kept apart."),
}
POINTS = {
    "identity": gettext_noop("who he is, from two independent sources"),
    "payment": gettext_noop("the payment was his, and not stolen"),
    "delivery": gettext_noop("it was delivered to him, or he opened it"),
    "item": gettext_noop("the item was illegal on that day"),
    "day": gettext_noop("the day of the act"),
}
SAID = {
    "tool": gettext_noop("tool"),
    "version": gettext_noop("its version"),
    "assessor": gettext_noop("assessor"),
    "assessed_on": gettext_noop("assessed on"),
    "band": gettext_noop("band"),
    "suicide": gettext_noop("against his harming himself"),
    "children": gettext_noop("for children who live with him"),
    "office": gettext_noop("received by"),
    "position": gettext_noop("at work"),
    "basis": gettext_noop("known"),
    "contact": gettext_noop("children about him"),
    "unit": gettext_noop("station or office"),
    "prefecture": gettext_noop("lives in"),
}
CONDUCTS = {
    "possession": gettext_noop("possession for his own interest"),
    "possession_own_interest": gettext_noop("possession for his own interest"),
    "possession_for_provision": gettext_noop("possession to provide it"),
    "provision": gettext_noop("provision"),
    "provision_to_many": gettext_noop("provision to many"),
    "production": gettext_noop("production"),
    "production_posing": gettext_noop("production by letting a child pose"),
    "production_secret_filming": gettext_noop("production by filming secretly"),
    "production_for_sale": gettext_noop("production for sale"),
    "public_display": gettext_noop("public display"),
    "sale": gettext_noop("sale"),
    "secret_filming": gettext_noop("filming secretly"),
    "filming_under_16": gettext_noop("filming somebody under 16"),
    "demanding_images": gettext_noop("demanding images"),
    "child_prostitution": gettext_noop("sexual exploitation of a child for reward"),
    "intermediation": gettext_noop("intermediation"),
    "solicitation": gettext_noop("solicitation"),
    "act_abroad": gettext_noop("acts abroad"),
    "age_check_at_sale": gettext_noop("asking the age at the sale"),
    "answering_removal_requests": gettext_noop("answering requests for removal"),
    "care_in_proceedings": gettext_noop("care for the child in proceedings"),
    "checking_convictions": gettext_noop("checking for convictions"),
    "cooperation_of_providers": gettext_noop("cooperation of providers"),
    "custody": gettext_noop("custody"),
    "filtering": gettext_noop("filtering"),
    "handing_over_suspect": gettext_noop("handing over a named suspect"),
    "juvenile_referral": gettext_noop("where a juvenile is sent"),
    "notice_and_action": gettext_noop("notice and action"),
    "preserving_on_request": gettext_noop("preserving on request"),
    "preserving_report": gettext_noop("preserving a report"),
    "processing_by_police": gettext_noop("processing of data by police"),
    "publishing_identity": gettext_noop("publishing who the child is"),
    "reporting": gettext_noop("reporting by providers"),
    "scanning_messages": gettext_noop("scanning of messages"),
    "sending_to_prosecutor": gettext_noop("sending to the prosecutor"),
    "terms_of_punishment": gettext_noop("terms of punishment"),
    "transferring_case": gettext_noop("transferring a case"),
    "unknown_age": gettext_noop("not knowing the age"),
}
"""What the shipped rules are about; an agency's own rules may know other codes."""
RULES = {
    "offence": gettext_noop("offence"),
    "duty": gettext_noop("duty"),
    "allowance": gettext_noop("allowance"),
    "procedure": gettext_noop("procedure"),
    "in-force": gettext_noop("in force"),
    "not-yet": gettext_noop("not in force yet"),
    "lapsed": gettext_noop("in force no more"),
    "pending": gettext_noop("no law yet"),
    "undated": gettext_noop("nobody has stated since when"),
}
"""What a rule does, and how it stands on a day."""
CODED = frozenset({"band", "position", "basis", "contact"})
"""What says one word of a closed list."""
NOT_KNOWN = {
    "residence-confirmed": gettext_noop("where he lives, as confirmed by people"),
    "position": gettext_noop("what he is at work"),
}


@register.filter
def problem(code: str) -> str:
    """Return in plain words what keeps the gate closed."""
    return gettext(PROBLEMS[code])


@register.filter
def point_name(code: str) -> str:
    """Return what one of the five points asks for."""
    return gettext(POINTS[code])


@register.filter
def conduct(code: str) -> str:
    """Return what somebody is said to have done; a code of an agency's own rules as it is."""
    return gettext(CONDUCTS[code]) if code in CONDUCTS else code


@register.filter
def rule_word(code: str) -> str:
    """Return what a rule does, or how it stands on a day, in the page's language."""
    return gettext(RULES[code])


@register.filter
def said_name(code: str) -> str:
    """Return what a part of a fact is called."""
    return gettext(SAID[code]) if code in SAID else code


@register.filter
def said_value(value: str, name: str) -> str:
    """Return what a part of a fact says: a word of a closed list in the page's language, any other text as it is."""
    return pgettext("code", value) if name in CODED else value


@register.filter
def pairs_in_order(said: Mapping[str, Any] | None) -> list[tuple[str, Any]]:
    """Return what is said with its names, in the order of the pages: a package keeps them in that of their letters."""
    order = {name: at for at, name in enumerate([*SAID, *FIELDS])}
    return sorted((said or {}).items(), key=lambda one: order.get(one[0], len(order)))


@register.filter
def referral_word(code: str) -> str:
    """Return how a referral stands, or what was done to it; an alert that was returned is called otherwise."""
    return pgettext("referral", "returned") if code == "returned" else word(code)


@register.filter
def not_known(code: str) -> str:
    """Return what a package says is not known; an element by its code, as the rule has it."""
    kind, _, element = code.partition(":")
    if element:
        return gettext("element %s") % element
    return gettext(NOT_KNOWN[kind]) if kind in NOT_KNOWN else str(FIELDS.get(kind, kind))


@register.filter
def step_said(step: GateStep) -> str:
    """Return in one line what a step of a gate file says."""
    said, parts = step.said, list[str]()
    if "conduct" in said:
        parts.append(f"{conduct(said['conduct'])} ({said['jurisdiction']}, {moment(said['act_on'])})")
    if "point" in said:
        parts.append(f"{word(said['point'])}: {word(said['showing'])}")
    if "majority" in said:
        parts.append(word(said["majority"]))
    parts += [f"{said_name(name)}: {_told(name, said[name])}" for name in SAID if said.get(name)]
    parts += [f"{reference} ({source})" for reference, source in said.get("evidence", ())]
    parts += [word(one) for one in said.get("steps", ())]
    parts += [one["rule"] for one in said.get("rests_on", ())]
    return "; ".join([*parts, *(said[name] for name in ("words", "reasons") if said.get(name))])


def _told(name: str, value: str) -> str:
    return prefecture_name(value) if name == "prefecture" else moment(said_value(value, name))


@register.filter
def law_text(text: str) -> str:
    """Return what a rule says, is called or rests on in the language of the page, as far as that is known.

    English that is not known otherwise is marked so on a Japanese page.
    """
    if not (get_language() or "").startswith("ja"):
        return text
    told = law_in_japanese(text)
    return format_html('<span lang="en">{}</span>', text) if told == text and text.isascii() else told
