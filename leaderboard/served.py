"""One name, different weights: what servers said that they served, as the logs keep it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from fiduciary.eval_logs import Trouble
from fiduciary.leaderboard.runs import Run, short

_FIELDS = ("root", "parent", "revision", "quantization")


def different_weights(runs: Sequence[Run]) -> list[Trouble]:
    """Names under which more than one set of weights was asked, at the first run of each further set.

    Two are different where their digests are, or else where a field that both logs hold is: a folder may
    have moved, and a log may know less.
    """
    by_model: dict[str, list[Run]] = defaultdict(list)
    for run in sorted(runs, key=lambda run: (run.created, run.file)):
        if run.served:
            by_model[run.model].append(run)
    troubles = []
    for model, of in by_model.items():
        first, seen = of[0], [of[0]]
        for run in of[1:]:
            if all(_differ(run.served, other.served) for other in seen):
                seen.append(run)
                here, there = _words(run.served), _words(first.served)
                what = f"{model} is {here} here and {there} in {first.file}: one name, different weights"
                troubles.append(Trouble(run.file, f"{what}; serve each under a name of its own"))
    return troubles


def _differ(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    if "digest" in one and "digest" in other:
        return one["digest"] != other["digest"]
    return any(one[name] != other[name] for name in _FIELDS if name in one and name in other)


def _words(served: Mapping[str, str]) -> str:
    told = [served.get("root") or served.get("id", "?")]
    told += [
        f"{name} {short(served[name], 24)}"
        for name in ("revision", "quantization", "digest")
        if name in served
    ]
    return ", ".join(told)
