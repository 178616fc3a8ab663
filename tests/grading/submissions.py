"""Submissions of lab 01, made by hand: what is in each, and beside it what it must earn.

Each starts from the worked solution. Points that are not named are all that the question has; the decision
1.8 earns what the taught rule earns, RULE.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache

from class_of import Notebook, after, answer_cell, check_cell, code_cell, handed_out, put, questions, solved

#: For each a function that alters the worked solution, or returns another file, and what must come of it.
CASES: dict[str, Case] = {}
RULE = 2.34
FULL = {question.number: question.points for question in questions("01")} | {"1.8": RULE}
NOTHING = dict.fromkeys(FULL, 0)


@dataclass(frozen=True)
class Case:
    """A submission, and what it must earn.

    Attributes
    ----------
    alter : callable
    points : mapping of str to float
        Where they are not those of `FULL`.
    outcome : str
    notes : tuple of str
        Messages (of ``[grading]``) that must be said about the whole.
    mistakes, hard_coded : mapping, tuple
        What must be recognised.
    """

    alter: Callable[[Notebook], Notebook | bytes | None]
    points: Mapping[str, float] = field(default_factory=dict)
    outcome: str = "graded"
    notes: tuple[str, ...] = ()
    mistakes: Mapping[str, str] = field(default_factory=dict)
    hard_coded: tuple[str, ...] = ()

    @property
    def expected(self) -> dict[str, float]:
        return {} if self.outcome == "unreadable" else FULL | dict(self.points)


def case(points: Mapping[str, float] | None = None, **more: object) -> Callable:
    def declare(alter: Callable) -> Callable:
        CASES[alter.__name__] = Case(alter, points or {}, **more)
        return alter

    return declare


@cache
def _worked() -> Notebook:
    return solved("01")


def content(name: str) -> bytes:
    """Return the file of a case."""
    notebook = copy.deepcopy(_worked())
    altered = CASES[name].alter(notebook)
    if isinstance(altered, bytes):
        return altered
    return json.dumps(notebook if altered is None else altered, ensure_ascii=False).encode()


# Right, in many forms


@case()
def as_we_do_it(notebook):
    pass


@case()
def other_forms_of_the_same(notebook):
    after(notebook, "1.1", "np.array([[len(company.customers)]])")
    after(notebook, "1.2", "pd.Series([buyers_2025], index=['buyers'])")
    after(notebook, "1.3", "buyers_by_source.set_index('source')['customers'].to_dict()")
    after(notebook, "1.5", "pd.Index(top_15)")
    after(notebook, "1.6", "new_by_year.iloc[::-1, ::-1].assign(more=1)")
    notebook["cells"].insert(1, code_cell("import numpy as np"))


@case()
def another_way_to_calculate(notebook):
    put(notebook, "1.1", "customers_on_file = sum(1 for _ in company.customers.itertuples())")
    after(
        notebook,
        "1.5",
        "value_customers(company, start='2025-01-01', end='2025-12-31', top=15)['customer_id']",
    )


@case()
def answer_under_another_name(notebook):
    put(notebook, "1.1", "number_of_customers = len(company.customers)")
    check_cell(notebook, "1.1")["source"] = 'check("1.1", number_of_customers)'


@case()
def check_in_the_cell_of_the_answer(notebook):
    answer_cell(notebook, "1.2")["source"] += '\ncheck("1.2", buyers_2025)'
    notebook["cells"].remove(check_cell(notebook, "1.2"))


@case()
def all_in_one_cell(notebook):
    sources = [_source(cell) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    return {"cells": [code_cell("\n".join(sources))], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


@case()
def check_cells_deleted_and_no_ids(notebook):
    notebook["cells"] = [
        cell for cell in notebook["cells"] if "check" not in cell["metadata"].get("crmlab", {})
    ]
    for cell in notebook["cells"]:
        cell.pop("id")


@case()
def every_cell_twice(notebook):
    notebook["cells"] = [copy.deepcopy(cell) for cell in notebook["cells"] for _ in range(2)]


@case()
def the_last_check_counts(notebook):
    before = notebook["cells"].index(answer_cell(notebook, "1.4"))
    notebook["cells"].insert(before, code_cell('net_sales_2025 = 0\ncheck("1.4", net_sales_2025)'))


@case()
def name_used_again_later(notebook):
    after(notebook, "1.4", "net_sales_2025")
    notebook["cells"].append(code_cell("customers_on_file = buyers_2025 = net_sales_2025 = None"))


@case()
def in_the_format_of_2014(notebook):
    cells = [
        {"cell_type": "code", "input": [_source(cell)], "outputs": [], "language": "python"}
        for cell in notebook["cells"]
        if cell["cell_type"] == "code"
    ]
    return {"worksheets": [{"cells": cells}], "metadata": {}, "nbformat": 3, "nbformat_minor": 0}


@case()
def metadata_of_a_stranger(notebook):
    notebook["metadata"] = {
        "kernelspec": {"name": "../../bin/sh", "language": "bash"},
        "crmlab": {"lab": "07"},
    }
    for cell in notebook["cells"]:
        cell["metadata"] = {"tags": ["raises-exception", "nbval-skip"], "crmlab": {"check": "1.1"}}


@case()
def fifty_megabytes_of_output(notebook):
    picture = {"output_type": "display_data", "data": {"image/png": "A" * 50_000_000}, "metadata": {}}
    notebook["cells"][8]["outputs"] = [picture]


@case({}, notes=("judge_cell_error",))
def an_error_that_matters_to_nothing(notebook):
    notebook["cells"].insert(3, code_cell("1 / 0"))


@case({}, notes=("judge_bad_cells",))
def a_cell_that_is_none(notebook):
    notebook["cells"].insert(4, "not a cell")


# Wrong, in known ways


@case({"1.1": 0}, mistakes={"1.1": "counts_contacts"})
def contacts_for_customers(notebook):
    put(notebook, "1.1", "customers_on_file = len(company.contacts)")


@case({"1.2": 0}, mistakes={"1.2": "counts_orders"})
def orders_for_customers(notebook):
    after(notebook, "1.2", "len(orders_2025)")


@case({"1.4": 0})
def written_as_text(notebook):
    after(notebook, "1.4", 'f"{net_sales_2025:,.2f} yuan"')


@case({"1.1": 0, "1.4": 0}, hard_coded=("1.1", "1.4"))
def written_down(notebook):
    """Right on the student's own company, and nowhere else; the test fills in the numbers."""
    after(notebook, "1.1", "ON_FILE")
    after(notebook, "1.4", "NET_SALES")


@case({"1.5": 0})
def right_in_another_order(notebook):
    after(notebook, "1.5", "sorted(top_15)")


@case({"1.8": 0})
def one_gift_too_many(notebook):
    after(notebook, "1.8", "gifts_to + [1]")


@case({"1.3": 0})
def a_table_that_contains_itself(notebook):
    after(notebook, "1.3", "(lambda a: (a.append(a), a)[1])([])")


# Half done, and broken


@case(NOTHING)
def untouched(notebook):
    return handed_out("01")


@case({"1.5": 0, "1.6": 0, "1.7": 0, "1.8": 0})
def stopped_in_the_middle(notebook):
    blank = handed_out("01")
    for number in ("1.5", "1.6", "1.7", "1.8"):
        put(notebook, number, answer_cell(blank, number)["source"])


@case({"1.2": 0, "1.3": 0, "1.7": FULL["1.7"]}, notes=("judge_cell_error",))
def a_typing_error_and_what_follows_from_it(notebook):
    put(notebook, "1.2", "orders_2025 = orders[valid & in_2024]]")


@case(NOTHING, notes=("judge_cell_error",))
def company_never_opened(notebook):
    opened = next(cell for cell in notebook["cells"] if "company = open_company()" in _source(cell))
    notebook["cells"].remove(opened)


@case({"1.3": 0}, outcome="partly", notes=("judge_cell_timeout",))
def a_loop_without_end(notebook):
    put(notebook, "1.3", "while True:\n    pass")


@case({"1.3": 0}, outcome="partly", notes=("judge_cell_killed",))
def python_ended(notebook):
    put(notebook, "1.3", "import os\nos._exit(0)")


@case(outcome="unreadable", notes=("judge_no_json",))
def cut_off(notebook):
    return json.dumps(notebook).encode()[:-500]


@case(outcome="unreadable", notes=("judge_no_bytes",))
def empty_file(notebook):
    return b""


@case(outcome="unreadable", notes=("judge_no_notebook",))
def a_picture(notebook):
    return b"\x89PNG\r\n\x1a\n\0\0\0"


@case(outcome="unreadable", notes=("judge_no_notebook",))
def brackets_without_end(notebook):
    return b"[" * 1_000_000


@case(outcome="unreadable", notes=("judge_no_notebook",))
def a_list(notebook):
    return b"[1, 2]"


@case(outcome="unreadable", notes=("judge_empty",))
def text_only(notebook):
    notebook["cells"] = [cell for cell in notebook["cells"] if cell["cell_type"] == "markdown"]


@case(outcome="unreadable", notes=("judge_too_much_code",))
def a_million_lines(notebook):
    notebook["cells"].append(code_cell("pass\n" * 1_000_000))


@case(outcome="unreadable", notes=("judge_other_lab",))
def the_wrong_lab(notebook):
    return solved("02")


def _source(cell: Mapping) -> str:
    return "".join(cell["source"])
