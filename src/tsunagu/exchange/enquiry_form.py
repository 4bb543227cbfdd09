"""An enquiry request on paper, in Japanese: a confirmation is asked for, and nothing is said of whoever it is about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from tsunagu.exchange.referral_form import SAID
from tsunagu.exchange.typesetting import Typesetter

_TEMPLATE: Final = Path(__file__).with_name("referral_form.typ")
TITLE: Final = "確認依頼書"
WANTED: Final = {
    "identity": "人定（氏名・生年月日が公的な記録と一致するか）",
    "residence": "住居（記載の住所に現に居住しているか）",
    "born": "生年月日",
}
ANSWERS: Final = "□ 確認できた　□ 確認できない　□ 不明"
NOTICE: Final = (
    "本書は、下記の事項の確認を依頼するものである。記載された者について何らかの判断がされたことを示すものではない。"
    "本書を理由として、本人、家族、勤務先その他の者に接触しないこと。"
    "期限までに回答がないときは、依頼元・依頼先の双方で内容を消去する。本書も廃棄すること。"
)


def text_of(fields: Mapping[str, Any]) -> str:
    """Return the letter as text."""
    lines = [TITLE, "", NOTICE]
    for heading, rows in _parts(fields):
        lines += ["", f"【{heading}】", *(f"{name}: {said}" for name, said in rows)]
    return "\n".join(lines) + "\n"


def pdf_of(fields: Mapping[str, Any], typesetter: Typesetter) -> bytes:
    """Return the letter as PDF; the same fields give the same bytes."""
    told = {
        "title": TITLE,
        "notice": NOTICE,
        "referral": fields["request"],
        "sender": _agency(fields["from"]),
        "parts": [
            {"heading": heading, "lines": [list(map(typesetter.breaking, row)) for row in rows]}
            for heading, rows in _parts(fields)
        ],
    }
    return typesetter.pdf(_TEMPLATE, told, at=datetime.fromisoformat(fields["written_at"]))


def _parts(fields: Mapping[str, Any]) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    person, not_known = fields["person"], "、".join(SAID[one] for one in fields["not_known"])
    return (
        (
            "宛先・発信",
            (
                ("宛先", _agency(fields["to"])),
                ("発信", _agency(fields["from"])),
                ("連絡先", fields["from"]["contact"]),
                ("照会番号", fields["request"]),
                ("作成日時（UTC）", fields["written_at"][:16].replace("T", " ")),
                ("根拠", fields["authority"]),
                ("回答期限", fields["last_day"]),
            ),
        ),
        ("確認の対象", tuple((SAID[name], "、".join(person[name])) for name in SAID if name in person)),
        ("確認されたい事項", tuple((WANTED[one], ANSWERS) for one in fields["wanted"])),
        ("依頼元で判明していない事項", (("事項", not_known or "なし"),)),
        ("回答欄", (("回答年月日", ""), ("回答者（職・氏名）", ""), ("備考", ""))),
    )


def _agency(card: Mapping[str, str]) -> str:
    return card.get("local_name") or card["agency"]
