"""Pages of answers as the store keeps them; checked, for a store may come from abroad."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from optimiser.report.tables import Column, Kind, Table


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Column(_Part):
    title: str
    kind: Kind
    width: int


class _Table(_Part):
    name: str
    columns: tuple[_Column, ...]
    rows: tuple[tuple[str | float | None, ...], ...]
    note: str = ""
    row_kinds: tuple[Kind, ...] = ()


class KeptPlanOf(_Part):
    """A plan that can be opened: its name, and the answer as a run keeps it."""

    name: str
    answer: str


class AskedPage(_Part):
    """What a page shows.

    Parameters
    ----------
    failure
        Why there is no answer; empty for an answer.
    sentences
        The answer in words.
    tables
        As in the workbook.
    maps, curves
        SVG by name of the function.
    plans
        Plans that can be opened.
    chart
        What they look like on two axes; None: nothing.
    charts
        Vega-Lite specifications by name.
    decisions
        JSON of the groups that were decided; empty: none.
    kept
        What a page needs to draw the years: JSON; empty: nothing.
    """

    failure: tuple[str, ...] = ()
    sentences: tuple[str, ...] = ()
    tables: tuple[_Table, ...] = ()
    maps: dict[str, str] = {}
    curves: dict[str, str] = {}
    plans: tuple[KeptPlanOf, ...] = ()
    chart: dict[str, Any] | None = None
    charts: dict[str, dict[str, Any]] = {}
    decisions: str = ""
    kept: str = ""

    def report_tables(self) -> tuple[Table, ...]:
        """Tables as the rest of the house knows them."""
        return tuple(
            Table(
                name=table.name,
                columns=tuple(Column(c.title, c.kind, c.width) for c in table.columns),
                rows=table.rows,
                note=table.note,
                row_kinds=table.row_kinds,
            )
            for table in self.tables
        )


def page_of(text: str) -> AskedPage:
    """Read a page.

    Parameters
    ----------
    text
        JSON of `ui.asking_worker.page_of`.

    Returns
    -------
    AskedPage
        Checked.

    Raises
    ------
    ValueError
        The text is something else.
    """
    return AskedPage.model_validate_json(text)
