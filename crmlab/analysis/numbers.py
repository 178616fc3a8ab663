"""Numbers as people read them: 1,234, 67 %, 1.23 million yuan or 123万元."""

from __future__ import annotations

import math

#: From which amount on, the divisor, and the word for it, largest first.
_STEPS = {
    "en": ((1e9, 1e9, " bn"), (1e6, 1e6, " M"), (1e4, 1e3, " k")),
    "zh": ((1e8, 1e8, "亿"), (1e4, 1e4, "万")),
}
_SPOKEN = {" bn": " billion", " M": " million", " k": " thousand"}
NONE = "–"


def count(value: float) -> str:
    """Return a whole number with thousands separators.

    Examples
    --------
    >>> count(12345)
    '12,345'
    """
    return f"{value:,.0f}"


def share(value: float, language: str, *, sign: bool = False) -> str:
    """Return a ratio in percent, with one decimal below 10 %.

    Examples
    --------
    >>> share(0.674, "en"), share(0.041, "zh"), share(0.12, "en", sign=True)
    ('67 %', '4.1%', '+12 %')
    """
    if math.isnan(value):
        return NONE
    decimals = 0 if abs(value) >= 0.0995 or value == 0 else 1
    plus = "+" if sign else ""
    return f"{100 * value:{plus}.{decimals}f}" + ("%" if language == "zh" else " %")


def beside(value: str, note: str, language: str) -> str:
    """Return a number with what is remarked on it in brackets.

    Examples
    --------
    >>> beside("12", "67 %", "en"), beside("12", "67%", "zh")
    ('12 (67 %)', '12（67%）')
    """
    return f"{value}（{note}）" if language == "zh" else f"{value} ({note})"


def short(value: float, language: str) -> str:
    """Return an amount in three digits and the word for its size.

    Examples
    --------
    >>> short(1_234_567, "en"), short(1_234_567, "zh"), short(950, "zh")
    ('1.23 M', '123万', '950')
    """
    if math.isnan(value):
        return NONE
    for least, divisor, word in _STEPS[language]:
        if abs(value) >= least:
            scaled = value / divisor
            decimals = 2 if abs(scaled) < 9.995 else 1 if abs(scaled) < 99.95 else 0
            return f"{scaled:,.{decimals}f}{word}"
    return count(value)


def yuan(value: float, language: str) -> str:
    """Return an amount of money for a sentence.

    Examples
    --------
    >>> yuan(1_234_567, "en"), yuan(1_234_567, "zh")
    ('1.23 million yuan', '123万元')
    """
    figure = short(value, language)
    if language == "zh":
        return figure + "元"
    for mark, spoken in _SPOKEN.items():
        figure = figure.replace(mark, spoken)
    return f"{figure} yuan"
