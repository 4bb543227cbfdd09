"""What stands in the summaries of packages, in each language; codes of the domain are put into words elsewhere."""

from __future__ import annotations

from typing import Final

WORDS: Final = {
    "en": {
        "title": "Case",
        "handling": (
            "Confidential. For the stated purpose alone; not to be passed on without the consent of the agency. "
            "To be erased after the last day."
        ),
        "caution": (
            "A finding is what a machine found alike. Only one that an officer judged the same is a match. "
            "Nothing here says anything about a person."
        ),
        "agency": "Agency",
        "purpose": "Purpose",
        "opened": "Opened",
        "closed": "Closed",
        "keep": "Last day",
        "covert": "Covert",
        "waiting": "Not compared yet",
        "exported": "Exported",
        "release": "Written by",
        "yes": "yes",
        "no": "no",
        "exhibits": "Exhibits",
        "exhibit": "Exhibit",
        "registered": "Registered",
        "by": "By",
        "files": "Files",
        "place": "No.",
        "path": "Path",
        "type": "Type",
        "size": "Bytes",
        "SHA-256": "SHA-256",
        "findings": "Findings and judgements",
        "evidence": "Evidence",
        "bits": "Bits apart",
        "judgement": "Judgement",
        "at": "At",
        "custody": "Chain of custody",
        "act": "Act",
        "entry": "Ledger entry",
        "none": "None.",
        "left": "Not listed here, and in case.jsonld:",
    },
    "ja": {
        "title": "事件",
        "handling": (
            "取扱注意。記載の目的に限り使用し、機関の同意なく第三者に渡さないこと。保存期限の後は消去すること。"
        ),
        "caution": (
            "ヒットは機械が似ていると見つけたものです。担当官が「同じ」と判断して初めて一致となります。"
            "人物について述べるものではありません。"
        ),
        "agency": "機関",
        "purpose": "目的",
        "opened": "開始",
        "closed": "終了",
        "keep": "保存期限",
        "covert": "秘匿",
        "waiting": "照合待ち",
        "exported": "書き出し",
        "release": "作成",
        "yes": "はい",
        "no": "いいえ",
        "exhibits": "証拠物件",
        "exhibit": "証拠物件",
        "registered": "登録",
        "by": "担当官",
        "files": "ファイル",
        "place": "番号",
        "path": "パス",
        "type": "種類",
        "size": "バイト数",
        "SHA-256": "SHA-256",
        "findings": "ヒットと判断",
        "evidence": "種別",
        "bits": "差(ビット)",
        "judgement": "判断",
        "at": "日時",
        "custody": "保管の連鎖",
        "act": "行為",
        "entry": "台帳の記録",
        "none": "なし。",
        "left": "ここに記載していないもの(case.jsonld にあります):",
    },
}
