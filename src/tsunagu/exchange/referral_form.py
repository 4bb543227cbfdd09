"""A referral for people: the form on which a suspect is handed over, in Japanese, as text and as PDF.

Typst sets it (see `referral_form.typ`). What stands in the package is handed over as data and never read as markup.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from tsunagu.exchange.law_words import law_in_japanese
from tsunagu.exchange.typesetting import Typesetter

_TEMPLATE: Final = Path(__file__).with_name("referral_form.typ")
FORMS: Final = {"designation": "指名通報", "transfer": "移送"}
POINTS: Final = {
    "identity": "人定（2以上の独立した資料）",
    "payment": "決済手段の不正利用でないこと",
    "delivery": "配送又は取得",
    "item": "作品の該当性（行為日の法）",
    "day": "行為日",
}
SHOWINGS: Final = {"shown": "立証済み", "disputed": "争いあり", "not-shown": "未立証", "unknown": "不明"}
VALUES: Final = {"lawful": "適法", "illegal": "違法", "not-assessed": "未判断"}
SAID: Final = {
    "name": "氏名",
    "kana": "フリガナ",
    "mail": "電子メール",
    "phone": "電話番号",
    "postcode": "郵便番号",
    "address": "住所",
    "born": "生年月日",
    "order": "注文番号",
    "ordered-on": "注文日",
    "title-code": "商品コード",
    "title": "商品名",
    "payment": "支払方法",
    "card-holder": "カード名義",
    "sent-postcode": "配送先郵便番号",
    "sent-address": "配送先住所",
    "sent-on": "発送日",
    "remarks": "備考",
}
NOT_KNOWN: Final = {**SAID, "residence-confirmed": "住居の確認", "position": "職業"}
FACTS: Final = {
    "risk": "児童への危険の評価",
    "welfare": "自殺防止・家庭の児童",
    "residence": "住居",
    "position": "職業",
}
NAMES: Final = {
    "prefecture": "都道府県",
    "tool": "評価手法",
    "version": "版",
    "assessed_on": "評価日",
    "band": "区分",
    "assessor": "評価者",
    "suicide": "自殺防止",
    "children": "家庭の児童",
    "position": "職業",
    "basis": "根拠",
    "contact": "児童との接触",
    "unit": "所属",
}
CODES: Final = {
    "low": "低",
    "medium": "中",
    "high": "高",
    "very-high": "極めて高い",
    "stated": "本人の申述",
    "confirmed": "公的確認",
    "educator": "教育",
    "care": "保育・福祉",
    "medical": "医療",
    "police": "警察",
    "official": "公務員",
    "other": "その他",
    "none": "なし",
    "yes": "あり",
    "no": "なし",
    "unknown": "不明",
    "postcode": "郵便番号",
    "prefecture named": "都道府県名の記載",
    "municipality": "市区町村名",
    "area code": "市外局番",
    "firm": "確実",
    "fair": "おおむね確実",
    "weak": "弱い",
}
"""What codes of the gate file are called; any other text stands as it was written."""
CONDUCTS: Final = {
    "possession": "自己の性的好奇心を満たす目的での所持",
    "possession_own_interest": "自己の性的好奇心を満たす目的での所持",
    "possession_for_provision": "提供目的の所持",
    "provision": "提供",
    "provision_to_many": "不特定又は多数の者への提供",
    "production": "製造",
    "public_display": "公然陳列",
}
"""What acts are called; of any other one its code stands."""
SIGNED: Final = (("受領年月日", ""), ("受領者（職・氏名）", ""))
RETURNS: Final = {"wrong-area": "管轄違い", "moved": "転居", "duplicate": "重複", "deceased": "死亡"}
PRESUMPTION: Final = (
    "本票に記載された者は被疑者であり、有罪と認められた者ではない。名簿の記載のみを証拠としないこと。"
    "取下げの通知があったときは、印刷物を含め直ちに使用をやめること。"
)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the form: its heading, and its lines as what it is and what is said."""

    heading: str
    lines: tuple[tuple[str, str], ...]


def parts_of(fields: Mapping[str, Any]) -> tuple[str, tuple[Part, ...]]:
    """Return the title of the form, and its parts in order."""
    cover = fields["cover"]
    title = f"事件引継書（{FORMS[cover['form']]}）"
    return title, (
        Part("宛先・発信", _cover(fields)),
        Part("被疑者", _person(fields["person"])),
        Part("児童への危険・自殺防止ほか", _facts(fields)),
        Part("購入の記録", _rows(fields["purchases"])),
        Part("裏付けの確認", tuple((POINTS[one["point"]], _point(one)) for one in fields["checklist"])),
        Part("適用法条と構成要件", _law(fields["law"])),
        Part("作品", tuple((one["title"], _title(one)) for one in fields["titles"])),
        Part("証拠物件", tuple((one["reference"], f"SHA-256 {one['sha256']}") for one in fields["exhibits"])),
        Part("捜査の競合回避", (("結果", fields["deconfliction"]),)),
        Part("判明していない事項", (("事項", "、".join(map(_not_known, fields["not_known"])) or "なし"),)),
        Part(
            "取扱い・保存期限",
            (("取扱い", fields["handling"]["restriction"]), ("保存期限", fields["handling"]["keep_until"])),
        ),
        Part("受領票", (("受領", "□"), *((f"返戻（{word}）", "□") for word in RETURNS.values()), *SIGNED)),
    )


def text_of(fields: Mapping[str, Any]) -> str:
    """Return the form as text."""
    title, parts = parts_of(fields)
    lines = [title, "", PRESUMPTION]
    for part in parts:
        lines += ["", f"【{part.heading}】"]
        lines += [f"{name}: {said}" if name else said for name, said in part.lines]
    return "\n".join(lines) + "\n"


def pdf_of(fields: Mapping[str, Any], typesetter: Typesetter) -> bytes:
    """Return the form as PDF; the same fields give the same bytes."""
    title, parts = parts_of(fields)
    told = {
        "title": title,
        "notice": PRESUMPTION,
        "referral": fields["referral"],
        "sender": _agency(fields["cover"]["from"]),
        "parts": [
            {"heading": one.heading, "lines": [list(map(typesetter.breaking, line)) for line in one.lines]}
            for one in parts
        ],
    }
    at = datetime.fromisoformat(fields["written_at"])
    return typesetter.pdf(_TEMPLATE, told, at=at)


def _cover(fields: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    cover = fields["cover"]
    return (
        ("宛先", _agency(cover["to"])),
        ("発信", _agency(cover["from"])),
        ("連絡先", cover["from"]["contact"]),
        ("事件番号", cover["reference"]),
        ("引継番号", fields["referral"]),
        ("作成日時（UTC）", fields["written_at"][:16].replace("T", " ")),
        ("根拠", cover["authority"]),
    )


def _agency(card: Mapping[str, str]) -> str:
    return card.get("local_name") or card["agency"]


def _person(person: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    forms = [
        (SAID[name], "、".join(f"{one['said']}（{one['rows']}行）" for one in said) or "記載なし")
        for name, said in _in_order(person["said"], SAID)
    ]
    lives = person["prefecture"]
    method, confidence = (CODES.get(lives[one], lives[one]) for one in ("method", "confidence"))
    basis = "確認済み" if lives["confirmed"] else f"名簿による: {method}、確度 {confidence}"
    return (*forms, ("居住都道府県", f"{lives.get('name') or lives['code']}（{basis}）"))


def _facts(fields: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return what is recorded of him, the risk to children first; his prefecture by its name, where that is told."""
    lives = fields["person"]["prefecture"]
    called = {lives["code"]: lives.get("name") or lives["code"]}
    return tuple((FACTS[kind], _said(said, called)) for kind, said in _in_order(fields["facts"], FACTS))


def _in_order(said: Mapping[str, Any], names: Mapping[str, str]) -> list[tuple[str, Any]]:
    """Return what is said under these names, in their order: what was signed has them in that of their letters."""
    return [(name, said[name]) for name in names if name in said]


def _rows(purchases: Sequence[Mapping[str, Any]]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (f"{one['row']}行目", "、".join(f"{SAID[name]} {said}" for name, said in _in_order(one, SAID)))
        for one in purchases
    )


def _point(one: Mapping[str, Any]) -> str:
    evidence = "、".join(f"{each['reference']}（{each['source']}）" for each in one["evidence"])
    return " ".join(each for each in (SHOWINGS[one["showing"]], evidence, one["words"]) if each)


def _law(law: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    lines = [("行為", f"{CONDUCTS.get(law['conduct'], law['conduct'])}、{law['act_on']}（{law['jurisdiction']}）")]
    for one in law["rules"]:
        called = f"{law_in_japanese(one['instrument'])} {law_in_japanese(one['provision'])}"
        lines.append(("法条", f"{called}（{one['rule']} 第{one['version']}版、確認 {one['reviewer']}）"))
        lines += [("未立証の要件", law_in_japanese(each["says"])) for each in one["missing_elements"]]
    return tuple(lines)


def _title(one: Mapping[str, Any]) -> str:
    said = [
        f"{each['as'] and VALUES[each['as']]}（{each['jurisdiction']} {each['from']}〜{each['to'] or ''}）"
        for each in one["assessments"]
    ]
    return " ".join(each for each in (one["code"], one["jan"], one["maker"], *said) if each) or "判断なし"


def _said(said: Mapping[str, Any], called: Mapping[str, str]) -> str:
    words = {**CODES, **called}
    shown = [f"{NAMES[name]}: {words.get(value, value)}" for name, value in _in_order(said, NAMES) if value]
    evidence = "、".join(f"{reference}（{source}）" for reference, source in said.get("evidence", ()))
    return "、".join([*shown, *([evidence] if evidence else [])])


def _not_known(code: str) -> str:
    kind, _, element = code.partition(":")
    return f"構成要件 {element}" if element else NOT_KNOWN[kind]
