"""The table as a file that other programs read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path

import pandas as pd

from fiduciary.errors import UsageError
from fiduciary.export.columns import COLUMNS
from fiduciary.safe_text import harmless

TEXTS = tuple(column.name for column in COLUMNS if column.kind == "text")

_STATA_TEXT = 2045
"""Bytes of a text that a Stata column of fixed width takes."""


def _csv(table: pd.DataFrame, path: Path) -> None:
    """Cells that a spreadsheet would take for a formula get an apostrophe in front."""
    safe = {
        name: table[name].map({text: harmless(text) for text in table[name].dropna().unique()})
        for name in TEXTS
    }
    table.assign(**safe).to_csv(path, index=False, lineterminator="\n")


def _parquet(table: pd.DataFrame, path: Path) -> None:
    with path.open("wb") as file:  # pyarrow takes no name that is not UTF-8
        table.to_parquet(file, index=False)


def _stata(table: pd.DataFrame, path: Path) -> None:
    texts = table[list(TEXTS)].astype(object).where(table[list(TEXTS)].notna(), "")
    numbers = {c.name: table[c.name].astype("float64") for c in COLUMNS if c.kind == "whole"}
    long = [name for name in TEXTS if texts[name].map(lambda text: len(text.encode())).max() > _STATA_TEXT]
    with path.open("wb") as file:
        table.assign(**texts, **numbers).to_stata(
            file,
            write_index=False,
            version=118,
            variable_labels={column.name: column.label for column in COLUMNS},
            convert_strl=long,
            # The same table gives the same file.
            time_stamp=datetime.fromisoformat(max(table["created"])).replace(tzinfo=None),
        )


FORMATS: dict[str, tuple[str, Callable[[pd.DataFrame, Path], None]]] = {
    "csv": ("choices.csv", _csv),
    "parquet": ("choices.parquet", _parquet),
    "stata": ("choices.dta", _stata),
}
"""Format → name of the file, and what writes it."""


def check(form: str) -> None:
    """Raise ``UsageError`` where a format needs a package that is not there."""
    if form == "parquet" and find_spec("pyarrow") is None:
        raise UsageError("--format parquet needs pyarrow: pip install pyarrow, or take --format csv")
