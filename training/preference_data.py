"""Preference data on disk: one parquet file, the figures of its making as JSON, a data card."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from training.checks import Evaluations, measure, refuse_overlap
from training.data_card import card
from training.errors import TrainingError
from training.preferences import PairDesign, build, rows

if TYPE_CHECKING:
    from datasets import Dataset

TABLE, FACTS, CARD = "train.parquet", "facts.json", "README.md"


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
        """Name, theta and rho of the preference that the pairs state."""
        return dict(self.facts["target"])


def write(design: PairDesign, out: Path, evaluations: Evaluations | None = None) -> dict[str, Any]:
    """Make pairs, check them and write them; the folder appears when it is whole.

    Args:
        design: what to make.
        out: folder to make; it must not exist.
        evaluations: problems that must not be among the pairs'.

    Returns:
        The facts, as written.

    Raises:
        TrainingError: the folder exists, or a check fails.
    """
    from datasets import Dataset, Features, List, Value, disable_progress_bars

    disable_progress_bars()
    evaluations = evaluations or Evaluations()
    if out.exists():
        raise TrainingError(f"{out} exists. Remove it, or name another folder.")
    pairs = build(design)
    refuse_overlap((pair.problem for pair in pairs), evaluations)
    facts = describe(design, evaluations) | {"checks": measure(pairs, design.seed)}

    messages = List({"role": Value("string"), "content": Value("string")})
    features = Features(
        {name: messages for name in ("prompt", "chosen", "rejected")}
        | {name: Value("string") for name in ("problem", "trade_off", "wording", "elicitation")}
        | {"n_options": Value("int32"), "template": Value("int32"), "utility_gap": Value("float64")}
        | {name: Value("string") for name in ("chosen_option", "rejected_option")}
    )
    partial = out.with_name(f"{out.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        Dataset.from_list(list(rows(pairs)), features=features).to_parquet(partial / TABLE)
        text = json.dumps(facts, indent=2, ensure_ascii=False) + "\n"
        (partial / FACTS).write_text(text, encoding="utf-8")
        (partial / CARD).write_text(card(facts, pairs[0]), encoding="utf-8")
        os.replace(partial, out)
    except OSError as error:
        raise TrainingError(f"{out} could not be written: {error}. Nothing was left behind.") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return facts


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
            f"`python -m training preferences --profile NAME --out {folder}`."
        )
    if cache is None:
        with tempfile.TemporaryDirectory() as temporary:
            table = Dataset.from_parquet(str(folder / TABLE), cache_dir=temporary, keep_in_memory=True)
    else:
        table = Dataset.from_parquet(str(folder / TABLE), cache_dir=str(cache))
    facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
    return PreferenceData(table, facts)


def describe(design: PairDesign, evaluations: Evaluations) -> dict[str, Any]:
    """What was asked for, in a form that JSON holds."""
    try:
        made_by = version("fiduciary")
    except PackageNotFoundError:
        made_by = "unknown"
    utility = design.target.utility
    return {
        "version": made_by,
        "target": {"name": design.target.name, "theta": list(utility.theta), "rho": utility.rho},
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
