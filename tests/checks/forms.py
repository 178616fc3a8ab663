"""The same answer in the forms that students hand it in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl

from crmlab.checks.fields import Field, Label
from crmlab.checks.kinds import Choice, Decision, Kind, Number, Ranking, Set, ShortList, Table
from crmlab.checks.question import Question


def right_answer(question: Question, company: Any) -> Any:
    """Return a right answer; for a decision the best one."""
    answer = question.expected(company)
    if isinstance(question.kind, Decision):
        return answer.nlargest(question.kind.size, "value_cents")[question.kind.column].tolist()
    return answer


def forms(kind: Kind | Decision, answer: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(kind, Number):
        yield from _of_number(answer)
    elif isinstance(kind, Table):
        yield from _of_table(kind.columns, answer)
    elif isinstance(kind, Choice):
        yield from _of_letter(kind, answer)
    elif isinstance(kind, ShortList):
        yield from _of_values(list(kind.fields), list(answer))
    else:
        yield from _of_records(list(answer), kind.column)
        if isinstance(kind, (Decision, Set)):
            yield "set", set(answer)
            yield "frozenset", frozenset(answer)
            yield "the other way round", list(answer)[::-1]
        assert isinstance(kind, (Ranking, Decision, Set))


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


def _of_letter(kind: Choice, answer: str) -> Iterator[tuple[str, Any]]:
    yield "small letter", answer.lower()
    yield "with a dot", f" {answer}. "
    yield "in brackets", f"({answer})"
    yield "the words", kind.options[answer].en
    yield "the words in Chinese", kind.options[answer].zh
    yield "list of one", [answer]
    yield "numpy text", np.str_(answer)
    yield "series", pd.Series([answer])


def _of_values(names: list[str], values: list[Any]) -> Iterator[tuple[str, Any]]:
    yield "tuple", tuple(values)
    yield "mapping", dict(zip(names, values, strict=True))
    yield "mapping in another order", dict(reversed(list(zip(names, values, strict=True))))
    yield "series", pd.Series(values, dtype=object)
    yield "series with names", pd.Series(values, index=names, dtype=object)
    yield "frame of one row", pd.DataFrame([values], columns=names)
    yield "polars frame", pl.DataFrame({name: [value] for name, value in zip(names, values, strict=True)})
    yield "array of objects", np.array(values, dtype=object)


def _of_table(fields: Mapping[str, Field], answer: pd.DataFrame) -> Iterator[tuple[str, Any]]:
    columns = list(fields)
    table = answer[columns].reset_index(drop=True)
    key, *values = columns
    yield "shuffled, other order of columns, one more column", table.iloc[::-1, ::-1].assign(more=1)
    yield "key in the index", table.set_index(key)
    yield "records", table.to_dict("records")
    yield "mapping of lists", table.to_dict("list")
    yield "other capitals", table.rename(columns=str.title)
    yield "key of another name", table.rename(columns={key: "group"}).sample(frac=1, random_state=1)
    lists = {name: [None if pd.isna(one) else one for one in table[name].tolist()] for name in columns}
    yield "polars", pl.DataFrame(lists, strict=False)
    yield "polars, lazy", pl.LazyFrame(lists, strict=False)
    yield "objects", table.astype(object).where(table.notna(), pd.NA)
    if len(values) == 1:
        yield from _of_two_columns(table, key, values[0])
    yield from _of_columns(table, fields)


def _of_two_columns(table: pd.DataFrame, key: str, value: str) -> Iterator[tuple[str, Any]]:
    pairs = list(zip(table[key].tolist(), table[value].tolist(), strict=True))
    yield "series", table.set_index(key)[value]
    yield "series of another name", table.set_index(key)[value].rename("count")
    yield "index without a name", pd.Series(table[value].tolist(), index=table[key].tolist())
    yield "mapping", dict(pairs)
    yield "pairs", pairs
    yield "value of another name", table.rename(columns={value: "n"})


def _of_columns(table: pd.DataFrame, fields: Mapping[str, Field]) -> Iterator[tuple[str, Any]]:
    for column, field in fields.items():
        if pd.api.types.is_numeric_dtype(table[column]):
            yield f"{column} as floats", table.assign(**{column: table[column].astype(float)})
        else:
            words = table[column].astype(object)
            yield f"{column} in the other language", table.assign(**{column: _translated(words, field)})
            for missing in ("Unknown", "未知", "", "missing", None, float("nan")):
                # A list, because fillna(None) is no filling.
                filled = [word if isinstance(word, str) else missing for word in words.tolist()]
                yield (
                    f"{column}, missing as {missing!r}",
                    table.assign(**{column: pd.Series(filled, dtype=object)}),
                )


def _of_records(answer: list[Any], column: str) -> Iterator[tuple[str, Any]]:
    yield "tuple", tuple(answer)
    yield "series", pd.Series(answer, name=column)
    yield "filtered series", pd.Series(answer, index=range(50, 50 + len(answer)))
    yield "index", pd.Index(answer)
    yield "array", np.array(answer)
    yield "column of an array", np.array(answer).reshape(-1, 1)
    if all(isinstance(one, int) for one in answer):
        yield "floats", [float(one) for one in answer]
    yield "keys of a mapping", dict.fromkeys(answer, 1).keys()
    yield "frame", pd.DataFrame({"rank": range(len(answer)), column: answer})
    yield "ids in the index", pd.Series(1.5, index=pd.Index(answer, name=column), name="net_sales")
    yield "polars series", pl.Series(answer)
    yield "polars frame", pl.DataFrame({column: answer})


def _translated(words: pd.Series, field: Field) -> pd.Series:
    choices = field.choices if isinstance(field, Label) else ()
    other = {choice.en: choice.zh for choice in choices} | {choice.zh: choice.en for choice in choices}
    return words.map(lambda word: other.get(word, word))
