"""Builds the page: template, style, scripts and data in one file that needs nothing else."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fiduciary.leaderboard.page.viewer import with_viewer
from fiduciary.safe_text import json_text

HERE = Path(__file__).parent
FORMAT = 1
"""Of the data that the scripts read."""

SCRIPTS: tuple[str, ...] = (
    "vendor/d3.min.js",
    "vendor/plot.min.js",
    "app/dom.js",
    "app/intervals.js",
    "app/utility.js",
    "app/ranksets.js",
    "app/models.js",
    "app/principal.js",
    "app/ranking.js",
    "app/example.js",
    "app/table.js",
    "app/figure.js",
    "app/forest.js",
    "app/reachable.js",
    "app/axioms.js",
    "app/curves.js",
    "app/dose.js",
    "app/prices.js",
    "app/inventories.js",
    "app/sources.js",
    "app/main.js",
)
"""In the order in which they run."""

FILES: tuple[str, ...] = ("table.csv", "table.json", "table.parquet", "table.md", "table.tex")
"""The table in other forms: the page names those that lie beside it."""

REQUIRED: tuple[str, ...] = (
    "title",
    "generated",
    "version",
    "models",
    "columns",
    "cells",
    "profiles",
    "principal",
    "stakeholders",
)

PLOT_STYLE = """:where(.plot) {
  --plot-background: white;
  display: block;
  height: auto;
  height: intrinsic;
  max-width: 100%;
}
:where(.plot text),
:where(.plot tspan) {
  white-space: pre;
}"""
"""The style that Observable Plot puts into every chart of class ``plot``: the policy names it by its hash."""


def build(payload: Mapping[str, Any], out: Path) -> Path:
    """Write ``index.html`` into a folder, and Inspect's log viewer beside it where the logs are there.

    The file holds style, scripts and data, asks for nothing from elsewhere, and works from a disk. Its
    Content-Security-Policy lets only these scripts run, by their hashes, forbids every request, and makes the
    browser refuse any text that a script would turn into markup.

    Args:
        payload: what the page shows, as :func:`leaderboard.payload.payload` makes it: Python's own types,
            None for numbers that JSON does not have (ρ of the principal: None means −∞). All text in it is
            shown as text, whatever it holds; addresses count only where they stay within the page's folder.
        out: the folder; made where it does not exist.

    Returns:
        The file.

    Raises:
        ValueError: another format, a part that is missing, or numbers that JSON does not have.
    """
    if payload.get("format") != FORMAT:
        raise ValueError(f"the page draws data of format {FORMAT}, got {payload.get('format')!r}")
    missing = [name for name in REQUIRED if name not in payload]
    if missing:
        raise ValueError(f"the page's data lack {', '.join(missing)}")
    out.mkdir(parents=True, exist_ok=True)
    shown = with_viewer(payload, out)
    shown["files"] = [name for name in FILES if (out / name).is_file()]
    file = out / "index.html"
    # A lone surrogate, which names of files may hold, cannot be written as UTF-8: it becomes a question mark.
    file.write_bytes(page(shown).encode("utf-8", "replace"))
    return file


def page(payload: Mapping[str, Any]) -> str:
    """The page as text; arguments and errors as of :func:`build`."""
    style = _read("style.css")
    scripts = {name: _licence(name) + _read(name) for name in SCRIPTS}
    parts = {
        "title": html.escape(str(payload["title"])),
        "policy": html.escape(policy(list(scripts.values()), [style, PLOT_STYLE]), quote=True),
        "style": style,
        "scripts": "\n".join(
            f'<script id="script-{Path(name).stem}">{text}</script>' for name, text in scripts.items()
        ),
        "payload": embedded(payload),
    }
    # One pass: what is put in is not looked at again.
    return re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], _read("template.html"))


def embedded(payload: Mapping[str, Any]) -> str:
    """JSON that cannot end the script element that holds it."""
    try:
        text = json_text(payload, allow_nan=False, separators=(",", ":"))
    except ValueError as error:
        raise ValueError(f"the page's data hold a number that JSON does not have: {error}") from error
    return text.replace("<", "\\u003c")


def policy(scripts: list[str], styles: list[str]) -> str:
    """Content-Security-Policy that lets exactly these scripts and styles in, and no request out."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {' '.join(map(_hash, scripts))}",
            "worker-src blob:",
            f"style-src {' '.join(map(_hash, styles))}",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types fiduciary-worker",
        )
    )


def _hash(text: str) -> str:
    # Browsers hash an element's text after reading every line end as \n, which _read sees to.
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _licence(name: str) -> str:
    """The licence of a library, which must go where its code goes; empty for the page's own scripts."""
    folder, _, file = name.partition("/")
    if folder != "vendor":
        return ""
    text = _read(f"{folder}/{file.partition('.')[0]}.LICENSE.txt")
    return f"/*\n{text}*/\n"


def _read(name: str) -> str:
    text = (HERE / name).read_text(encoding="utf-8")
    if name.endswith(".js") and re.search(r"</script|<!--", text, re.IGNORECASE):
        raise ValueError(f"{name} would end the element that holds it")
    return text
