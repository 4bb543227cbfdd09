"""Mappings: which column of a seized list says what, as a file that people confirm and use again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from tsunagu.domain.errors import InputError
from tsunagu.domain.seized import ListField, ListMapping

FORMAT: Final = "tsunagu-list-mapping/1"
MOST_BYTES: Final = 1 << 18
_SENT: Final = ("配送", "送付", "届", "ship", "deliver")
_PATTERNS: Final = (
    (ListField.KANA, ("フリガナ", "ふりがな", "カナ", "かな", "kana", "yomi", "読み")),
    (ListField.MAIL, ("メール", "mail")),
    (ListField.PHONE, ("電話", "tel", "phone", "携帯")),
    (ListField.POSTCODE, ("郵便", "〒", "zip", "post")),
    (ListField.ADDRESS, ("住所", "address", "addr")),
    (ListField.BORN, ("生年月日", "誕生日", "birth", "born")),
    (ListField.ORDERED_ON, ("注文日", "購入日", "受注日", "order_date", "ordered", "date")),
    (ListField.ORDER, ("注文番号", "受注番号", "伝票", "order_id", "order")),
    (ListField.TITLE_CODE, ("商品コード", "品番", "jan", "sku", "product_id", "item_code")),
    (ListField.TITLE, ("商品名", "タイトル", "品名", "title", "product", "item")),
    (ListField.CARD_HOLDER, ("カード名義", "名義", "card_holder", "cardholder")),
    (ListField.PAYMENT, ("支払", "決済", "payment")),
    (ListField.SENT_ON, ("発送日", "出荷日", "shipped", "sent")),
    (ListField.REMARKS, ("備考", "メモ", "remarks", "note", "memo")),
    (ListField.NAME, ("氏名", "名前", "お客様名", "顧客名", "name")),
)
"""What titles of columns hold, the field that is told from them first coming first."""


def proposed_columns(titles: Sequence[str]) -> dict[ListField, str]:
    """Return which column seems to say what, by its title: a proposal, for a person to confirm."""
    found: dict[ListField, str] = {}
    for title in titles:
        lower = title.lower()
        is_sent = any(one in lower for one in _SENT) and "日" not in lower
        for one, words in _PATTERNS:
            told = _of_the_parcel(one) if is_sent else one
            if told is not None and told not in found and any(word in lower for word in words):
                found[told] = title
                break
    return found


def _of_the_parcel(one: ListField) -> ListField | None:
    """Return what a column says of where a parcel went: that is not where somebody lives."""
    return {ListField.POSTCODE: ListField.SENT_POSTCODE, ListField.ADDRESS: ListField.SENT_ADDRESS}.get(one)


def mapping_text(mapping: ListMapping) -> str:
    """Return a mapping as its file: JSON, for people to read and change."""
    told = {"format": FORMAT, **mapping_json(mapping)}
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def mapping_json(mapping: ListMapping) -> dict[str, Any]:
    """Return a mapping as JSON has it."""
    return {
        "columns": {one.value: title for one, title in mapping.columns.items()},
        "file": mapping.format,
        "delimiter": mapping.delimiter,
        "encodings": dict(mapping.encodings),
        "table": mapping.table,
        "is_1904": mapping.is_1904,
    }


def mapping_of(told: object) -> ListMapping:
    """Return a mapping as `mapping_json` gave it.

    Raises:
        InputError: it is none, or names no column.
    """
    if not isinstance(told, dict):
        raise InputError("this is no mapping of a list")
    columns, encodings = told.get("columns"), told.get("encodings", {})
    texts = (told.get("file", ""), told.get("delimiter", ""), told.get("table", ""))
    is_1904 = told.get("is_1904")
    if not (
        isinstance(columns, dict)
        and _is_texts(columns)
        and _is_texts(encodings)
        and all(isinstance(one, str) for one in texts)
    ):
        raise InputError("this is no mapping of a list")
    if is_1904 is not None and not isinstance(is_1904, bool):
        raise InputError("this is no mapping of a list")
    if not set(columns) <= set(ListField) or not columns:
        raise InputError("a mapping names the columns of at least one field, and no other fields than there are")
    return ListMapping(
        {ListField(one): title for one, title in columns.items()}, texts[0], texts[1], encodings, texts[2], is_1904
    )


def read_mapping(data: bytes) -> ListMapping:
    """Return the mapping that a file holds.

    Raises:
        InputError: it is none.
    """
    if len(data) > MOST_BYTES:
        raise InputError("this is no mapping of a list")
    try:
        told = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise InputError("this is no mapping of a list") from error
    return mapping_of(told)


def _is_texts(told: object) -> bool:
    return isinstance(told, dict) and all(isinstance(one, str) for one in told.values())
