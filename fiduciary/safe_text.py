"""Text of models and users, made harmless where it is shown: terminal, Markdown, LaTeX, CSV."""

from __future__ import annotations

import re
from typing import Any

_LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "[": "{[}",  # a row that begins with it would give the line end before it an argument
    "*": "{*}",
    "–": "--",
    "…": r"\ldots{}",
    "→": r"$\rightarrow$",
    "∞": r"$\infty$",
    "≤": r"$\leq$",
    "−": "$-$",
    "Δ": r"$\Delta$",
    "Σ": r"$\Sigma$",
    "α": r"$\alpha$",
    "β": r"$\beta$",
    "γ": r"$\gamma$",
    "ζ": r"$\zeta$",
    "θ": r"$\theta$",
    "κ": r"$\kappa$",
    "λ": r"$\lambda$",
    "ρ": r"$\rho$",
    "τ": r"$\tau$",
}

_MARKDOWN = re.compile(r"[\\`*_{}\[\]#|~>$@]|:(?=//)|\.(?=[A-Za-z])|^[-+](?=\s)")
_LISTED = re.compile(r"^(\d+)([.)])(?=\s|$)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
"""What ends lines, moves cursors or turns the direction of writing."""

_FORMULA = ("=", "+", "-", "@")


def one_line(text: str) -> str:
    """Text without control characters and line ends."""
    return _CONTROL.sub(" ", text)


def latex(text: str) -> str:
    """Text that LaTeX prints as it is."""
    return "".join(_LATEX.get(char, char) for char in one_line(text))


def markdown(text: str) -> str:
    """Text that no Markdown renderer takes for markup, links, mentions or HTML."""
    escaped = one_line(text).replace("&", "&amp;").replace("<", "&lt;")
    # A zero-width joiner keeps GitHub from mailing whoever a name mentions.
    return _LISTED.sub(r"\1\\\2", _MARKDOWN.sub(r"\\\g<0>", escaped)).replace(r"\@", "@\u200d")


def harmless(value: Any) -> Any:
    """A cell of a CSV file that no terminal and no spreadsheet takes for anything but text."""
    if not isinstance(value, str):
        return value
    text = one_line(value)
    return "'" + text if text.lstrip().startswith(_FORMULA) else text
