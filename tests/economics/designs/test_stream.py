"""A stream asks no problem twice, keeps the population's share, and its weights stand for the population."""

import numpy as np
import pytest

from fiduciary.economics.designs import Stream, criterion
from fiduciary.economics.designs.prior import draw_preferences
from fiduciary.economics.designs.stream import CYCLE, FROM_POPULATION
from fiduciary.economics.problems import MAX_OPTIONS, MIN_OPTIONS, TRADE_OFFS, generate
from fiduciary.economics.utility import profile


@pytest.fixture(scope="module")
def telling():
    return criterion(draw_preferences(8), (0.2, 0.5, 1.0))


def test_without_a_criterion_it_is_the_population_in_its_own_order():
    taken = Stream(3).take(70)
    assert [one.problem.id for one in taken] == [problem.id for problem in generate(70, 3)]
    assert {one.weight for one in taken} == {1.0}


def test_what_was_taken_does_not_depend_on_what_follows_or_in_how_many_steps(telling):
    whole, parts = Stream(2), Stream(2)
    whole.take(150, telling)
    for size in (1, 39, 40, 70):
        parts.take(size, telling)
    assert [one.problem.id for one in whole.asked] == [one.problem.id for one in parts.asked]


def test_no_problem_comes_twice_and_none_is_a_training_problem(telling):
    stream = Stream(0)
    stream.take(300, telling)
    stream.take(300, criterion([profile("study1")], (0.5,)), batch=1)
    ids = [one.problem.id for one in stream.asked]
    assert len(set(ids)) == 600
    assert not set(ids) & {problem.id for problem in generate(20_000, 0, split="training")}
    assert [one.batch for one in stream.asked] == [0] * 300 + [1] * 300


def test_the_population_keeps_its_share_and_all_its_kinds(telling):
    taken = Stream(5).take(400, telling)
    drawn = [one for one in taken if one.drawn]
    assert [place for place, one in enumerate(taken) if one.drawn][:3] == list(FROM_POPULATION)
    assert len(drawn) == 400 * len(FROM_POPULATION) / CYCLE
    assert [one.problem.id for one in drawn] == [problem.id for problem in generate(60, 5)]
    assert {one.problem.trade_off for one in drawn} == set(TRADE_OFFS)
    assert {one.problem.n_options for one in drawn} == set(range(MIN_OPTIONS, MAX_OPTIONS + 1))


def test_weighted_means_of_a_design_are_those_of_the_population(telling):
    taken = Stream(1).take(4000, telling)
    weight = np.array([one.weight for one in taken])
    assert weight.mean() == pytest.approx(1.0, abs=0.08)
    stakes = np.array([np.ptp(one.problem.welfare, axis=0) for one in taken])
    truth = np.array([np.ptp(problem.welfare, axis=0) for problem in generate(8000, 9)])
    error = (stakes * weight[:, None]).std(axis=0) / np.sqrt(len(taken)) + truth.std(axis=0) / np.sqrt(8000)
    back = (stakes * weight[:, None]).mean(axis=0) / weight.mean()
    assert np.all(np.abs(back - truth.mean(axis=0)) < 4 * error)
    assert np.any(np.abs(stakes.mean(axis=0) - truth.mean(axis=0)) > 8 * error), "else nothing was selected"
