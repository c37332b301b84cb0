"""Training sequences: problems as token numbers, with the subject's whole choice distribution.

Texts are the task's own (`render`, `instruction`, `SHORT_FRAMINGS`). Token numbers are laid out with array
operations, since a tokenizer would take longer than a training step; a test holds them equal to what
the tokenizer makes of the rendered text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from fiduciary.economics.arrays import FloatArray, IntArray
from fiduciary.economics.logit import choice_probabilities
from fiduciary.economics.problems import MAX_OPTIONS, MIN_OPTIONS, ChoiceProblem, generate, stack
from fiduciary.economics.published import PUBLISHED
from fiduciary.economics.utility import CES, profile
from fiduciary.solvers.asking import CLOSING, instruction
from fiduciary.tasks.stakeholder_choice.framings import SHORT_FRAMINGS, firm_type
from fiduciary.tasks.stakeholder_choice.prompts import COMPACT_DECIMALS, LABELS, WORDINGS, render
from fiduciary.training.tiny_manager.tokens import (
    ARGUES,
    ASSISTANT,
    CLOSES,
    END,
    GROUPS,
    LOWEST,
    OUTWEIGHS,
    START,
    SYSTEM,
    USER,
    figures,
    vocabulary,
)

TRAINING_SEED = 1_000_000
"""Seeds of the training split from here on are the base's; small ones are left to the adapters."""

OVERHEAD = 7  # tokens before the first option
PER_OPTION = 1 + len(GROUPS)
_COUNTS = ("Two", "Three", "Four", "Five")


@cache
def preference(framing: str) -> CES:
    """The preference that the base is taught under a system message, γ = 1.

    The published estimates of the model that the study prompted: the neutral one, and for each firm
    type the one under its prompt (the same with and without the order to justify). A ρ printed
    above 1 is taken as 1, the most that a quasi-concave utility allows.

    Source: Foster & Rawski, studies 1 and 2 (``economics.published``).
    """
    kind = firm_type(framing)
    if kind is None:
        return profile("study1")
    row = PUBLISHED[f"{kind}_justify"]
    assert row.rho is not None
    return CES(tuple(np.asarray(row.theta) / np.sum(row.theta)), min(row.rho, 1.0))


@dataclass(frozen=True)
class Batch:
    """Problems with the same number of options, asked in the same form.

    Attributes:
        ids: (n, length) token numbers, without padding.
        answer: position whose next token names the chosen option: for ``choose`` that of the closing words.
        labels: (n, k) token numbers that name the options there, in the order shown.
        utility: (n, k) V of the options as shown.
        completion: first position whose next token is taught as text, but for ``answer``; the last one is
            ``length − 2``.
        options: (k,) positions at which an option's last figure stands.
    """

    ids: IntArray
    answer: int
    labels: IntArray
    utility: FloatArray
    completion: int
    options: IntArray


def explanation(label: str, gains: Sequence[str]) -> str:
    """The base's own explanation of a choice, which ends with the closing sentence.

    Args:
        label: letter of the option.
        gains: its four gains in hundreds of dollars, as the prompt shows them.
    """
    row = "".join(f" {group} {gain}" for group, gain in zip(GROUPS, gains, strict=True))
    return f"Option {label}{ARGUES}{row}{OUTWEIGHS}{CLOSES} {label}."


def messages(
    problem: ChoiceProblem,
    order: Sequence[int],
    form: str,
    framing: str = "neutral",
    labels: Sequence[str] = LABELS,
) -> list[dict[str, str]]:
    """The conversation that the task has with a model, in the compact wording."""
    asked = instruction(form, LABELS[: problem.n_options])
    text = f"{render(problem, 'compact', order, labels=labels)}\n\n{asked}"
    return [{"role": "system", "content": SHORT_FRAMINGS[framing]}, {"role": "user", "content": text}]


def letters(n: int, k: int, moved: float, rng: np.random.Generator) -> IntArray:
    """Which letter names the option at each place, as places in ``LABELS``, (n, k).

    Args:
        n: number of problems.
        k: options of each.
        moved: share of problems whose letters are in a random order (at times their own).
        rng: draws them.
    """
    own = np.tile(np.arange(k), (n, 1))
    return np.where(rng.random((n, 1)) < moved, rng.permuted(own, axis=1), own)


def batch(
    welfare: FloatArray,
    form: str,
    framing: str,
    rng: np.random.Generator,
    named: IntArray | None = None,
) -> Batch:
    """Lay out problems, answered by the framing's preference.

    Args:
        welfare: (n, k, 4) displayed welfare in raw units, options in the order shown.
        form: ``choose``, answered by the closing sentence alone, or ``explain`` or ``text``, behind an
            explanation.
        framing: a key of ``SHORT_FRAMINGS``.
        rng: draws the options that explanations argue for.
        named: (n, k) what :func:`letters` gives; by default letters in their own order.
    """
    n, k, _ = welfare.shape
    named = letters(n, k, 0.0, rng) if named is None else named
    number = vocabulary()
    shown = figure_numbers(welfare)
    utility = preference(framing).utility(welfare)
    opening = [START, SYSTEM, SHORT_FRAMINGS[framing], END, USER, _COUNTS[k - 2], _opening()]
    parts: list[IntArray] = [_constant(opening, n)]
    for j in range(k):
        before = "\n" if j else "\n\n"
        headings = np.array([number[f"{before}Option {label}:"] for label in LABELS[:k]])
        parts += [headings[named[:, j : j + 1]], shown[:, j]]
    parts.append(_constant([_ask(form, k), END, ASSISTANT], n))
    completion = OVERHEAD + PER_OPTION * k + 2
    labels = np.array([number[f" {label}"] for label in LABELS[:k]])[named]
    chosen = _drawn(utility, rng)
    letter = np.take_along_axis(labels, chosen[:, None], axis=1)
    if form == "choose":
        parts.append(_constant([CLOSING], n))
    else:
        row = shown[np.arange(n), chosen]
        parts += [_constant(["Option"], n), letter, _constant([ARGUES], n), row]
        parts.append(_constant([OUTWEIGHS, CLOSES], n))
    parts += [letter, _constant([".", END], n)]
    options = OVERHEAD + PER_OPTION * np.arange(1, k + 1) - 1
    return Batch(np.concatenate(parts, axis=1), completion + 1, labels, utility, completion, options)


def figure_numbers(welfare: FloatArray) -> IntArray:
    """Token numbers of displayed welfare, same shape."""
    first = np.array([vocabulary()[f" {group} {figures()[0]}"] for group in GROUPS])
    tenths = np.rint(welfare * 10).astype(np.int64) - round(LOWEST * 10)
    if tenths.min() < 0 or tenths.max() >= len(figures()):
        raise ValueError("a figure of the environment is not a single token; widen LOWEST and HIGHEST")
    return tenths + first


def stream(seed: int, size: int = 9600) -> Iterator[dict[int, FloatArray]]:
    """Endless displayed welfare of new problems by number of options, each (n, k, 4).

    Two thirds come from the default design and a third from the published one. Problems of one seed
    are used once.
    """
    draw = TRAINING_SEED + seed
    while True:
        problems = [
            *generate(size * 2 // 3, draw, trade_offs="default", split="training"),
            *generate(size // 3, draw, trade_offs="published", split="training"),
        ]
        yield by_count(problems)
        draw += 1


def by_count(problems: Sequence[ChoiceProblem]) -> dict[int, FloatArray]:
    """Displayed welfare (n, k, 4) of the problems with k options, for each k."""
    shown = stack(problems, COMPACT_DECIMALS)
    counts = np.array([problem.n_options for problem in problems])
    return {k: shown[counts == k, :k] for k in range(MIN_OPTIONS, MAX_OPTIONS + 1) if (counts == k).any()}


def target(utility: FloatArray, temperature: float = 1.0) -> FloatArray:
    """The distribution that is taught, softmax(V/τ), (n, k)."""
    return choice_probabilities(utility, temperature)


def _drawn(utility: FloatArray, rng: np.random.Generator) -> IntArray:
    """Options to argue for: half by the preference, half at random, so that all are learnt."""
    flat = np.where(rng.random(len(utility)) < 0.5, 1.0, 0.0)[:, None]
    return np.asarray(np.argmax(utility * flat + rng.gumbel(size=utility.shape), axis=1))


@cache
def _opening() -> str:
    return WORDINGS["compact"].opening.partition("{count}")[2]


def _ask(form: str, n_options: int) -> str:
    return f"\n\n{WORDINGS['compact'].closing}\n\n{instruction(form, LABELS[:n_options])}"


def _constant(tokens: Sequence[str], n: int) -> IntArray:
    return np.tile([vocabulary()[token] for token in tokens], (n, 1))
