"""The same answer in the forms that students hand it in."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl

from crmlab.checks.kinds import Decision, Kind, Number, Ranking, Table
from crmlab.checks.question import Question
from crmlab.company.schema import HOBBIES, SOURCES


def right_answer(question: Question, company: Any) -> Any:
    """Return a right answer; for a decision the best one."""
    answer = question.answer(company)
    if isinstance(question.kind, Decision):
        return answer.nlargest(question.kind.size, "value_cents")[question.kind.column].tolist()
    return answer


def forms(kind: Kind | Decision, answer: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(kind, Number):
        yield from _of_number(answer)
    elif isinstance(kind, Table):
        yield from _of_table(list(kind.columns), answer)
    else:
        yield from _of_ids(answer, kind.column)
        if isinstance(kind, Decision):
            yield "set", set(answer)
            yield "frozenset", frozenset(answer)
        assert isinstance(kind, (Ranking, Decision))


def _of_number(answer: float) -> Iterator[tuple[str, Any]]:
    yield "numpy scalar", np.float64(answer)
    yield "decimal", Decimal(str(answer))
    yield "list of one", [answer]
    yield "nested list", [[answer]]
    yield "array", np.array([answer])
    yield "array of no dimension", np.array(answer)
    yield "series", pd.Series([answer], index=["total"])
    yield "frame", pd.DataFrame({"anything": [answer]}, index=[7])
    yield "nullable series", pd.Series([answer], dtype="Float64")
    yield "polars series", pl.Series([answer])
    yield "polars frame", pl.DataFrame({"x": [answer]})
    yield "mapping", {"total": answer}


def _of_table(columns: list[str], answer: pd.DataFrame) -> Iterator[tuple[str, Any]]:
    key, value = columns
    table = answer[columns].reset_index(drop=True)
    pairs = list(zip(table[key].tolist(), table[value].tolist(), strict=True))
    yield "shuffled, other order of columns, one more column", table.iloc[::-1, ::-1].assign(more=1)
    yield "key in the index", table.set_index(key)
    yield "series", table.set_index(key)[value]
    yield "series of another name", table.set_index(key)[value].rename("count")
    yield "index without a name", pd.Series(table[value].tolist(), index=table[key].tolist())
    yield "mapping", dict(pairs)
    yield "pairs", pairs
    yield "records", table.to_dict("records")
    yield "mapping of lists", table.to_dict("list")
    yield "other capitals", table.rename(columns=str.title)
    yield "value of another name", table.rename(columns={value: "n"})
    yield "key of another name", table.rename(columns={key: "group"}).sample(frac=1, random_state=1)
    lists = {name: [None if pd.isna(one) else one for one in table[name].tolist()] for name in columns}
    yield "polars", pl.DataFrame(lists)
    yield "polars, lazy", pl.LazyFrame(lists)
    yield "objects", table.astype(object).where(table.notna(), pd.NA)
    for column in columns:
        if pd.api.types.is_numeric_dtype(table[column]):
            yield f"{column} as floats", table.assign(**{column: table[column].astype(float)})
        else:
            words = table[column].astype(object)
            yield f"{column} in the other language", table.assign(**{column: words.map(_translated)})
            for missing in ("Unknown", "未知", "", "missing", None, float("nan")):
                # A list, because fillna(None) is no filling.
                filled = [word if isinstance(word, str) else missing for word in words.tolist()]
                yield (
                    f"{column}, missing as {missing!r}",
                    table.assign(**{column: pd.Series(filled, dtype=object)}),
                )


def _of_ids(answer: list[int], column: str) -> Iterator[tuple[str, Any]]:
    yield "tuple", tuple(answer)
    yield "series", pd.Series(answer, name=column)
    yield "filtered series", pd.Series(answer, index=range(50, 50 + len(answer)))
    yield "index", pd.Index(answer)
    yield "array", np.array(answer)
    yield "column of an array", np.array(answer).reshape(-1, 1)
    yield "floats", [float(one) for one in answer]
    yield "keys of a mapping", dict.fromkeys(answer, 1).keys()
    yield "frame", pd.DataFrame({"rank": range(len(answer)), column: answer})
    yield "ids in the index", pd.Series(1.5, index=pd.Index(answer, name=column), name="net_sales")
    yield "polars series", pl.Series(answer)
    yield "polars frame", pl.DataFrame({column: answer})


def _translated(word: object) -> object:
    for choice in (*SOURCES, *HOBBIES):
        if word in choice:
            return choice.zh if word == choice.en else choice.en
    return word
