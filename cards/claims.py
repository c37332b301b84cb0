"""What a card claims, held against the files beside it.

Only what can be looked up is looked up: a claim that no file speaks about stays a claim.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from fiduciary.cards.body import Statement
from fiduciary.cards.card import Card
from fiduciary.cards.recognise import quote
from fiduciary.cards.values import SIZES

_BOUNDS = (1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12)

_LICENCES = {
    "apache-2.0": "apache license version 2.0",
    "mit": "permission is hereby granted, free of charge",
    "gpl-3.0": "gnu general public license version 3",
    "gpl-2.0": "gnu general public license version 2",
    "agpl-3.0": "gnu affero general public license",
    "lgpl-3.0": "gnu lesser general public license version 3",
    "mpl-2.0": "mozilla public license version 2.0",
    "cc0-1.0": "cc0 1.0 universal",
    "cc-by-4.0": "attribution 4.0 international",
    "cc-by-sa-4.0": "attribution-sharealike 4.0 international",
    "cc-by-nc-4.0": "attribution-noncommercial 4.0 international",
    "unlicense": "this is free and unencumbered software",
}
"""Words that the text of a licence begins with."""

_NUMBER = r"(\d[\d,]*(?:\.\d+)?)\s*(thousand|million|billion|[kmb]\b)?"
_ROWS = re.compile(
    rf"^{_NUMBER}\s+(?:[a-z-]+\s){{0,2}}(?:pairs|rows|examples|instances|samples|conversations)\b", re.I
)
_TRAINABLE = re.compile(rf"{_NUMBER}\s+trainable\s+parameters", re.I)
_PARAMETERS = re.compile(rf"{_NUMBER}\s+parameters", re.I)
_SCALE = {"": 1, "k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "b": 1e9, "billion": 1e9}
_RANK = re.compile(r"\b(?:lora_r|rank|r)\b\W{1,4}(\d+)", re.IGNORECASE)
_ALPHA = re.compile(r"\b(?:lora_alpha|alpha|α)\b\W{1,4}(\d+)", re.IGNORECASE)
_SEED = re.compile(r"^seed$", re.IGNORECASE)
_HEX = re.compile(r"\b[0-9a-f]{64}\b")


@dataclass(frozen=True)
class Claim:
    """A claim that a file confirms or contradicts.

    Attributes:
        item: id of the checklist's item that it belongs to.
        what: what the claim is about.
        stated: what the card says; untrusted text.
        found: what the file says.
        file: the file.
        line: 1-based line of the card.
        holds: whether they agree.
    """

    item: str
    what: str
    stated: str
    found: str
    file: str
    line: int
    holds: bool


def claims(card: Card) -> tuple[Claim, ...]:
    """All claims of a card that something beside it speaks about."""
    return tuple(
        claim
        for check in (_base, _adapter, _rows, _licence, _parameters, _digests, _files)
        for claim in check(card)
    )


def _base(card: Card) -> Iterator[Claim]:
    base_model = card.front.values.get("base_model")
    named = (
        [str(name) for name in base_model]
        if isinstance(base_model, list)
        else [str(base_model)]
        if base_model
        else []
    )
    line = card.front.lines.get("base_model", 1)
    if not named:
        for statement in _said(card):
            if statement.label and re.search(
                r"^base( model)?$|fine-?tuned from", statement.label, re.IGNORECASE
            ):
                named, line = [statement.value.split(",")[0].split(" (")[0].strip()], statement.line
                break
    content = card.beside.json.get("adapter_config.json", {})
    trained_on = content.get("base_model_name_or_path")
    if named and isinstance(trained_on, str) and trained_on:
        # A local copy has another path and the same last name.
        holds = any(
            PurePosixPath(name).name.lower() == PurePosixPath(trained_on).name.lower() for name in named
        )
        yield Claim(
            "provenance.base",
            "base model",
            quote(", ".join(named)),
            quote(trained_on),
            "adapter_config.json",
            line,
            holds,
        )


def _adapter(card: Card) -> Iterator[Claim]:
    content = card.beside.json.get("adapter_config.json", {})
    for pattern, key, what in ((_RANK, "r", "LoRA rank"), (_ALPHA, "lora_alpha", "LoRA alpha")):
        configured = content.get(key)
        if isinstance(configured, (int, float)):
            hits = [(hit[1], s.line) for s in _said(card) if (hit := pattern.search(s.text))]
            if hits:
                # Other things are called rank too; the claim fails only where none of the figures is right.
                right = next((hit for hit in hits if float(hit[0]) == configured), None)
                stated, line = right or hits[0]
                file = "adapter_config.json"
                yield Claim(
                    "procedure.adapter", what, stated, f"{configured:g}", file, line, right is not None
                )


def _rows(card: Card) -> Iterator[Claim]:
    if card.kind != "data" or not card.beside.tables:
        return
    rows = sum(table.rows for table in card.beside.tables)
    file = ", ".join(table.name for table in card.beside.tables[:3])
    sizes = card.front.values.get("size_categories")
    for size in sizes if isinstance(sizes, list) else [sizes]:
        if size in SIZES:
            holds = SIZES.index(size) == sum(rows >= bound for bound in _BOUNDS)
            line = card.front.lines["size_categories"]
            yield Claim(
                "training_data.composition", "size category", str(size), f"{rows:,} rows", file, line, holds
            )
    for number, line in _stated_rows(card):
        yield Claim(
            "training_data.composition",
            "number of rows",
            f"{number:,}",
            f"{rows:,} rows",
            file,
            line,
            number == rows,
        )
    columns = {name for table in card.beside.tables for name in table.columns}
    named = _features(card)
    if named:
        gone = sorted(named - columns)
        line = card.front.lines["dataset_info"]
        found = f"not there: {', '.join(gone)}" if gone else "all are there"
        yield Claim(
            "training_data.composition",
            "columns",
            quote(", ".join(sorted(named))),
            quote(found),
            file,
            line,
            not gone,
        )


def _stated_rows(card: Card) -> Iterator[tuple[int, int]]:
    """Numbers of rows with their lines: of the metadata, and of what begins with one below the title."""
    for config in _configs(card):
        splits = config.get("splits")
        listed = [s for s in splits if isinstance(s, dict)] if isinstance(splits, list) else []
        counts = [s["num_examples"] for s in listed if isinstance(s.get("num_examples"), int)]
        if counts and len(counts) == len(listed):
            yield sum(counts), card.front.lines["dataset_info"]
    lead = next((section for section in card.sections if section.level == 1), None)
    for statement in lead.statements if lead else ():
        hit = _ROWS.match(statement.text)
        if hit:
            yield round(_value(hit)), statement.line
            return


def _configs(card: Card) -> list[Mapping[str, Any]]:
    stated = card.front.values.get("dataset_info")
    return [one for one in (stated if isinstance(stated, list) else [stated]) if isinstance(one, dict)]


def _features(card: Card) -> set[str]:
    listed = [c["features"] for c in _configs(card) if isinstance(c.get("features"), list)]
    return {str(f["name"]) for features in listed for f in features if isinstance(f, dict) and "name" in f}


def _licence(card: Card) -> Iterator[Claim]:
    stated = card.front.values.get("license")
    text = card.beside.licence.lower()
    if not isinstance(stated, str) or not text:
        return
    plain = " ".join(re.sub(r"[^\w\s.,-]", " ", text).split()).replace("license, version", "license version")
    known = next((name for name, words in _LICENCES.items() if words in plain), None)
    if known is not None:
        yield Claim(
            "licence.identifier",
            "licence",
            quote(stated),
            known,
            "LICENSE",
            card.front.lines["license"],
            stated.lower() == known,
        )


def _parameters(card: Card) -> Iterator[Claim]:
    counted = card.beside.parameters
    if counted is None:
        return
    pattern = _TRAINABLE if card.kind == "adapter" else _PARAMETERS
    for statement in _said(card):
        hit = pattern.search(statement.text)
        if hit:
            value = _value(hit)
            # As exact as it is stated: 1.98 million is anything that rounds to it.
            slack = 0.5 * _SCALE[(hit[2] or "").lower()] * 10.0 ** -len(hit[1].partition(".")[2])
            yield Claim(
                "identity.type",
                "number of parameters",
                quote(hit[0]),
                f"{counted:,}",
                "safetensors",
                statement.line,
                abs(value - counted) <= slack,
            )
            return


def _digests(card: Card) -> Iterator[Claim]:
    known = card.beside.digests
    for statement in _said(card):
        for digest in _HEX.findall(statement.text):
            # Only of a file that the statement names: a card may state the digest of its base, too.
            file = next((name for name in known.values() if PurePosixPath(name).name in statement.text), None)
            if file is not None:
                actual = next(value for value, name in known.items() if name == file)
                yield Claim(
                    "environment.integrity",
                    f"SHA-256 of {quote(file)}",
                    digest,
                    actual,
                    quote(file),
                    statement.line,
                    digest == actual,
                )


def _files(card: Card) -> Iterator[Claim]:
    """Files that ``configs`` names; patterns and addresses are not followed."""
    configs = card.front.values.get("configs")
    for config in configs if isinstance(configs, list) else []:
        listed = config.get("data_files") if isinstance(config, dict) else None
        for entry in listed if isinstance(listed, list) else [listed]:
            path = entry.get("path") if isinstance(entry, dict) else entry
            if (
                isinstance(path, str)
                and path
                and not re.search(r"[*?\[\]:]|\.\.", path)
                and card.beside.names
            ):
                name = PurePosixPath(path).as_posix()
                if name.count("/") > 1:
                    continue
                there = name in card.beside.names
                yield Claim(
                    "training_data.composition",
                    "data file",
                    quote(path),
                    "is there" if there else "is not there",
                    quote(name),
                    card.front.lines["configs"],
                    there,
                )


def _said(card: Card) -> Iterable[Statement]:
    return (s for section in card.sections for s in section.statements if s.kind != "code")


def _value(hit: re.Match[str]) -> float:
    return float(hit[1].replace(",", "").rstrip(".")) * _SCALE[(hit[2] or "").lower()]
