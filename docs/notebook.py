"""Write the tutorial as a notebook: `python docs/notebook.py` makes tutorial.ipynb of tutorial.md.

Text becomes cells of text, and every block of commands a cell that runs it, from the checkout's folder.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

PAGE = Path(__file__).with_name("tutorial.md")


def notebook(page: str) -> str:
    """The notebook (nbformat 4.5) of a page in Markdown."""
    cells = [_cell("code", "%cd ..")]
    for k, part in enumerate(re.split(r"^```bash\n(.*?)^```\n", page, flags=re.M | re.S)):
        if text := part.strip():
            cells.append(_cell("code", "%%bash\n" + text) if k % 2 else _cell("markdown", text))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    whole = {
        "cells": [{"id": f"cell-{k}", **cell} for k, cell in enumerate(cells)],
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def _cell(kind: str, text: str) -> dict[str, Any]:
    cell: dict[str, Any] = {"cell_type": kind, "metadata": {}, "source": text.splitlines(keepends=True)}
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})


if __name__ == "__main__":
    PAGE.with_suffix(".ipynb").write_text(notebook(PAGE.read_text("utf-8")), "utf-8")
