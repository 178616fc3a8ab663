"""The eighteen steps in plain pandas, as a student of the labs would write them.

Each is a template beside this module, named after its analysis. A template writes down what the analysis
means; the lines that load a table and keep what the filter asks for come from `Snippets`, which alone knows
how a condition is written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from crmlab.analysis import contacts, expenses, records, service
from crmlab.analysis.filters import FIELDS, Conditions, Filter, resolve
from crmlab.analysis.gifts import GIFTS
from crmlab.analysis.menu import Entry
from crmlab.company.schema import HOBBIES, ROLES, UNKNOWN
from crmlab.locale import Text

if TYPE_CHECKING:
    from crmlab.company.company import Company

__all__ = ["code"]

#: The longest line of what is shown.
WIDTH = 100
IMPORTS = {"np.": "import numpy as np", "pd.": "import pandas as pd"}
#: The fields of the filter bar that stand on a customer's card and in the catalogue.
OF_CUSTOMERS = ("owner", "customer", "source", "industry", "region")
OF_PRODUCTS = ("major_category", "minor_category", "product")


def code(
    entry: Entry, company: Company, filter: Filter | None = None, own: Mapping[str, Any] | None = None
) -> str | None:
    """Return plain pandas that makes the table of ``entry`` for this filter.

    It reads the tables of a variable ``company`` and ends with the table in a variable ``result``: the same
    columns and rows, in the same order.

    Parameters
    ----------
    entry : Entry
    company : Company
    filter : Filter, optional
    own : mapping, optional
        The analysis's own parameters, unless they have their defaults.

    Returns
    -------
    str or None
        None for an analysis that is not one of the eighteen steps.

    Raises
    ------
    CrmlabError
        For a filter or a parameter that the analysis would not take, either.

    Examples
    --------
    >>> from crmlab import Filter, open_company
    >>> from crmlab.analysis.menu import find
    >>> company = open_company(language="en")
    >>> plain = code(find("value-customers"), company, Filter(region="East China"), {"top": 3})
    >>> print(plain.splitlines()[1])
    customers = customers[customers["region"] == "East China"]
    >>> scope = {"company": company}
    >>> exec(plain, scope)
    >>> scope["result"]["rank"].tolist()
    [1, 2, 3]
    """
    if entry.step is None:
        return None
    language = company.language
    conditions = resolve(company, filter or Filter(), entry.honours, entry.name.to(language))
    given = own or {}
    values = {
        parameter.name: parameter.checked(given.get(parameter.name, parameter.default), language)
        for parameter in entry.own
    }
    template = _environment().get_template(f"{entry.slug}.py.jinja")
    snippets = Snippets(company, conditions, filter or Filter(), entry.honours)
    body = template.render(write=snippets, text=snippets.text, note=snippets.note, **values).strip()
    imports = [line for name, line in IMPORTS.items() if re.search(rf"\b{re.escape(name)}", body)]
    return "\n".join([*imports, "", body] if imports else [body])


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader(__name__, ""), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals |= {
        "UNKNOWN": UNKNOWN,
        "SALESPERSON": ROLES[0],
        "TOTAL": Text("Total", "合计"),
        "UNASSIGNED": expenses.UNASSIGNED,
        "STATUSES": service.STATUSES,
        "SCORES": service.SCORES,
        "NO_PRODUCT": service.NO_PRODUCT,
        "SELLING": records.SELLING,
        "CONTACTS": contacts.COUNTED,
    }
    return environment


class Snippets:
    """The lines that are alike in several steps, for one company and one filter.

    Whatever may be nothing (`keep`) begins with a line break, and a template writes it as
    ``{{- write.keep(...) }}`` below another line, so that no empty line is left where there is no condition.

    Parameters
    ----------
    company : Company
    conditions : Conditions
    filter : Filter
        As a person typed it: which of the days were chosen at all.
    honours : tuple of str
        The filters of the analysis: whether it is about a period or about a day.
    """

    def __init__(
        self, company: Company, conditions: Conditions, filter: Filter, honours: tuple[str, ...]
    ) -> None:
        self.company = company
        self.conditions = conditions
        self.chosen = {name: tuple(dict.fromkeys(values)) for name, values in conditions.chosen.items()}
        self._days_given = filter.given().keys() & {"start", "end"}
        self._of_period = "period" in honours
        self._of_day = "end" in honours

    # Words

    def text(self, texts: Text | Mapping[Any, Text] | Iterable[Text]) -> str:
        """Return a text, or several, in the company's language, as Python writes it."""
        language = self.company.language
        if isinstance(texts, Text):
            return literal(texts.to(language))
        if isinstance(texts, Mapping):
            return literal({key: text.to(language) for key, text in texts.items()})
        return literal([text.to(language) for text in texts])

    def note(self, en: str, zh: str) -> str:
        """Return a comment."""
        return "# " + Text(en, zh).to(self.company.language)

    def words(
        self, name: str, table: str, column: str, field: str | None = None, unknown: bool = False
    ) -> str:
        """Return ``name = [...]``: the words of the CRM's list that the filter leaves, in its order."""
        language = self.company.language
        words: list[str | None] = [word.to(language) for word in self.company.choices(table, column)]
        words += [None] if unknown else []
        chosen = self.chosen.get(field or column, words)
        shown = dict.fromkeys(self._word(word) for word in words if word in chosen)
        return listing(f"{name} = ", list(shown))

    def _word(self, word: Any) -> Any:
        return UNKNOWN.to(self.company.language) if word is None else word

    # The filter

    def by(self, *fields: str) -> bool:
        """Return whether the filter restricts one of ``fields``."""
        return not self.chosen.keys().isdisjoint(fields)

    def by_others(self, field: str) -> bool:
        """Return whether the filter restricts anything but the days and ``field``."""
        return bool(self.chosen.keys() - {field})

    def people(self, field: str) -> str:
        """Return the numbers of those whom the filter names as recorder or owner."""
        return literal(sorted(self.chosen[field]))

    def recorders(self) -> str:
        """Return the numbers of the recorders that the filter names, or else the account's own."""
        return self.people("recorder") if "recorder" in self.chosen else "[company.me]"

    @property
    def by_customer(self) -> bool:
        """Whether the filter restricts the customers."""
        return self.by(*OF_CUSTOMERS)

    @property
    def by_product(self) -> bool:
        """Whether the filter restricts the products."""
        return self.by(*OF_PRODUCTS)

    def head(
        self, *, period: bool = False, customers: bool = False, products: bool = False, unknown: bool = False
    ) -> str:
        """Return the days, customers and products of the filter, and those that are needed anyway.

        With ``unknown`` a customer whose source nobody noted has that word for it.
        """
        lines = []
        if self._of_day:
            lines += [f"end = {self._day('end')}"]
        elif period or self._days_given:
            lines += [f"start = {self._day('start')}", f"end = {self._day('end')}"]
        if customers or self.by_customer:
            named = unknown or None in self.chosen.get("source", ())
            fill = f'.fillna({{"source": {self.text(UNKNOWN)}}})' if named else ""
            lines += [f"customers = company.customers{fill}", *self._conditions("customers", OF_CUSTOMERS)]
        if products or self.by_product:
            lines += ["products = company.products", *self._conditions("products", OF_PRODUCTS)]
        return "\n".join([*lines, ""] if lines else [])

    def _day(self, name: str) -> str:
        if name not in self._days_given:
            return "company.start" if name == "start" else "company.today"
        return f'pd.Timestamp("{getattr(self.conditions, name):%Y-%m-%d}")'

    def _conditions(self, frame: str, fields: Iterable[str]) -> list[str]:
        return [
            condition(frame, FIELDS[field].column, [self._word(value) for value in self.chosen[field]])
            for field in fields
            if field in self.chosen
        ]

    def keep(
        self,
        frame: str,
        time: str | None = None,
        *,
        recorder: str | None = "recorder_id",
        customers: bool = True,
        products: bool = False,
    ) -> str:
        """Return the lines that keep of ``frame`` what the filter asks for.

        Parameters
        ----------
        frame : str
            The variable.
        time : str, optional
            Its column that lies in the period; without one the period does not restrict it.
        recorder : str or None
            Its column that says who keyed it in, if it has one.
        customers, products : bool
            Whether it has a ``customer_id``, a ``product_id``.
        """
        lines = []
        if time and self._of_period and self._days_given:
            lines.append(f'{frame} = {frame}[{frame}["{time}"].dt.normalize().between(start, end)]')
        if recorder and "recorder" in self.chosen:
            lines.append(condition(frame, recorder, self.chosen["recorder"]))
        for wanted, restricted, key, table in (
            (customers, self.by_customer, "customer_id", "customers"),
            (products, self.by_product, "product_id", "products"),
        ):
            if wanted and restricted:
                lines.append(f'{frame} = {frame}[{frame}["{key}"].isin({table}["{key}"])]')
        return "".join(f"\n{line}" for line in lines)

    # Sales

    def valid_orders(self) -> str:
        """Return the lines that make ``orders``."""
        return (
            "orders = company.orders\n"
            'orders = orders[orders["status"].isin(["confirmed", "shipped", "completed"])]'
        )

    def sales(self, *, cost: bool = False) -> str:
        """Return the lines that make ``orders``, and ``lines`` with ``net_sales`` and perhaps ``cost``."""
        lines = [
            self.valid_orders(),
            'lines = company.order_lines.merge(orders, on="order_id")',
            self.net_sales(),
        ]
        return "\n".join([*lines, self.cost()] if cost else lines)

    def net_sales(self) -> str:
        """Return the line that gives ``lines`` their ``net_sales``."""
        net = 'lines["quantity"] * lines["unit_price"] * (100 - lines["discount"]) / 100'
        return f'lines["net_sales"] = {self._given("net_amount") or net}'

    def cost(self) -> str:
        """Return the line that gives ``lines`` their ``cost``."""
        cost = 'lines["quantity"] * lines["unit_cost"]'
        return f'lines["cost"] = {self._given("cost_amount") or cost}'

    def _given(self, column: str) -> str:
        """The column that a company of one's own has where what is computed would not be exact."""
        names = self.company.frame("order_lines").collect_schema().names()
        return f'lines["{column}"]' if f"{column}_cents" in names else ""

    # Employees

    def here(self, *, salespeople: bool = True) -> str:
        """Return the lines that say which of ``people`` worked here on a day of the period."""
        lines = ['here = (people["hired_on"] <= end) & ~(people["left_on"] < start)']
        lines += [f'here &= people["role"] == {self.text(ROLES[0])}'] if salespeople else []
        return "\n".join(lines)

    # Gifts

    def gifts(self) -> str:
        """Return ``gifts = {hobby: {gift: price}}``, the whole catalogue."""
        language = self.company.language
        hobbies = {word.en: word.to(language) for word in HOBBIES}
        lines = ["gifts = {"]
        for hobby, suitable in GIFTS.items():
            prices = [f"{literal(gift.name.to(language))}: {gift.price}," for gift in suitable]
            half = len(prices) // 2
            lines += [
                f"    {literal(hobbies[hobby])}: {{",
                f"        {' '.join(prices[:half])}",
                f"        {' '.join(prices[half:])}",
                "    },",
            ]
        return "\n".join([*lines, "}"])


def literal(value: Any) -> str:
    r"""Return ``value`` as Python writes it, with double quotes.

    Examples
    --------
    >>> print(literal(["展会", 'a "b"']), literal({5: True}))
    ["展会", "a \"b\""] {5: True}
    """
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{literal(key)}: {literal(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(literal, value)) + "]"
    return str(value)


def condition(frame: str, column: str, values: Iterable[Any]) -> str:
    """Return the line that keeps the rows of ``frame`` with one of ``values``.

    Examples
    --------
    >>> condition("orders", "recorder_id", (7,))
    'orders = orders[orders["recorder_id"] == 7]'
    """
    values = list(values)
    if len(values) == 1:
        return f'{frame} = {frame}[{frame}["{column}"] == {literal(values[0])}]'
    return listing(f'{frame} = {frame}[{frame}["{column}"].isin(', values, ")]")


def listing(before: str, values: list[Any], after: str = "") -> str:
    """Return a list between two pieces of code, on several lines if it is long.

    Examples
    --------
    >>> listing("years = ", [2024, 2025])
    'years = [2024, 2025]'
    """
    line = f"{before}{literal(values)}{after}"
    if len(line) <= WIDTH:
        return line
    rows = [""]
    for value in map(literal, values):
        if len(rows[-1]) + len(value) + 6 > WIDTH:
            rows.append("")
        rows[-1] += f" {value},"
    return f"{before}[\n" + "".join(f"   {row}\n" for row in rows) + f"]{after}"
