"""What all cards have in common: front matter, licence, and the templates of ``training/cards``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import yaml

from fiduciary.economics.conventions import ABBREVIATIONS, STAKEHOLDERS
from fiduciary.economics.inference import clopper_pearson
from fiduciary.economics.principals import Principal
from fiduciary.parsing import parse_yaml

AUTHORS = "The Fiduciary authors"
LICENCE = "apache-2.0"

DIGEST = "(SHA-256 of the table)"
"""Stands in a data card for the digest of its table, until that is written."""

SIZES = (
    (10**3, "n<1K"),
    (10**4, "1K<n<10K"),
    (10**5, "10K<n<100K"),
    (10**6, "100K<n<1M"),
    (10**7, "1M<n<10M"),
)
"""Size categories of the Hub: below how many rows, and name."""


def front(values: Mapping[str, Any]) -> str:
    """Front matter as the Hub reads it, between its two lines of dashes."""
    text = yaml.safe_dump(
        dict(values), sort_keys=False, allow_unicode=True, default_flow_style=None, width=110
    )
    return f"---\n{text}---\n"


def split(text: str) -> tuple[dict[str, Any], str]:
    """Metadata and body of a card of this project; no metadata where there is no front matter."""
    if not text.startswith("---\n"):
        return {}, text
    head, _, body = text[4:].partition("\n---\n")
    metadata = parse_yaml(head)
    return (metadata if isinstance(metadata, dict) else {}), body


def size_category(rows: int) -> str:
    """The Hub's name for a number of rows."""
    return next((name for below, name in SIZES if rows < below), "10M<n<100M")


def program_version() -> str:
    """Version of this project."""
    try:
        return version("fiduciary")
    except PackageNotFoundError:
        return "unknown"


def base_licence(base: str) -> dict[str, str]:
    """Licence of an adapter as metadata: it takes over the terms of its base.

    Args:
        base: folder or name on the Hub; a folder's card is asked for its licence.
    """
    card = Path(base) / "README.md"
    if Path(base).is_dir():
        stated = split(card.read_text(encoding="utf-8"))[0].get("license") if card.is_file() else None
        return {"license": str(stated or "unknown")}
    name = f"licence-of-{base.replace('/', '-')}".lower()
    return {"license": "other", "license_name": name, "license_link": f"https://huggingface.co/{base}"}


def render(template: str, **facts: Any) -> str:
    """A template of ``training/cards``, filled in. A fact that is missing is an error, not an empty place."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "cards"),
        undefined=StrictUndefined,
        autoescape=False,  # Markdown, not HTML
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "cell": _cell,
        "listed": listed,
        "number": _number,
        "quote": _quote,
        "share": _share,
        "short": _short,
    }
    return environment.get_template(template).render(facts)


def ces_target(target: Mapping[str, Any]) -> dict[str, Any]:
    """What cards say of a CES utility: its weights, whom it leaves out, and how a command states it."""
    weights = target["theta"]
    return {
        "weights": ", ".join(f"{weight:g} {who}" for who, weight in zip(ABBREVIATIONS, weights, strict=True)),
        "left_out": [who for who, weight in zip(STAKEHOLDERS, weights, strict=True) if weight == 0],
        "principal": " ".join(Principal.of_facts(target).options()),
    }


def listed(words: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _cell(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(map(_cell, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _number(value: float, form: str = ",") -> str:
    return format(+value, form)  # format() of a missing fact would not name it, + does


def _short(value: float) -> str:
    return f"{value:.3f}".replace("0.", ".", 1) if abs(value) < 1 else f"{value:.3f}"


def _share(share: float | None, n: int | None = None) -> str:
    """A share, with its 95 % interval where the number that it is taken of is named."""
    if share is None:
        return "too few pairs to say"
    if n is None:
        return f"{share:.1%}"
    interval = clopper_pearson(share * n, n)
    return f"{share:.1%} [{interval.low:.1%}, {interval.high:.1%}]"


def _quote(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())
