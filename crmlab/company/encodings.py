"""Which encoding a text file has: UTF-8, UTF-16, GB18030 (which holds GBK), or that of western Windows."""

from __future__ import annotations

import codecs
from typing import NamedTuple

#: What a file says about itself at its beginning.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins as UTF-16 does, so it is asked first
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: The everyday half of Chinese characters, punctuation before it, comes first in GB2312. Accented letters
#: read as Chinese fall into the other half, or outside. From this share on, everyday ones are no accident.
_LAST_EVERYDAY = 0xD7
_EVERYDAY = 0.6
#: So much of a file is looked at where the beginning tells enough.
_HEAD = 4096


class Decoded(NamedTuple):
    """A text and the encoding that it was in."""

    text: str
    encoding: str


def decoded(content: bytes) -> Decoded:
    """Return the text of a file.

    Examples
    --------
    >>> decoded("订单,客户".encode("gbk"))
    Decoded(text='订单,客户', encoding='gb18030')
    >>> decoded("Café Müller".encode("latin-1")).text
    'Café Müller'
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return Decoded(content.decode(encoding, errors="replace"), encoding.removesuffix("-sig"))
    for encoding in (*_utf_16(content[:_HEAD]), "utf-8"):
        try:
            return Decoded(content.decode(encoding), encoding)
        except UnicodeDecodeError:
            continue
    return _chinese(content) or _western(content)


def _utf_16(head: bytes) -> tuple[str, ...]:
    """UTF-16 without a mark: every other byte of the digits, separators and line ends is zero."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) * 10 < len(head):
        return ()
    return ("utf-16-le",) if odd > even else ("utf-16-be",)


def _chinese(content: bytes) -> Decoded | None:
    """Western letters can often be read as Chinese, but as characters that hardly anybody writes."""
    try:
        text = content.decode("gb18030")
    except UnicodeDecodeError:
        return None
    letters = [letter for letter in set(text) if not letter.isascii()]
    everyday = sum(
        letter.encode("gb2312", errors="replace")[0] in range(0xA1, _LAST_EVERYDAY + 1) for letter in letters
    )
    return Decoded(text, "gb18030") if everyday >= _EVERYDAY * len(letters) else None


def _western(content: bytes) -> Decoded:
    try:
        return Decoded(content.decode("cp1252"), "cp1252")
    except UnicodeDecodeError:
        return Decoded(content.decode("latin-1"), "latin-1")
