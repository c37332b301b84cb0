"""What all cards have in common: front matter, licence, who made it, whom to ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import yaml

from fiduciary.economics.principals import Principal

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
    found = yaml.safe_load(head)
    return (found if isinstance(found, dict) else {}), body


def size_category(rows: int) -> str:
    """The Hub's name for a number of rows."""
    return next((name for below, name in SIZES if rows < below), "10M<n<100M")


def made_by(facts: Mapping[str, Any], program: str) -> str:
    """Who made it: the software, and who ran it where that was said."""
    maker = facts.get("maker")
    who = f"{maker}, with" if maker else "whoever ran the command below, with"
    return f"**Made by:** {who} Fiduciary {program}, a program of the Fiduciary authors."


def program_version() -> str:
    """Version of this project."""
    try:
        return version("fiduciary")
    except PackageNotFoundError:
        return "unknown"


def contact(facts: Mapping[str, Any]) -> str:
    """Whom to ask about the copy, and about the program."""
    maker = facts.get("maker")
    copy = (
        f"About this copy: {maker}."
        if maker
        else "About this copy: whoever published it, who also answers for its use."
    )
    return (
        f"{copy} Questions about how it was made and errors in the program: open an issue in the repository\n"
        f"that this copy of Fiduciary came from."
    )


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


def preferences_command(target: Mapping[str, Any], data: Mapping[str, Any]) -> str:
    """Arguments of ``fiduciary train`` that make such pairs, without number, seed and place."""
    stated = " ".join(Principal.of_facts(target).options())
    apart = data["disjoint_from"]
    gamma = f" --gamma {data['gamma']:g}" if data["draw"] == "gap" else ""
    wordings = ",".join(data["wordings"])
    return (
        f"pairs {stated} --trade-offs {data['trade_offs']} --wording {wordings} \\\n"
        f"        --elicitation {data['elicitation']} --voice {data['voice']} "
        f"--draw {data['draw']}{gamma} \\\n"
        f"        --evaluation-seeds {','.join(map(str, apart['seeds']))} --evaluation-n {apart['n']}"
    )


def table(title: str, values: Mapping[str, Any]) -> str:
    """Two columns, names and values."""
    rows = [f"| {name} | {_text(value)} |" for name, value in values.items()]
    return "\n".join([f"| {title} | |", "|---|---|", *rows])


def listed(words: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _text(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(map(_text, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
