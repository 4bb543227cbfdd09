"""Kanji that people of one name write in several ways: NFKC folds none of them."""

from __future__ import annotations

from typing import Final

_GROUPS: Final = """
斉斎齋齊 辺邊邉 高髙 崎﨑嵜碕 吉𠮷 沢澤 桜櫻 恵惠 浜濱濵 島嶋嶌 国國囯 広廣 竜龍 滝瀧 栄榮 円圓 真眞 万萬 与與 亜亞
来來 会會 伝傳 児兒 剣劍劔 勲勳 厳嚴 参參 台臺 塩鹽 壱壹 壮壯 奥奧 学學斈 宝寶 実實 寛寬 寿壽 将將 尭堯 巌巖 弥彌
徳德 応應 恒恆 晃晄 暁曉 曽曾 条條 桑桒 檜桧 歩步 浄淨 浅淺 済濟 渉涉 渓溪 満滿 為爲 県縣 礼禮 禄祿 秋龝 穂穗 穣穰
糸絲 経經 絵繪 総總 緑綠 縁緣 聡聰 芦蘆 芸藝 荘莊 薗園 蔵藏 薫薰 蛍螢 覚覺 譲讓 豊豐 遥遙 鉄鐵鐡 関關 静靜 頼賴 顕顯
鴎鷗 黄黃 黒黑 冨富 槙槇 籠篭 薮藪 蛎蠣 靱靭 凛凜 崗岡 舘館 當当 邨村 埜野 彦彥 柳栁 横橫 郎郞 朗朖 温溫 浩澔 清淸
瀬瀨 緒緖 青靑 鶴靏靎 角⾓ 戸戶 巻卷 麻蔴 強强 猪豬
"""


def _table() -> dict[int, str]:
    table: dict[int, str] = {}
    for group in _GROUPS.split():
        first = table.get(ord(group[0]), group[0])
        for other in group[1:]:
            if other != first:
                table[ord(other)] = first
    return table


VARIANTS: Final = _table()
"""From each written form to the one that stands for its group, as `str.translate` takes it."""


def folded(text: str) -> str:
    """Return `text` with each kanji in the form that stands for its variants; 斎 and 斉 become one.

    It is a key to find by and never what is shown: the law takes 斎藤 and 斉藤 for two names.
    """
    return text.translate(VARIANTS)
