"""An answer as plain data: whatever a student hands in becomes columns of plain values.

Nothing behind this module ever sees the student's objects. So an answer can leave the process that
made it and be judged in another one.
"""

from __future__ import annotations

import numbers
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, TypeAlias

import narwhals as nw
import numpy as np
import pandas as pd

Scalar: TypeAlias = bool | int | float | str | None
Form = Literal["nothing", "value", "list", "set", "table", "other"]


@dataclass(frozen=True)
class Column:
    """Values side by side with others; `name` is None where nobody named them."""

    name: str | None
    values: tuple[Scalar, ...]
    index: bool = False


@dataclass(frozen=True)
class Answer:
    """What was handed in.

    Attributes
    ----------
    form : str
        "nothing", "value", "list", "set", "table", or "other" for what holds no data.
    type : str
        Name of the type that was handed in.
    columns : tuple of Column
        The data; a value is one column of one.
    """

    form: Form
    type: str
    columns: tuple[Column, ...] = ()

    @property
    def count(self) -> int:
        """The number of values, without those of the index."""
        return sum(len(column.values) for column in self.columns if not column.index)

    @property
    def rows(self) -> int:
        """The number of rows."""
        return max((len(column.values) for column in self.columns), default=0)


def plain(answer: object) -> Answer:
    """Return ``answer`` as plain data.

    Examples
    --------
    >>> plain(np.int64(3))
    Answer(form='value', type='int64', columns=(Column(name=None, values=(3,), index=False),))
    >>> plain({"Referral": 3}).columns[0]
    Column(name=None, values=('Referral',), index=True)
    >>> plain(...).form
    'nothing'
    """
    if answer is None or answer is ...:
        return Answer("nothing", type(answer).__name__)
    try:
        form, columns = _read(answer)
    except Exception:
        # The object is a stranger's: whatever it does when it is looked at, it holds no answer.
        form, columns = "other", ()
    if any(value is ... for column in columns for value in column.values):
        form, columns = "nothing", ()  # begun and not finished
    return Answer(form, type(answer).__name__, columns)


def _read(answer: Any) -> tuple[Form, tuple[Column, ...]]:
    if isinstance(answer, (pd.DataFrame, pd.Series)):
        return _pandas(answer)
    if isinstance(answer, pd.MultiIndex):
        return _pandas(answer.to_frame(index=False))
    if isinstance(answer, np.ndarray) and answer.ndim == 0:
        answer = answer.item()
    if isinstance(answer, (np.ndarray, pd.Index, pd.api.extensions.ExtensionArray)):
        return _listed("list", answer.tolist())
    other = nw.from_native(answer, allow_series=True, pass_through=True)
    if isinstance(other, nw.LazyFrame):
        other = other.collect()
    if isinstance(other, nw.DataFrame):
        return "table", tuple(_column(name, other[name].to_list()) for name in other.columns)
    if isinstance(other, nw.Series):
        return "list", (_column(other.name or None, other.to_list()),)
    if isinstance(answer, Mapping):
        return _mapping(answer)
    if isinstance(answer, (set, frozenset)):
        return _listed("set", sorted(answer, key=repr))
    if isinstance(answer, Collection) and not isinstance(answer, (str, bytes)):
        return _listed("list", list(answer))
    return "value", (_column(None, [answer]),)


def _pandas(answer: pd.DataFrame | pd.Series) -> tuple[Form, tuple[Column, ...]]:
    index = (
        []
        if _counts_rows(answer.index)
        else [
            _column(answer.index.names[level], answer.index.get_level_values(level).tolist(), index=True)
            for level in range(answer.index.nlevels)
        ]
    )
    if isinstance(answer, pd.Series):
        return "table" if index else "list", (*index, _column(answer.name, answer.tolist()))
    columns = [_column(name, answer.iloc[:, at].tolist()) for at, name in enumerate(answer.columns)]
    return "table", (*index, *columns)


def _counts_rows(index: pd.Index) -> bool:
    return isinstance(index, pd.RangeIndex) and index.name is None and index.start == 0 and index.step == 1


def _mapping(answer: Mapping[Any, Any]) -> tuple[Form, tuple[Column, ...]]:
    if answer and all(_nested(value) for value in answer.values()):
        return _pandas(pd.DataFrame(dict(answer)))
    return "table", (_column(None, answer, index=True), _column(None, answer.values()))


def _listed(form: Form, items: list[Any]) -> tuple[Form, tuple[Column, ...]]:
    if items and all(isinstance(item, Mapping) for item in items):
        return _pandas(pd.DataFrame(items))
    if items and all(_nested(item) for item in items):
        columns = tuple(_column(None, values) for values in zip(*items, strict=True))
        return (form if len(columns) == 1 else "table"), columns
    return form, (_column(None, items),)


def _nested(item: object) -> bool:
    return isinstance(item, Collection) and not isinstance(item, (str, bytes))


def _column(name: object, values: Iterable[Any], index: bool = False) -> Column:
    if isinstance(name, tuple):  # the levels of a column after groupby().agg([...])
        name = next((part for part in name if part != ""), None)
    named = None if name is None or isinstance(name, int) else str(name)
    return Column(named, tuple(_scalar(value) for value in values), index)


_READERS: tuple[tuple[type, Callable[[Any], Scalar]], ...] = (
    (bool, bool),
    (np.bool_, bool),
    (str, str),
    (date, lambda value: value.isoformat()),
    (pd.Period, str),
    (np.datetime64, str),
    (numbers.Integral, lambda value: int(value) if abs(value) < 2**63 else float(value)),
    (numbers.Number, float),  # also Decimal and Fraction
)


def _scalar(value: Any) -> Any:
    if value is ...:
        return value
    if _nested(value):
        raise TypeError(f"{type(value).__name__} is no single value")
    if pd.isna(value):
        return None
    for kind, read in _READERS:
        if isinstance(value, kind):
            return read(value)
    raise TypeError(f"{type(value).__name__} is no data")
