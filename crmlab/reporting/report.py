"""A result with all that is needed to show it, and what it looks like in a terminal and to a program."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from crmlab.analysis.filters import Filter
from crmlab.analysis.menu import Entry

if TYPE_CHECKING:
    from rich.table import Table

    from crmlab.analysis.charts import Picture
    from crmlab.company.company import Company

#: Formats whose values stand left in a column.
WORDS = ("text", "flag")


@dataclass(frozen=True)
class Report:
    """A result, what it was asked of, and by which analysis.

    Attributes
    ----------
    entry : Entry
    company : Company
    result : pandas.DataFrame
    code : str
        The call that makes the result.
    drawn : Picture, optional
        Another chart of the result than the analysis's own.
    """

    entry: Entry
    company: Company
    result: pd.DataFrame
    code: str = ""
    drawn: Picture | None = None

    @classmethod
    def of(cls, entry: Entry, company: Company, filter: Filter, own: Mapping[str, Any]) -> Report:
        """Run an analysis.

        Examples
        --------
        >>> from crmlab import open_company
        >>> from crmlab.analysis.menu import find
        >>> report = Report.of(find(2), open_company(language="en"), Filter(), {"top": 2})
        >>> report.csv().decode("utf-8-sig").splitlines()[0]
        'rank,customer_id,customer,net_sales,share,cumulative_share'
        """
        return cls(entry, company, entry.run(company, filter, **own), entry.code(filter, **own))

    @property
    def finding(self) -> str:
        """The sentence that says what the result means."""
        return self.entry.finding(self.result, self.company)

    @property
    def scope(self) -> str:
        """What was looked at, for people."""
        return str(self.result.attrs.get("scope", ""))

    @property
    def picture(self) -> Picture:
        """What the chart shows."""
        return self.drawn or self.entry.picture(self.result, self.company)

    def titles(self) -> list[str]:
        """Return the titles of the columns with their units, in the company's language."""
        return [heading.titled(self.company.language) for heading in self.entry.columns.values()]

    def table(self) -> Table:
        """Return the result as it is read in a terminal."""
        from rich.box import SIMPLE_HEAD
        from rich.table import Table
        from rich.text import Text

        table = Table(box=SIMPLE_HEAD, title=Text(self.finding), caption=Text(self.scope), expand=False)
        table.title_justify = table.caption_justify = "left"
        language = self.company.language
        for title, heading in zip(self.titles(), self.entry.columns.values(), strict=True):
            justify: Any = "left" if heading.format in WORDS else "right"
            table.add_column(Text(title), justify=justify, overflow="fold")
        shown = [
            [Text(heading.cell(value, language)) for value in self.result[name]]
            for name, heading in self.entry.columns.items()
        ]
        for row in zip(*shown, strict=True):
            table.add_row(*row)
        return table

    def text(self) -> bytes:
        """Return the table as plain text, as wide as it needs to be."""
        import io

        from rich.console import Console

        table = self.table()
        wide = Console(width=10_000, file=io.StringIO())
        # The finding is not to break the line that the table does not.
        width = max(wide.measure(table).maximum, 100)
        console = Console(width=width, file=io.StringIO(), color_system=None, force_terminal=False)
        with console.capture() as written:
            console.print(table)
        lines = (line.rstrip() for line in written.get().splitlines())
        return ("\n".join(lines).strip("\n") + "\n").encode("utf-8")

    def csv(self) -> bytes:
        """Return the result for spreadsheets and programs: English names of columns, exact values.

        It begins with the mark by which Excel knows UTF-8.
        """
        written = self.result.to_csv(index=False, lineterminator="\n", date_format="%Y-%m-%d")
        return written.encode("utf-8-sig")

    def json(self) -> bytes:
        """Return the result for programs, with what it means; what is missing is null."""
        rows = [
            {name: _plain(value) for name, value in zip(self.result.columns, row, strict=True)}
            for row in self.result.itertuples(index=False, name=None)
        ]
        content = {
            "analysis": self.entry.slug,
            "name": self.entry.name.to(self.company.language),
            "scope": self.scope,
            "finding": self.finding,
            "columns": dict(zip(self.entry.columns, self.titles(), strict=True)),
            "rows": rows,
        }
        return (json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode("utf-8")

    def png(self) -> bytes:
        """Return the chart, its finding as the title."""
        from crmlab.analysis.charts import png

        return png(self.picture.figure(self.finding, self.scope, self.company.language))

    def xlsx(self) -> bytes:
        """Return a formatted workbook."""
        from crmlab.reporting.workbook import workbook

        return workbook(self)

    def html(self) -> bytes:
        """Return everything in one file that a browser opens without a network."""
        from crmlab.reporting.web import page

        return page(self)


def _plain(value: Any) -> Any:
    """A value of a cell as JSON knows it."""
    if pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    return value.item() if hasattr(value, "item") else value


#: What a report can be written as.
WRITERS: dict[str, Callable[[Report], bytes]] = {
    "table": Report.text,
    "csv": Report.csv,
    "json": Report.json,
    "xlsx": Report.xlsx,
    "png": Report.png,
    "html": Report.html,
}
