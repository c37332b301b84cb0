"""From a log to rows: one for each choice and option."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from inspect_ai.log import EvalLog, EvalSample, EvalSampleSummary

from fiduciary.economics.arrays import BoolArray, FloatArray
from fiduciary.economics.conventions import ABBREVIATIONS, DOLLARS_PER_UNIT
from fiduciary.economics.estimation.data import counted, prepare
from fiduciary.eval_logs import read_summaries
from fiduciary.export.columns import COLUMNS
from fiduciary.leaderboard.choices import samples_of, score_of
from fiduciary.safe_text import one_line
from fiduciary.scorers.choice_table import Table, tables
from fiduciary.scorers.labels import LABELS

MOST = 1e12
"""Largest figure of a problem, raw units; no firm gains more, and every file format holds it."""

Sample = EvalSample | EvalSampleSummary


def datasets(file: str, header: EvalLog) -> list[pd.DataFrame]:
    """The rows of a log of choices, one frame for each way of asking.

    Args:
        file: where the log lies.
        header: its header.

    Returns:
        Frames with the columns of ``COLUMNS`` but ``dataset``; ``choice`` counts from 1 in each, and
        ``option`` up to the most options of any of its problems.

    Raises:
        ValueError: samples without what a choice needs, or figures that nothing can be.
    """
    try:
        samples, found = _read(read_summaries(file))
    except ValueError:
        # Summaries leave out long metadata; the samples themselves have them.
        samples, found = _read(samples_of(file))
    about = header.eval
    run = {
        "log": file.rpartition("/")[2],
        "run": about.eval_id,
        "created": about.created,
        "status": header.status,
        "model": about.model,
        "task_version": str(about.task_version),
    }
    return [_laid_out(table, samples, run) for table in found.values()]


def joined(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Frames below each other, numbered, with one number for each choice and all columns in their kind."""
    width = max(int(frame["option"].max()) for frame in frames)
    parts, first = [], 0
    for number, frame in enumerate(frames, 1):
        part = _filled(frame, width).assign(dataset=number)
        part["choice"] += first
        first = int(part["choice"].max())
        parts.append(part)
    whole = pd.concat(parts, ignore_index=True)
    return pd.DataFrame({column.name: _of_kind(whole[column.name], column.kind) for column in COLUMNS})


def _read(samples: Sequence[Sample]) -> tuple[Sequence[Sample], dict[str, Table]]:
    return samples, tables([score_of(sample) for sample in samples])


def _laid_out(table: Table, samples: Sequence[Sample], run: dict[str, Any]) -> pd.DataFrame:
    asked = [samples[row] for row in table.row]
    about = [sample.metadata or {} for sample in asked]
    _check(table)
    n, width = table.position.shape
    share = counted(
        table.exists,
        None if table.by_probability else table.chosen,
        table.tempered() if table.by_probability else None,
    )
    place_constant, label_constant = _constants(table, share)
    stated = np.where(table.exists & (table.chosen >= 0)[:, None], 0.0, np.nan)
    has = np.flatnonzero(table.chosen >= 0)
    stated[has, table.chosen[has]] = 1.0
    of_choice: dict[str, Any] = run | {
        "framing": [_text(one.get("framing")) for one in about],
        "seed": [_whole(one.get("seed")) for one in about],
        "elicitation": table.elicitation,
        "sample": [one_line(str(sample.id)) for sample in asked],
        "epoch": [int(sample.epoch) for sample in asked],
        "choice": np.arange(1, n + 1),
        "problem": table.groups,
        "trade_off": table.trade_off,
        "wording": table.wording,
        "temperature": table.temperature,
        "shift": table.shift,
        "weight": table.weight,
        "batch": table.batch,
        "n_options": table.n_options,
        "display_order": [" ".join(str(i + 1) for i in _order(place)) for place in table.position],
        "outside": table.mass_outside,
        "missing": [None if reason is None else str(reason) for reason in table.reason],
    }
    of_option: dict[str, npt.NDArray[Any]] = {
        "option": np.broadcast_to(np.arange(1, width + 1), (n, width)),
        "available": table.exists.astype(int),
        "place": np.where(table.exists, table.position + 1.0, np.nan),
        "label": np.array([*LABELS, None], object)[table.label],  # −1, padding, is the last
        "place_constant": place_constant,
        "label_constant": label_constant,
        "chosen": stated,
        "probability": table.probabilities,
        "share": share,
    }
    for k, short in enumerate(ABBREVIATIONS):
        of_option[f"welfare_{short.lower()}"] = table.welfare[:, :, k]
        of_option[f"dollars_{short.lower()}"] = np.round(table.welfare[:, :, k] * DOLLARS_PER_UNIT, 6)
    frame = pd.DataFrame(of_choice, index=range(n))
    frame = frame.loc[np.repeat(np.arange(n), width)].reset_index(drop=True)
    return frame.assign(**{name: values.reshape(-1) for name, values in of_option.items()})


def _constants(table: Table, share: FloatArray) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.object_]]:
    """Names of the constants that the estimate gives each option's place and letter, (n, J); None for none.

    Raises:
        ValueError: figures that are not positive after the shift.
    """
    out = np.full((2, *share.shape), None, object)
    used = np.isfinite(share)
    if used.any():
        data = prepare(
            table.welfare,
            None if table.by_probability else table.chosen,
            table.temperature,
            position=table.position,
            label=table.label,
            probabilities=table.tempered() if table.by_probability else None,
            shift=table.shift,
            least=1,
        )
        names = np.array([None, *data.constants], object)
        for factor, cells in enumerate(data.cells):
            out[factor][used] = names[cells]
    return out[0], out[1]


def _check(table: Table) -> None:
    """Refuse figures that no file could hold."""
    figures = np.abs(table.welfare[table.exists])
    held = np.concatenate([figures.reshape(-1), table.temperature, table.weight, [abs(table.shift)]])
    if not np.all(held <= MOST):  # NaN is not
        raise ValueError("its problems hold figures that nothing can gain")
    if np.any((table.batch < 0) | (table.batch > MOST)):
        raise ValueError("its problems hold numbers of batches that there cannot be")


def _order(position: npt.NDArray[np.int64]) -> Iterator[int]:
    """Own numbers of the options, place by place."""
    shown: BoolArray = position >= 0
    return iter(np.flatnonzero(shown)[np.argsort(position[shown])].tolist())


def _filled(frame: pd.DataFrame, width: int) -> pd.DataFrame:
    """The same with ``width`` rows a choice; what is added is not available."""
    own = int(frame["option"].max())
    if own == width:
        return frame.copy()
    n = len(frame) // own
    by_choice = [name for name in frame if name not in _OF_OPTION]
    added = frame[by_choice].iloc[::own].loc[lambda f: f.index.repeat(width - own)]
    added = added.assign(option=np.tile(np.arange(own + 1, width + 1), n), available=0)
    both = pd.concat([frame, added], ignore_index=True)
    return both.sort_values(["choice", "option"], kind="stable", ignore_index=True)


_OF_OPTION = frozenset(
    {"option", "available", "place", "label", "place_constant", "label_constant"}
    | {"chosen", "probability", "share"}
    | {f"{stem}_{short.lower()}" for stem in ("welfare", "dollars") for short in ABBREVIATIONS}
)
"""Columns in which the options of a choice differ."""


def _of_kind(values: pd.Series[Any], kind: str) -> pd.Series[Any]:
    if kind == "text":
        clean = {value: one_line(value) or None for value in values.dropna().unique()}
        return values.map(clean).astype(object)
    return pd.to_numeric(values).astype("Int64" if kind == "whole" else "float64")


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _whole(value: Any) -> int | None:
    """A number that every format holds; seeds may be larger, and say nothing then."""
    return value if type(value) is int and abs(value) < 2**53 else None
