"""Text of models and users, made harmless where it is shown: terminal, HTML, Markdown, LaTeX, CSV."""

from __future__ import annotations

import json
import re
from typing import Any
from unicodedata import normalize

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
_CONTROL = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0001\U000e0020-\U000e007f]"
)
"""What ends lines, moves cursors, turns the direction of writing, cannot be seen, or is half a character:
Unicode's categories Cc, Cf, Cs, Zl and Zp."""

_FORMULA = ("=", "+", "-", "@")
"""Also in full width and small, for which spreadsheets take them (NFKC)."""


def one_line(text: str) -> str:
    """Text without control characters and line ends."""
    return _CONTROL.sub(" ", text)


def visible(text: str) -> str:
    """Text of a page: what :func:`one_line` takes away is named as ``[U+202E]``, but for white space.

    Two names that differ in nothing else stay two names.
    """
    if text.isprintable():
        return text
    return _CONTROL.sub(lambda found: found[0] if found[0] in "\t\n\r" else f"[U+{ord(found[0]):04X}]", text)


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
    return "'" + text if normalize("NFKC", text[:100]).lstrip().startswith(_FORMULA) else text


def json_text(value: Any, **how: Any) -> str:
    """JSON that a terminal may show and a UTF-8 file may hold: what either would not is escaped.

    Args:
        value: what ``json.dumps`` takes.
        how: its further arguments.
    """
    text = json.dumps(value, ensure_ascii=False, **how)
    return _CONTROL.sub(lambda found: found[0] if found[0] == "\n" else _escaped(found[0]), text)


def _escaped(char: str) -> str:
    return json.dumps(char)[1:-1]
