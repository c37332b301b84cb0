"""Answers are called readings only where they depend on what was asked, and the p-value is exact."""

from __future__ import annotations

import itertools
import math
import zlib
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.inference.content import ALPHA, FLOOR, Content, content
from fiduciary.economics.inference.shown import Shown
from fiduciary.economics.problems import ChoiceProblem, generate
from fiduciary.economics.utility import profile

Answer = Callable[[ChoiceProblem, list[int], np.random.Generator], FloatArray]
"""A problem, its order, a source of chance → the share of the answer at each place."""

J = 5


def asked(answer: Answer, n: int, seed: int, *, noisy: bool = True, reordered: int = 0) -> Shown:
    """The answers of somebody to n problems in random order, every so many of them in a second one."""
    rng = np.random.default_rng(seed)
    rows = []
    for i, problem in enumerate(generate(n, seed)):
        orders = [rng.permutation(problem.n_options).tolist()]
        while reordered and i % reordered == 0 and len(orders) < 2:
            other = rng.permutation(problem.n_options).tolist()
            if other != orders[0]:
                orders.append(other)
        rows += [(i, problem, order) for order in orders]
    answers, figures = np.full((len(rows), J), np.nan), np.full((len(rows), J, 4), np.nan)
    place = np.full((len(rows), J), -1)
    for r, (_, problem, order) in enumerate(rows):
        figures[r, : problem.n_options] = problem.welfare
        place[r, order] = np.arange(problem.n_options)
        answers[r, order] = answer(problem, order, rng)
    return Shown(answers, place, figures, np.array([i for i, _, _ in rows]), noisy=noisy)


def drawn(probabilities: FloatArray, rng: np.random.Generator) -> FloatArray:
    return np.eye(len(probabilities))[rng.choice(len(probabilities), p=probabilities)]


def softmax(v: FloatArray) -> FloatArray:
    raised = np.exp(v - v.max())
    return np.asarray(raised / raised.sum())


def at_random(problem: ChoiceProblem, order: list[int], rng: np.random.Generator) -> FloatArray:
    return drawn(np.full(len(order), 1 / len(order)), rng)


def first(problem: ChoiceProblem, order: list[int], rng: np.random.Generator) -> FloatArray:
    return np.eye(len(order))[0]


def mostly_first_else_silent(
    problem: ChoiceProblem, order: list[int], rng: np.random.Generator
) -> FloatArray:
    if rng.random() < 0.3:
        return np.full(len(order), np.nan)
    return drawn(softmax(-np.arange(len(order), dtype=float)), rng)


def wants(name: str) -> Answer:
    wanted = profile(name)

    def answer(problem: ChoiceProblem, order: list[int], rng: np.random.Generator) -> FloatArray:
        return drawn(softmax(wanted.utility(problem.welfare + problem.shift)[order]), rng)

    return answer


def log_odds(content: float, place: float = 1.0, only_first: bool = False) -> Answer:
    """Probabilities that places move, and content by so much of a utility."""
    wanted = profile("study1")

    def answer(problem: ChoiceProblem, order: list[int], rng: np.random.Generator) -> FloatArray:
        u = wanted.utility(problem.welfare + problem.shift)[order] - 21.5
        if only_first:
            u = np.where(np.arange(len(u)) == 0, u, 0.0)
        v = -place * np.arange(len(u)) * np.exp(rng.normal(0, 0.2)) + rng.normal(0, 0.3, len(u))
        return softmax(v + content * u)

    return answer


@pytest.mark.parametrize("answer", [at_random, first, mostly_first_else_silent])
def test_who_does_not_read_is_rejected_as_often_as_the_level_says(answer: Answer) -> None:
    p = np.array([content(asked(answer, 60, seed), draws=199).p_value for seed in range(300)])
    # Within 3.5 binomial standard errors of 300 runs.
    assert 0.006 < np.mean(p <= 0.05) < 0.094
    assert 0.4 < np.mean(p <= 0.5) < 0.6
    assert np.mean(p < ALPHA) < 0.03


def test_a_small_p_value_that_is_not_small_enough_is_told_with_the_level() -> None:
    found = Content(0.029, 100, np.nan, np.nan, 0, 0.2)
    assert not found.reads
    assert "at the 1% level (p = 0.029; 100 questions, which" in found.sentence


@pytest.mark.parametrize("name", ["study1", "for_profit", "symmetric", "nonprofit"])
def test_who_has_a_preference_is_found_to_read_from_a_hundred_texts(name: str) -> None:
    found = [content(asked(wants(name), 100, seed), draws=199) for seed in range(20)]
    assert all(one.reads for one in found)
    assert "it reads" in found[0].sentence


def test_the_p_value_is_that_of_all_relabellings() -> None:
    """Two questions of three options, one asked twice: 36 relabellings, counted one by one."""
    rng = np.random.default_rng(5)
    place = np.array([[0, 1, 2], [2, 0, 1], [1, 2, 0]])
    shown = Shown(
        np.eye(3)[[0, 1, 1]], place, rng.normal(size=(2, 3, 1))[[0, 0, 1]], np.array([0, 0, 1]), noisy=True
    )
    observed = content(shown, draws=4999).p_value
    values = []
    for one, two in itertools.product(itertools.permutations(range(3)), repeat=2):
        moved = np.stack([shown.figures[r][list(two if r == 2 else one)] for r in range(3)])
        values.append(_statistic(replace(shown, figures=moved)))
    exact = np.mean(np.array(values) >= values[0] - 1e-9)
    assert observed == pytest.approx(exact, abs=0.03)


def _statistic(shown: Shown) -> float:
    """The largest standardised score, written out for one figure and three options."""
    best = -math.inf
    x = shown.figures[..., 0] / shown.figures[..., 0][[0, 0, 2]].std()
    for weights in (np.ones_like(shown.residuals), shown.place == 0):
        a = np.where(weights, shown.residuals, 0.0)
        a = np.stack([a[0] + a[1], a[2]])
        a = a - a.mean(axis=1, keepdims=True)
        z = (x - x.mean(axis=1, keepdims=True))[[0, 2]]
        ranks = (np.argsort(np.argsort(z, axis=1), axis=1) - 1) / 3
        families = [np.stack([z, ranks], axis=2)]
        if weights.all():
            families.append((z**2 - (z**2).mean(axis=1, keepdims=True))[..., None])
        for f in families:
            s = np.einsum("qo,qoi->i", a, f)
            v = np.einsum("q,qoi,qoj->ij", (a**2).sum(axis=1) / 2, f, f)
            values, vectors = np.linalg.eigh(v)
            kept = values > 1e-9 * values.max()
            rank = kept.sum()
            t = ((s @ vectors[:, kept]) ** 2 / values[kept]).sum()
            best = max(best, float((t - rank) / math.sqrt(2 * rank)))
    return best


def test_a_reader_of_the_first_place_alone_is_told_from_one_who_reads_them_all() -> None:
    """By choices and by log-probabilities; the places that it does not read are named."""
    threshold = 21.4

    def reads_first(problem: ChoiceProblem, order: list[int], rng: np.random.Generator) -> FloatArray:
        u = profile("symmetric").utility(problem.welfare + problem.shift)[order[0]]
        takes = rng.random() < 1 / (1 + math.exp(-2 * (u - threshold)))
        return np.eye(len(order))[0 if takes else rng.integers(1, len(order))]

    texts = [content(asked(reads_first, 300, seed)) for seed in range(20)]
    assert sum(bool(one.places) for one in texts) >= 19
    assert not any(one.reads for one in texts)
    assert all(1 not in one.places for one in texts)
    odds = content(asked(log_odds(1, only_first=True), 300, 1, noisy=False, reordered=10))
    assert odds.places
    assert not odds.reads
    assert "some places only" in odds.sentence


def test_a_trifle_in_log_probabilities_is_not_called_reading() -> None:
    """Without noise a tenth of a thousandth is significant; the share says that it is a trifle."""
    found = content(asked(log_odds(0.1, place=2.0), 600, 3, noisy=False, reordered=10))
    assert found.p_value < ALPHA
    assert found.share < 0.1
    assert found.share_low < FLOOR
    assert not found.reads
    assert "not shown to account for more than 2%" in found.sentence


def test_the_share_is_that_of_content_among_all_that_moves() -> None:
    """Log-odds of content and places alone, with known variances."""

    def answer(problem: ChoiceProblem, order: list[int], rng: np.random.Generator) -> FloatArray:
        fixed = np.random.default_rng(zlib.crc32(problem.id.encode())).normal(0, 1, problem.n_options)
        return softmax(fixed[order] + rng.normal(0, 1, problem.n_options))

    shown = asked(answer, 1500, 0, noisy=False, reordered=1)
    found = content(shown, draws=99)
    assert found.n_reordered == 1500
    assert found.share == pytest.approx(0.5, abs=0.04)
    assert 0.4 < found.share_low < found.share


def test_a_preference_for_a_middle_option_is_reading_too() -> None:
    def middling(problem: ChoiceProblem, order: list[int], rng: np.random.Generator) -> FloatArray:
        gains = problem.welfare[:, 0][order]
        return np.eye(len(order))[int(np.argsort(gains)[len(order) // 2])]

    found = content(asked(middling, 200, 1))
    assert found.p_value < ALPHA


def test_options_shown_in_their_own_order_have_no_test() -> None:
    shown = asked(wants("study1"), 50, 0)
    own = np.where(shown.exists, np.arange(J), -1)
    found = content(replace(shown, place=own))
    assert not found.tested
    assert not found.reads
    assert math.isnan(found.p_value)
    assert "not tested" in found.sentence


def test_no_answers_at_all_are_not_shown_to_read() -> None:
    shown = asked(first, 30, 0)
    found = content(replace(shown, answers=np.full_like(shown.answers, np.nan)))
    assert not found.reads
    assert found.n == 0
    assert "too few to tell" in found.sentence


def test_units_of_the_figures_and_names_of_the_options_do_not_matter() -> None:
    shown = asked(wants("study1"), 60, 4)
    scaled = replace(shown, figures=shown.figures * np.array([100, 0.01, 1, 7]))
    assert content(scaled).p_value == content(shown).p_value
    assert content(replace(shown, question=shown.question + 1000)).p_value == content(shown).p_value


def test_shapes_that_do_not_fit_are_named() -> None:
    shown = asked(first, 5, 0)
    with pytest.raises(ValueError, match=r"place must have shape \(5, 5\)"):
        replace(shown, place=shown.place[:4])
    with pytest.raises(ValueError, match="at most 6 options"):
        Shown(np.zeros((2, 7)), np.zeros((2, 7), int), np.zeros((2, 7, 1)), np.arange(2))
