"""Names to invent people from: how they are written and read. Each name is common; nobody in particular has it."""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from random import Random
from typing import Final

FREQUENT_FAMILIES: Final = """
佐藤サトウ 鈴木スズキ 高橋タカハシ 田中タナカ 伊藤イトウ 渡辺ワタナベ 山本ヤマモト 中村ナカムラ 小林コバヤシ
加藤カトウ 吉田ヨシダ 山田ヤマダ 佐々木ササキ 山口ヤマグチ 松本マツモト 井上イノウエ 木村キムラ 林ハヤシ
斎藤サイトウ 清水シミズ 山崎ヤマザキ 森モリ 池田イケダ 橋本ハシモト 阿部アベ 石川イシカワ 山下ヤマシタ 中島ナカジマ
石井イシイ 小川オガワ 前田マエダ 岡田オカダ 長谷川ハセガワ 藤田フジタ 後藤ゴトウ 近藤コンドウ 村上ムラカミ
遠藤エンドウ 青木アオキ 坂本サカモト 斉藤サイトウ 福田フクダ 太田オオタ 西村ニシムラ 藤井フジイ 金子カネコ
岡本オカモト 藤原フジワラ 三浦ミウラ 中野ナカノ 中川ナカガワ 原田ハラダ 松田マツダ 竹内タケウチ 小野オノ 田村タムラ
中山ナカヤマ 和田ワダ 石田イシダ 森田モリタ 上田ウエダ 原ハラ 内田ウチダ 柴田シバタ 酒井サカイ 宮崎ミヤザキ
横山ヨコヤマ 高木タカギ 安藤アンドウ 宮本ミヤモト 大野オオノ 小島コジマ 谷口タニグチ 工藤クドウ 今井イマイ
高田タカダ 増田マスダ 丸山マルヤマ 杉山スギヤマ 村田ムラタ 大塚オオツカ 新井アライ 小山コヤマ 平野ヒラノ
藤本フジモト 河野コウノ 上野ウエノ 野口ノグチ 武田タケダ 松井マツイ 千葉チバ 菅原スガワラ 岩崎イワサキ 久保クボ
木下キノシタ 佐野サノ 野村ノムラ 松尾マツオ 菊地キクチ 市川イチカワ 浜田ハマダ 桜井サクライ 沢田サワダ 高島タカシマ
辺見ヘンミ 国分コクブ 広瀬ヒロセ 滝沢タキザワ 栄サカエ 東海林ショウジ 服部ハットリ 越智オチ 神戸カンベ 戸塚トツカ
本間ホンマ 半田ハンダ 九鬼クキ 大内オオウチ 土屋ツチヤ 塩田シオダ 黒沢クロサワ
"""
_FAMILY_HEADS: Final = """
上ウエ 中ナカ 大オオ 小コ 北キタ 南ミナミ 西ニシ 東ヒガシ 高タカ 長ナガ 古フル 新ニイ 今イマ 平ヒラ 石イシ 岩イワ
松マツ 竹タケ 杉スギ 梅ウメ 藤フジ 桑クワ 柳ヤナギ 森モリ 水ミズ 川カワ 浜ハマ 磯イソ 福フク 吉ヨシ 宮ミヤ 寺テラ
堀ホリ 堤ツツミ 荒アラ 黒クロ 白シラ 赤アカ 青アオ 金カネ 鈴スズ 熊クマ 鹿シカ 鳥トリ 亀カメ 鶴ツル 稲イネ 米ヨネ
秋アキ 春ハル
"""
_FAMILY_TAILS: Final = """
田ダ 山ヤマ 川カワ 村ムラ 野ノ 本モト 島シマ 崎サキ 沢サワ 井イ 木キ 谷タニ 原ハラ 岡オカ 橋ハシ 池イケ 塚ツカ
倉クラ 浦ウラ 瀬セ 森モリ 林バヤシ 尾オ 口グチ 内ウチ 下シタ 越ゴエ 永ナガ
"""
_MEN: Final = """
健ケン 浩ヒロ 正マサ 和カズ 英ヒデ 秀ヒデ 直ナオ 智トモ 康ヤス 雅マサ 裕ユウ 隆タカ 幸ユキ 俊トシ 敏トシ 義ヨシ
良ヨシ 光ミツ 明アキ 達タツ 哲テツ 洋ヨウ 修シュウ 慎シン 信ノブ 伸ノブ 克カツ 勝カツ 貴タカ 孝タカ 恵ケイ 広ヒロ
真シン 徳ノリ 文フミ 祐ユウ 竜リュウ
"""
_MEN_ENDS: Final = """
一イチ 二ジ 樹キ 之ユキ 人ト 彦ヒコ 夫オ 雄オ 也ヤ 司ジ 介スケ 太タ 太郎タロウ 次郎ジロウ 一郎イチロウ 志シ 朗ロウ
輔スケ 生オ
"""
_WOMEN: Final = """
美ミ 恵エ 由ユ 真マ 優ユ 麻マ 奈ナ 千チ 久ク 理リ 里リ 絵エ 亜ア 沙サ 幸サチ 和カズ 智トモ 陽ヨウ 裕ユウ 洋ヨウ
純ジュン 京キョウ
"""
_WOMEN_ENDS: Final = "子コ 美ミ 香カ 代ヨ 江エ 奈ナ 里リ 穂ホ 紀キ 華カ 衣イ 菜ナ"
FREQUENT_FAMILIES_HOLD: Final = 0.72
"""The share of people with one of the frequent family names."""
VARIANTS_TO_WRITE: Final = dict(
    zip(
        "高崎辺斎斉沢桜恵浜島国広真竜滝栄徳塩黒吉",
        "髙﨑邉齋齊澤櫻惠濱嶋國廣眞龍瀧榮德鹽黑𠮷",
        strict=True,
    )
)


@dataclass(frozen=True, slots=True)
class Word:
    """A name as it is written and as it is read."""

    kanji: str
    kana: str


def words(text: str) -> list[Word]:
    """Return each word of a text of kanji with their kana behind them."""
    found = []
    for one in text.split():
        at = next(place for place, letter in enumerate(one) if "ァ" <= letter <= "ヺ")
        found.append(Word(one[:at], one[at:]))
    return found


def composed(heads: str, tails: str) -> list[Word]:
    """Return every head with every tail."""
    return [Word(one.kanji + end.kanji, one.kana + end.kana) for one in words(heads) for end in words(tails)]


class Drawn:
    """Words to draw from, the first ones more often: as often as one over their place."""

    def __init__(self, choices: list[Word], *, flat: int) -> None:
        """Take the words; the larger `flat`, the more alike their chances."""
        self._choices = choices
        self._upto = list(accumulate(1 / (place + flat) for place in range(len(choices))))

    def draw(self, rng: Random) -> Word:
        """Return one."""
        return self._choices[bisect(self._upto, rng.random() * self._upto[-1])]


@dataclass(frozen=True)
class Names:
    """All names to draw from."""

    frequent: Drawn
    families: Drawn
    men: Drawn
    women: Drawn

    def family(self, rng: Random) -> Word:
        """Return a family name, as unevenly as names are."""
        return (self.frequent if rng.random() < FREQUENT_FAMILIES_HOLD else self.families).draw(rng)

    def given(self, rng: Random, *, is_man: bool) -> Word:
        """Return a given name."""
        return (self.men if is_man else self.women).draw(rng)


@cache
def names() -> Names:
    """Return all names to draw from."""
    rng = Random(7)  # noqa: S311 - an order that is always the same
    families, men, women = (
        composed(*those) for those in ((_FAMILY_HEADS, _FAMILY_TAILS), (_MEN, _MEN_ENDS), (_WOMEN, _WOMEN_ENDS))
    )
    for those in (families, men, women):
        rng.shuffle(those)
    return Names(
        Drawn(words(FREQUENT_FAMILIES), flat=12), Drawn(families, flat=100), Drawn(men, flat=40), Drawn(women, flat=25)
    )
