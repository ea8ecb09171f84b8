"""Names of people: what is a name, when two are the same, how they are masked and read aloud."""

from __future__ import annotations

import hmac
import unicodedata
from collections.abc import Callable
from functools import cache
from importlib import import_module

from registry.errors import InvalidName

LONGEST = 60
DOT = "·"
# Dots that keyboards and old systems write for the one in 买买提·阿卜杜拉.
LOOK_ALIKES = dict.fromkeys(map(ord, "\u2022\u2027\u22c5\u30fb\uff65\uff0e\u00b7\u2219\u2e31"), DOT)
# Control, surrogate, private use, unassigned, format (bidi and zero width), line and paragraph separators.
REFUSED = frozenset({"Cc", "Cs", "Co", "Cn", "Cf", "Zl", "Zp"})

# Readings of characters that are read otherwise as a surname; pypinyin takes them as common words.
SURNAMES = {
    "尉迟": "yu chi", "万俟": "mo qi", "长孙": "zhang sun", "澹台": "tan tai", "单于": "chan yu",
    "宰父": "zai fu", "令狐": "ling hu", "夏侯": "xia hou", "皇甫": "huang fu", "呼延": "hu yan",
    "单": "shan", "仇": "qiu", "曾": "zeng", "查": "zha", "解": "xie", "任": "ren", "盖": "ge",
    "区": "ou", "朴": "piao", "覃": "qin", "缪": "miao", "翟": "zhai", "冼": "xian", "尉": "wei",
    "乐": "yue", "员": "yun", "召": "shao", "种": "chong", "重": "chong", "秘": "bi", "宓": "mi",
    "祭": "zhai", "折": "she", "黑": "he", "盛": "sheng", "华": "hua", "纪": "ji", "哈": "ha",
    "洗": "xian", "燕": "yan", "葛": "ge", "那": "na", "能": "nai", "逄": "pang", "瞿": "qu",
    "应": "ying", "晟": "cheng", "车": "che", "陆": "lu", "石": "shi", "强": "qiang", "句": "gou",
    "佴": "nai", "阚": "kan", "乜": "nie", "幺": "yao", "繁": "po", "谌": "chen", "逯": "lu",
    "曲": "qu", "干": "gan", "适": "kuo", "卜": "bu", "隗": "wei", "郗": "xi", "芮": "rui",
    "钭": "tou", "亓": "qi", "訾": "zi", "笪": "da", "郇": "xun", "於": "yu", "过": "guo",
}  # fmt: skip


def check_name(text: str) -> str:
    """The name without outer blanks, otherwise as typed.

    :raises InvalidName: ``missing``, ``too_long``, ``forbidden_characters`` or ``no_letter``.
    """
    name = text.strip()
    if not name:
        raise InvalidName("missing", "还没填姓名")
    if len(name) > LONGEST:
        raise InvalidName("too_long", "姓名太长了，最多 60 个字")
    if any(_refused(character) for character in name):
        raise InvalidName("forbidden_characters", "姓名里有看不见或不能用的字符，请重新输入")
    if not any(_is_letter(character) for character in name):
        raise InvalidName("no_letter", "姓名里至少要有一个字")
    return name


def same_name(one: str, other: str) -> bool:
    """Are the two the same name? Equal after NFC and with one kind of middle dot; in even time."""
    return hmac.compare_digest(_comparable(one), _comparable(other))


def mask_name(name: str) -> str:
    """The name for public pages: 王*, 林*航, 买**拉. The stars do not tell how long it is."""
    characters = _characters(name.strip())
    if len(characters) < 3:
        return "".join(characters[:1]) + "*"
    return characters[0] + ("*" if len(characters) == 3 else "**") + characters[-1]


def pinyin(name: str, *, surname: bool = True) -> tuple[str, str]:
    """Search forms of a name: (``zengxiaoyu``, ``zxy``). ü is v. Names of schools have no `surname`."""
    syllables = _syllables(name, surname=surname)
    return "".join(syllables), "".join(syllable[0] for syllable in syllables)


@cache
def _reader() -> Callable[[str], list[str]]:
    """pypinyin, when a name is first read: its dictionary takes half a second and 40 MB."""
    read: Callable[[str], list[str]] = import_module("pypinyin").lazy_pinyin
    return read


def _syllables(name: str, *, surname: bool) -> list[str]:
    head: list[str] = []
    rest = name
    if surname:
        for length in (2, 1):
            reading = SURNAMES.get(name[:length])
            if reading and len(name) >= length:
                head, rest = reading.split(), name[length:]
                break
    found = (part for chunk in _reader()(rest) for part in chunk.split()) if rest else ()
    kept = ("".join(c for c in part.lower().replace("ü", "v") if c.isalnum()) for part in found)
    return head + [syllable for syllable in kept if syllable]


def _comparable(name: str) -> bytes:
    return unicodedata.normalize("NFC", name.strip()).translate(LOOK_ALIKES).encode("utf-8", "surrogatepass")


def _characters(name: str) -> list[str]:
    """What a reader counts as one character: a letter with its marks and variation selectors."""
    seen: list[str] = []
    for character in name:
        if seen and unicodedata.category(character).startswith("M"):
            seen[-1] += character
        else:
            seen.append(character)
    return seen


def _refused(character: str) -> bool:
    return unicodedata.category(character) in REFUSED and not _is_new_han(character)


def _is_letter(character: str) -> bool:
    return unicodedata.category(character).startswith("L") or _is_new_han(character)


def _is_new_han(character: str) -> bool:
    """Han of planes 2 and 3 that this Python's Unicode tables may not know yet."""
    point = ord(character)
    return 0x20000 <= point <= 0x3FFFF and point & 0xFFFF < 0xFFFE
