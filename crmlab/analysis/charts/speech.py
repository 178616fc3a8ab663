"""Charts in words, for those who do not see them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from crmlab.analysis import numbers
from crmlab.locale import listed, say

#: So many values are read out one by one; of more, the first, the last and the extremes.
READ_OUT = 24


def reading(value: float, language: str, *, share: bool = False) -> str:
    """Return one value as it is written on a chart and read out.

    Examples
    --------
    >>> reading(1_234_567, "en"), reading(42, "en"), reading(0.1234, "en"), reading(0.1234, "zh", share=True)
    ('1.23 M', '42', '0.123', '12%')
    """
    if not math.isfinite(value):
        return numbers.NONE
    if share:
        return numbers.share(value, language)
    if abs(value) >= 1e4:
        return numbers.short(value, language)
    if value == round(value) or abs(value) >= 1000:
        return numbers.count(value)
    return f"{value:.1f}" if abs(value) >= 100 else f"{value:.3g}"


def readings(
    notes: Sequence[str], values: Sequence[float], language: str, *, share: bool = False
) -> list[str]:
    """Return ``notes`` if there are any, else the values as they are read."""
    return list(notes) if len(notes) else [reading(value, language, share=share) for value in values]


def spoken(
    kind: str,
    caption: str,
    labels: Sequence[str],
    notes: Sequence[str],
    values: Sequence[float],
    language: str,
) -> str:
    """Return the kind of a chart (``analysis.alt_...``), what it compares, and its numbers."""
    return say(f"analysis.{kind}", language, caption=caption, pairs=pairs(labels, notes, values, language))


def pairs(labels: Sequence[str], notes: Sequence[str], values: Sequence[float], language: str) -> str:
    """Return each label with its number; of many, the first, the last, the highest and the lowest."""
    said = [
        say("analysis.alt_pair", language, label=label, value=" ".join(note.split()) or numbers.NONE)
        for label, note in zip(labels, notes, strict=True)
    ]
    if not said:
        return say("analysis.alt_none", language)
    if len(said) <= READ_OUT:
        return listed(said, language)
    known = [place for place, value in enumerate(values) if math.isfinite(value)] or [0]
    return say(
        "analysis.alt_many",
        language,
        count=numbers.count(len(said)),
        first=said[0],
        last=said[-1],
        highest=said[max(known, key=lambda place: values[place])],
        lowest=said[min(known, key=lambda place: values[place])],
    )


def by_name(names: Sequence[str], sentences: Sequence[str], language: str) -> str:
    """Return what is said of each of several things, one after the other."""
    said = [
        say("analysis.alt_part", language, name=name, pairs=text)
        for name, text in zip(names, sentences, strict=True)
    ]
    between = "；" if language == "zh" else "; "
    return between.join(said) or say("analysis.alt_none", language)
