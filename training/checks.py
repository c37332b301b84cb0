"""Checks of preference data: overlap with evaluations, duplicates, balance, style and length."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from fiduciary.economics.problems import generate
from fiduciary.tasks.stakeholder_choice.prompts import LABELS
from fiduciary.training.errors import TrainingError
from fiduciary.training.preference_pairs import Pair
from fiduciary.training.reasoning import names_used
from fiduciary.training.style import accuracy

EVALUATION_SEEDS = tuple(range(10))
EVALUATION_PROBLEMS = 5_000
EVALUATION_DESIGNS = ("default", "published")

STYLE_SAMPLE = 2_000
"""Pairs that the classifiers look at."""


@dataclass(frozen=True)
class Evaluations:
    """The evaluation problems that training must not have seen.

    Attributes:
        seeds: seeds of evaluations.
        n: problems of each.
        trade_offs: keys of ``economics.problems.DESIGNS``.
    """

    seeds: tuple[int, ...] = EVALUATION_SEEDS
    n: int = EVALUATION_PROBLEMS
    trade_offs: tuple[str, ...] = EVALUATION_DESIGNS

    def ids(self) -> set[str]:
        """Ids of all these problems."""
        return {
            problem.id
            for seed in self.seeds
            for design in self.trade_offs
            for problem in generate(self.n, seed, trade_offs=design)
        }

    def __str__(self) -> str:
        seeds = ", ".join(map(str, self.seeds))
        return f"{self.n:,} problems of each of the seeds {seeds} in the designs {', '.join(self.trade_offs)}"


def refuse_overlap(problems: Iterable[str], evaluations: Evaluations) -> None:
    """Stop if a problem is among those of the evaluations.

    Raises:
        TrainingError: it is; the message counts them.
    """
    shared = evaluations.ids() & set(problems)
    if shared:
        raise TrainingError(
            f"{len(shared)} problems of the data are evaluation problems too (such as {min(shared)}): a "
            f"model trained on them could not be evaluated. Make the data with `fiduciary train "
            f"preferences`, whose problems come from the training split."
        )


def measure(pairs: Sequence[Pair], seed: int) -> dict[str, Any]:
    """Figures of a data set for its card.

    Args:
        pairs: all pairs.
        seed: seed of the classifiers' sample and folds.

    Raises:
        TrainingError: a problem or a prompt occurs twice.
    """
    duplicates = {
        "problems": len(pairs) - len({pair.problem for pair in pairs}),
        "prompts": len(pairs) - len({pair.prompt[1]["content"] for pair in pairs}),
    }
    if any(duplicates.values()):
        raise TrainingError(f"the pairs repeat themselves: {duplicates}. Use another seed.")
    chosen = [pair.chosen[0]["content"] for pair in pairs]
    rejected = [pair.rejected[0]["content"] for pair in pairs]
    names = names_used(sorted({pair.wording for pair in pairs}))
    return {
        "pairs": len(pairs),
        "duplicates": duplicates,
        "trade_offs": dict(sorted(Counter(pair.trade_off for pair in pairs).items())),
        "n_options": dict(sorted(Counter(pair.n_options for pair in pairs).items())),
        "places": places(pairs),
        "utility_gap": quartiles([pair.utility_gap for pair in pairs]),
        **of_responses(chosen, rejected, names, seed),
    }


def of_responses(
    chosen: Sequence[str], rejected: Sequence[str], names: Sequence[str], seed: int
) -> dict[str, float | None]:
    """Figures of the responses alone: their lengths, and what a classifier finds in their style.

    Args:
        chosen, rejected: texts, pair by pair.
        names: what the classifier must not see, since it is content.
        seed: seed of its sample and folds.
    """
    excess = np.array([len(c) - len(r) for c, r in zip(chosen, rejected, strict=True)])
    rng = np.random.default_rng(seed)
    some = rng.permutation(len(chosen))[:STYLE_SAMPLE].tolist()
    texts = [chosen[i] for i in some], [rejected[i] for i in some]
    return {
        "characters": mean(list(map(len, chosen))),
        "characters_more_in_chosen": mean(excess),
        "longer_is_chosen": mean(np.where(excess == 0, 0.5, excess > 0)),
        "style_accuracy": rounded(accuracy(*texts, names, rng)),
        "style_accuracy_with_names": rounded(accuracy(*texts, (), rng)),
    }


def places(pairs: Sequence[Pair]) -> dict[str, dict[str, list[int]]]:
    """How often each place is the chosen and the rejected one, by number of options."""
    out: dict[str, dict[str, list[int]]] = {}
    for k in sorted({pair.n_options for pair in pairs}):
        own = [pair for pair in pairs if pair.n_options == k]
        counts = [Counter(pair.chosen_place for pair in own), Counter(pair.rejected_place for pair in own)]
        out[str(k)] = {
            role: [count[place] for place in range(min(k, len(LABELS)))]
            for role, count in zip(("chosen", "rejected"), counts, strict=True)
        }
    return out


def quartiles(values: Sequence[float]) -> list[float]:
    """Quartiles, to three places."""
    return [round(float(q), 3) for q in np.quantile(values, [0.25, 0.5, 0.75])]


def mean(values: Any) -> float | None:
    """Mean, to four places."""
    return rounded(float(np.mean(values)))


def rounded(value: float) -> float | None:
    """A number to four places; None for NaN."""
    return None if np.isnan(value) else round(value, 4)
