"""Evaluation problems among the rows: by id, by the figures that a prompt shows, and by its text.

Figures find a problem whatever its words are: stakeholders renamed, sentences reworded, options in another
order, options as rows or as columns, gains as losses of the same size.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from fiduciary.economics.arrays import FloatArray, IntArray
from fiduciary.economics.conventions import STAKEHOLDERS
from fiduciary.economics.problems import generate
from fiduciary.errors import UsageError
from fiduciary.training.checks import Evaluations
from fiduciary.training.errors import TrainingError
from fiduciary.training.screening.duplicates import normal
from fiduciary.training.screening.game_leakage import games
from fiduciary.training.screening.near import THRESHOLD, near_pairs
from fiduciary.training.screening.table import Rows
from fiduciary.training.screening.verdicts import EXAMPLES, FINE, PROBLEM, Check, Example, plain

SCALES: Mapping[str, tuple[float, int]] = {"dollars": (100.0, 0), "hundreds": (1.0, 1)}
"""How figures are shown: raw welfare times the first, with so many decimals."""

_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_MOST_NUMBERS = 400  # of a prompt that are looked at
_SEED = 0x1EA4


@dataclass(frozen=True)
class Index:
    """Evaluation problems, made to be found by their figures.

    Attributes:
        ids: of the problems.
        names: what each belongs to, for people.
        parts: one line a part of a problem (an option's four gains, or one group's gains over the options):
            ``key`` (hash of the sorted absolute figures), ``problem``, ``part``, ``kind``.
        needed: (problems, 2), parts of each kind that a prompt must show.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    parts: pd.DataFrame
    needed: IntArray


def evaluation(rows: Rows, evaluations: Evaluations | None = None) -> Check:
    """Problems of the project's own evaluations among the rows."""
    evaluations = evaluations or Evaluations()
    found = _found(rows, _own(evaluations))
    for k, name in games(rows).items():
        found.setdefault(k, name)
    what = f"{evaluations}; games of the task economic_games"
    return _check("leakage", "Leakage of evaluation problems", rows, found, what)


def logs(rows: Rows, paths: Sequence[str]) -> Check:
    """What given logs asked, among the rows: problems by id and figures, any other task by its text.

    Raises:
        TrainingError: a path without logs that can be read.
    """
    problems: dict[str, FloatArray] = {}
    texts: dict[str, str] = {}
    count = 0
    for sample in _samples(paths):
        count += 1
        welfare = sample["metadata"].get("welfare")
        name = str(sample["metadata"].get("problem") or sample["id"])
        if _is_welfare(welfare):
            problems[name] = np.array(welfare, dtype=float)
        if sample["text"]:
            texts.setdefault(normal(sample["text"]), name)
    found = _found(rows, _index(problems, dict.fromkeys(problems, "log"))) if problems else {}
    for k, name in _same_text(rows, texts).items():
        found.setdefault(k, name)
    what = f"{count:,} samples of the given logs"
    return _check("leakage_logs", "Leakage of problems in logs", rows, found, what)


def _found(rows: Rows, index: Index) -> dict[int, str]:
    """Row → the problem that stands in it."""
    found: dict[int, str] = {}
    known = set(index.ids)
    for values in rows.extra.values():
        if isinstance(values[0], str):
            found |= {k: str(value) for k, value in enumerate(values) if value in known}
    for k, problem in _by_figures(rows.asked, index).items():
        found.setdefault(k, f"{index.ids[problem]}, {index.names[problem]}")
    return found


def _by_figures(texts: Sequence[str], index: Index) -> dict[int, int]:
    """Text → number of the first problem whose figures stand in it."""
    keys, owners = [], []
    shown = [_NUMBER.findall(text)[:_MOST_NUMBERS] for text in texts]
    values = np.array([float(number.replace(",", "")) for own in shown for number in own])
    owner = np.repeat(np.arange(len(texts)), [len(own) for own in shown])
    for scale, width in sorted(_WIDTHS):
        if len(values) >= width:
            within = np.flatnonzero(owner[: len(owner) - width + 1] == owner[width - 1 :])
            windows = np.lib.stride_tricks.sliding_window_view(values, width)[within]
            keys.append(_keys(windows, scale))
            owners.append(owner[within])
    if not keys:
        return {}
    windows_ = pd.DataFrame({"key": np.concatenate(keys), "row": np.concatenate(owners)}).drop_duplicates()
    hits = windows_.merge(index.parts, on="key")
    hits = hits.drop_duplicates(["row", "problem", "kind", "part"])
    counts = hits.groupby(["row", "problem", "kind"], sort=True).size().reset_index(name="parts")
    needed = index.needed[counts["problem"].to_numpy(), counts["kind"].to_numpy()]
    leaked = counts[counts["parts"].to_numpy() >= needed]
    return {int(row): int(problem) for row, problem in zip(leaked["row"], leaked["problem"], strict=True)}


_WIDTHS = {("dollars", width) for width in range(2, 6)} | {("hundreds", width) for width in range(3, 6)}
"""Widths of windows: four gains of an option, or a group's gains over two to five options. Two figures in
hundreds are too few to tell anything."""


def _keys(figures: FloatArray, scale: str) -> npt.NDArray[np.uint64]:
    """A hash of each line's absolute figures, in any order."""
    tenths = 10 ** SCALES[scale][1]
    whole = np.sort(np.abs(np.round(figures * tenths)), axis=1).clip(max=2**53).astype(np.uint64)
    rng = np.random.default_rng([_SEED, sorted(SCALES).index(scale), figures.shape[1]])
    factors = rng.integers(1, 2**63, figures.shape[1], dtype=np.uint64) | np.uint64(1)
    mixed = (whole + np.uint64(1)) * factors
    mixed ^= mixed >> np.uint64(31)
    return np.asarray((mixed * np.uint64(0x9E3779B97F4A7C15)).sum(axis=1, dtype=np.uint64))


@cache
def _own(evaluations: Evaluations) -> Index:
    """Problems of the project's evaluations; remembered, since they are the same for every data set."""
    problems: dict[str, FloatArray] = {}
    names: dict[str, str] = {}
    for seed in evaluations.seeds:
        for design in evaluations.trade_offs:
            for problem in generate(evaluations.n, seed, trade_offs=design):
                problems[problem.id] = problem.welfare
                names[problem.id] = f"seed {seed}, {design}"
    return _index(problems, names)


def _index(problems: Mapping[str, FloatArray], names: Mapping[str, str]) -> Index:
    frames, needed = [], np.zeros((len(problems), 2), dtype=np.int64)
    sizes = np.array([len(welfare) for welfare in problems.values()])
    needed[:, 0] = np.maximum(2, sizes - 1)  # a copy may leave an option out
    needed[:, 1] = len(STAKEHOLDERS)
    arrays = list(problems.values())
    for size in sorted(set(sizes.tolist())):
        which = np.flatnonzero(sizes == size)
        welfare = np.stack([arrays[i] for i in which])
        for kind, parts in ((0, welfare), (1, welfare.transpose(0, 2, 1))):
            flat = parts.reshape(-1, parts.shape[-1])
            for scale, (factor, decimals) in SCALES.items():
                if (scale, flat.shape[1]) in _WIDTHS:
                    frames.append(
                        pd.DataFrame(
                            {
                                "key": _keys(np.round(flat * factor, decimals), scale),
                                "problem": np.repeat(which, parts.shape[1]),
                                "part": np.tile(np.arange(parts.shape[1]), len(which)),
                                "kind": kind,
                            }
                        )
                    )
    return Index(tuple(problems), tuple(names[i] for i in problems), pd.concat(frames), needed)


def _same_text(rows: Rows, texts: Mapping[str, str]) -> dict[int, str]:
    """Row → the sample whose text it asks, word for word or nearly."""
    asked = [normal(text) for text in rows.asked]
    found = {k: texts[text] for k, text in enumerate(asked) if text and text in texts}
    place: dict[str, int] = {}
    for k, text in enumerate(asked):
        if text and text not in texts:
            place.setdefault(text, k)
    first = len(texts)
    both = [*texts, *place]
    names, rows_ = list(texts.values()), list(place.values())
    for k, (j, _) in near_pairs(both).items():
        if k >= first > j:
            found[rows_[k - first]] = names[j]
    return found


def _samples(paths: Iterable[str]) -> Iterable[dict[str, Any]]:
    from fiduciary.eval_logs import UnusableLog, find, read_log

    for path in paths:
        try:
            files = find([path])
        except UsageError as error:
            raise TrainingError(f"{error}.") from error
        for file in files:
            try:
                log = read_log(file, ("messages", "events", "attachments", "store"))
            except UnusableLog as error:
                # What could not be looked through may hold the very problems that are trained on.
                raise TrainingError(f"the log {file} cannot be read: {error}.") from error
            for sample in log.samples or []:
                given = sample.input
                text = given if isinstance(given, str) else next((m.text for m in given[::-1]), "")
                yield {"id": sample.id, "text": text, "metadata": sample.metadata or {}}


def _is_welfare(value: Any) -> bool:
    """Whether metadata hold options with four finite gains each."""
    try:
        array = np.array(value, dtype=float)
    except (TypeError, ValueError):
        return False
    return (
        array.ndim == 2
        and array.shape[1] == len(STAKEHOLDERS)
        and len(array) > 1
        and bool(np.isfinite(array).all())
    )


def _check(name: str, title: str, rows: Rows, found: Mapping[int, str], what: str) -> Check:
    share = len(found) / rows.n
    return Check(
        name,
        title,
        PROBLEM if found else FINE,
        f"{len(found):,} of {rows.n:,} rows ask a problem of an evaluation ({what}).",
        "any row",
        "problem ids in columns; in the text of prompts the figures of all options but one, or of all four "
        "groups, in whole dollars or hundreds, whatever the words; games and affine copies of them by what "
        f"both get; for logs also equal or nearly equal texts ({THRESHOLD:g})",
        rows.n,
        share,
        details={"rows": len(found)},
        examples=tuple(
            Example(k + 1, f"{plain(why, 60)}: {plain(rows.asked[k], 60)}") for k, why in _few(found)
        ),
    )


def _few(found: Mapping[int, str]) -> list[tuple[int, str]]:
    return sorted(found.items())[:EXAMPLES]
