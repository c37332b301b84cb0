"""Preference data on disk: one parquet file, the figures of its making as JSON, a data card."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fiduciary.parsing import read_object
from fiduciary.training.card_parts import DIGEST, program_version
from fiduciary.training.checks import Evaluations, measure, refuse_overlap
from fiduciary.training.data_card import card
from fiduciary.training.errors import TrainingError
from fiduciary.training.preference_pairs import PairDesign, build, rows
from fiduciary.training.targets import read_target

if TYPE_CHECKING:
    from datasets import Dataset

TABLE, FACTS, CARD = "train.parquet", "facts.json", "README.md"

_COLUMNS = {name: "string" for name in ("problem", "trade_off", "wording", "elicitation")}
_COLUMNS |= {"n_options": "int32", "template": "int32", "utility_gap": "float64"}
_COLUMNS |= {"chosen_option": "string", "rejected_option": "string"}


@dataclass(frozen=True)
class PreferenceData:
    """A data set that was read.

    Attributes:
        table: the pairs; columns ``prompt``, ``chosen``, ``rejected`` are TRL's.
        facts: how it was made, and its checks.
    """

    table: Dataset
    facts: dict[str, Any]

    @property
    def target(self) -> dict[str, Any]:
        """The preference that the pairs state; ``training.targets.read_target`` reads it."""
        return dict(self.facts["target"])


def write(
    design: PairDesign, out: Path, evaluations: Evaluations | None = None, maker: str | None = None
) -> dict[str, Any]:
    """Make pairs, check them and write them; the folder appears when it is whole.

    Args:
        design: what to make.
        out: folder to make; it must not exist.
        evaluations: problems that must not be among the pairs'.
        maker: who answers for it, for its card.

    Returns:
        The facts, as written.

    Raises:
        TrainingError: the folder exists, or a check fails.
    """
    evaluations = evaluations or Evaluations()
    refuse_to_overwrite(out)
    pairs = build(design)
    refuse_overlap((pair.problem for pair in pairs), evaluations)
    facts = describe(design, evaluations) | ({"maker": maker} if maker else {})
    facts |= {"checks": measure(pairs, design.seed)}
    store(out, rows(pairs), _COLUMNS, facts, card(facts, pairs[0]))
    return facts


def refuse_to_overwrite(out: Path) -> None:
    """Stop where a folder is in the way.

    Raises:
        TrainingError: it is.
    """
    if out.exists():
        raise TrainingError(f"{out} exists. Remove it, or name another folder.")


def store(
    out: Path,
    table: Iterable[Mapping[str, object]],
    columns: Mapping[str, str],
    facts: Mapping[str, Any],
    text: str,
) -> None:
    """Write a data set; the folder appears when it is whole.

    Args:
        out: folder to make.
        table: rows with ``prompt``, ``chosen``, ``rejected`` and further columns.
        columns: types of the further columns, as the `datasets` package calls them; ``[float64]`` is a list.
        facts: how it was made, and its checks.
        text: its card, in which the table's digest is put for ``card_parts.DIGEST``.

    Raises:
        TrainingError: it could not be written.
    """
    from datasets import Dataset, Features, List, Value, disable_progress_bars

    disable_progress_bars()
    messages = List({"role": Value("string"), "content": Value("string")})
    types = {name: List(Value(t[1:-1])) if t[0] == "[" else Value(t) for name, t in columns.items()}
    features = Features({name: messages for name in ("prompt", "chosen", "rejected")} | types)
    partial = out.with_name(f"{out.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        Dataset.from_list([dict(row) for row in table], features=features).to_parquet(partial / TABLE)
        noted = json.dumps(facts, indent=2, ensure_ascii=False) + "\n"
        (partial / FACTS).write_text(noted, encoding="utf-8")
        with (partial / TABLE).open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        (partial / CARD).write_text(text.replace(DIGEST, digest), encoding="utf-8")
        os.replace(partial, out)
    except OSError as error:
        raise TrainingError(f"{out} could not be written: {error}. Nothing was left behind.") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def read(folder: Path, cache: Path | None = None) -> PreferenceData:
    """Read data that :func:`write` made.

    Args:
        folder: where it lies.
        cache: folder for what the `datasets` package stores; None reads into memory and leaves nothing.

    Raises:
        TrainingError: the folder holds no such data.
    """
    from datasets import Dataset, disable_progress_bars

    disable_progress_bars()
    missing = [name for name in (TABLE, FACTS) if not (folder / name).is_file()]
    if missing:
        raise TrainingError(
            f"{folder} holds no preference data ({' and '.join(missing)} missing). Make it with "
            f"`fiduciary train pairs --principal NAME --out {folder}`, or `games`."
        )
    if cache is None:
        with tempfile.TemporaryDirectory() as temporary:
            table = Dataset.from_parquet(str(folder / TABLE), cache_dir=temporary, keep_in_memory=True)
    else:
        table = Dataset.from_parquet(str(folder / TABLE), cache_dir=str(cache))
    try:
        facts = read_object(folder / FACTS)
        read_target(facts["target"])
    except (LookupError, TypeError, ValueError) as error:
        raise TrainingError(f"{folder / FACTS} does not say what the data are: {error}.") from error
    return PreferenceData(table, facts)


def describe(design: PairDesign, evaluations: Evaluations) -> dict[str, Any]:
    """What was asked for, in a form that JSON holds."""
    utility = design.target.utility
    return {
        "version": program_version(),
        "target": design.target.facts(),
        "shift": utility.shift,
        "seed": design.seed,
        "split": "training",
        "trade_offs": design.trade_offs,
        "wordings": list(design.wordings),
        "framing": "neutral",
        "elicitation": design.elicitation,
        "voice": design.voice,
        "draw": design.draw,
        "gamma": design.gamma if design.draw == "gap" else None,
        "disjoint_from": {
            "seeds": list(evaluations.seeds),
            "n": evaluations.n,
            "trade_offs": list(evaluations.trade_offs),
        },
    }
