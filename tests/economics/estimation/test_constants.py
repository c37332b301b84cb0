"""What places and letters do is told from what is wanted, and from each other where letters move."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fiduciary.economics.estimation import fit_ces
from fiduciary.economics.estimation.constants import covariance, lay_out, offsets
from fiduciary.economics.estimation.data import prepare
from fiduciary.economics.estimation.fit import fit_data
from fiduciary.economics.estimation.likelihood import CESLikelihood
from fiduciary.economics.logit import choice_probabilities, draw_choices
from fiduciary.economics.problems import generate, stack
from fiduciary.economics.utility import CES, profile
from tests.economics.estimation.conftest import places

PLACES = {
    "place_2_of_2": 0.8,
    "place_2_of_3": -0.4,
    "place_3_of_3": 0.3,
    "place_2_of_4": -0.2,
    "place_3_of_4": 0.0,
    "place_4_of_4": 0.6,
    "place_2_of_5": -0.9,
    "place_3_of_5": -0.5,
    "place_4_of_5": 0.1,
    "place_5_of_5": 0.4,
}
LETTERS = {"label_B": -0.5, "label_C": 0.3, "label_D": -0.2, "label_E": 0.7}


def letters(position, moved, rng):
    """Letters in the order of places; on the given share of problems they change places."""
    label = position.copy()
    for i in np.flatnonzero(rng.random(len(position)) < moved):
        there = position[i] >= 0
        label[i, there] = rng.permutation(there.sum())[position[i, there]]
    return label


def shown(welfare, moved, seed=0):
    """Random places, and letters of which some move: the keyword arguments of ``fit_ces``."""
    rng = np.random.default_rng([seed, 11])
    position = places(welfare, rng)
    return {"position": position, "label": letters(position, moved, rng)}


def padded(welfare, values):
    return np.where(np.isnan(welfare[..., 0]), np.nan, values)


def test_constants_are_recovered_from_choices(simulate, interior):
    """Each is within three standard errors, and these have the size that such a study gives."""
    w, _, tau = simulate(interior, 6000)
    how = shown(w, 0.5)
    truth = PLACES | LETTERS
    v = interior.utility(w) + offsets(truth, **how)
    fit = fit_ces(w, draw_choices(v, tau, np.random.default_rng(1)), tau, **how)
    assert fit.constants.keys() == truth.keys()
    for name, value in truth.items():
        assert abs(fit.estimate(name) - value) < 3 * fit.se(name) < 0.5, name
    for name, value in zip(fit.names, (*interior.theta, interior.rho, interior.gamma), strict=False):
        assert abs(fit.estimate(name) - value) < 3 * fit.se(name), name


def test_constants_are_recovered_exactly_from_probabilities(simulate, interior):
    """With letters that move as seldom as a run moves them, one problem in twenty."""
    w, _, _ = simulate(interior, 400)
    how = shown(w, 0.05)
    truth = PLACES | LETTERS
    p = choice_probabilities(interior.utility(w) + offsets(truth, **how))
    fit = fit_ces(w, None, 1.0, probabilities=padded(w, p), **how)
    np.testing.assert_allclose(fit.values, [*interior.theta, interior.rho, 1.0, *truth.values()], atol=1e-5)


@pytest.mark.parametrize("soft", [False, True])
def test_a_love_of_the_letter_is_not_taken_for_a_love_of_the_place(simulate, interior, soft):
    w, _, tau = simulate(interior, 4000)
    how = shown(w, 0.3)
    v = interior.utility(w) + 1.5 * (how["label"] == 0)
    if soft:
        fit = fit_ces(w, None, 1.0, probabilities=padded(w, choice_probabilities(v)), **how)
    else:
        fit = fit_ces(w, draw_choices(v, tau, np.random.default_rng(2)), tau, **how)
    for name, value in fit.constants.items():
        wanted = -1.5 if name.startswith("label_") else 0.0
        assert value == pytest.approx(wanted, abs=1e-5 if soft else 3.5 * fit.se(name)), name


def test_letters_that_never_move_have_no_constants_and_their_places_hold_them(simulate, interior):
    w, _, _ = simulate(interior, 300)
    how = shown(w, 0.0)
    p = choice_probabilities(interior.utility(w) + 1.5 * (how["label"] == 0))
    fit = fit_ces(w, None, 1.0, probabilities=padded(w, p), **how)
    assert not [name for name in fit.names if name.startswith("label_")]
    np.testing.assert_allclose(list(fit.constants.values()), -1.5, atol=1e-5)


def test_a_letter_that_never_moves_is_left_out_alone(simulate, interior):
    """Letters of five options stay at home, and so E; what it does goes to the fifth place."""
    w, _, _ = simulate(interior, 400)
    how = shown(w, 0.3)
    five = how["position"].max(axis=1) == 4
    how["label"][five] = how["position"][five]
    truth = PLACES | LETTERS
    p = choice_probabilities(interior.utility(w) + offsets(truth, **how))
    fit = fit_ces(w, None, 1.0, probabilities=padded(w, p), **how)
    wanted = truth | {"place_5_of_5": PLACES["place_5_of_5"] + LETTERS["label_E"]}
    del wanted["label_E"]
    assert fit.constants == pytest.approx(wanted, abs=1e-5)


def test_what_a_place_does_by_number_of_options_does_not_leak_into_the_weights():
    """The second of two is liked and the second of five is not: one constant a place takes it for noise."""
    true = profile("study1")
    w = stack(generate(1000, 5, trade_offs="published"))
    position = places(w, np.random.default_rng(6))
    lean = {f"place_{p}_of_{k}": 3.0 * (3.5 - k) for k in (2, 3, 4, 5) for p in range(2, k + 1)}
    p = padded(w, choice_probabilities(true.utility(w) + offsets(lean, position)))
    data = prepare(w, None, 1.0, position=position, probabilities=p)
    merged = replace(
        data,
        constants=("place_2_of_5", "place_3_of_5", "place_4_of_5", "place_5_of_5"),
        cells=position[position >= 0][None],
    )
    apart, together = fit_data(data), fit_data(merged)
    np.testing.assert_allclose(apart.theta, true.theta, atol=1e-5)
    assert np.abs(together.theta - true.theta).max() > 0.01


def test_a_bonus_for_the_first_place_moves_the_weights_unless_it_is_estimated(simulate):
    true = profile("study1")
    w, _, tau = simulate(true, 4000, "published")
    rng = np.random.default_rng(3)
    position = places(w, rng)
    chosen = draw_choices(true.utility(w) + 2.0 * (position == 0), tau, rng)
    naive, aware = fit_ces(w, chosen, tau), fit_ces(w, chosen, tau, position=position)
    assert np.abs(naive.theta - true.theta).max() > 0.03
    assert np.abs(aware.theta - true.theta).max() < 0.03
    assert all(abs(value + 2) < 4 * aware.se(name) for name, value in aware.constants.items())


def noisy(simulate, interior, n=300, moved=0.2):
    """Probabilities that no CES has to the last digit, in displays of which some move letters."""
    w, _, _ = simulate(interior, n)
    how = shown(w, moved)
    v = interior.utility(w) + offsets(PLACES | LETTERS, **how)
    v = v + 0.5 * np.random.default_rng(4).standard_normal(v.shape)
    return w, padded(w, choice_probabilities(v)), how


def test_the_options_own_order_does_not_matter(simulate, interior):
    w, p, how = noisy(simulate, interior)
    turned = np.argsort(np.random.default_rng(5).random(w.shape[:2]), axis=1)

    def moved(a):
        return np.take_along_axis(a, turned.reshape(turned.shape + (1,) * (a.ndim - 2)), axis=1)

    here = fit_ces(w, None, 1.0, probabilities=p, **how)
    there = fit_ces(
        moved(w), None, 1.0, probabilities=moved(p), **{name: moved(a) for name, a in how.items()}
    )
    np.testing.assert_allclose(there.values, here.values, atol=1e-6)
    np.testing.assert_allclose(there.cov_robust, here.cov_robust, atol=1e-8)


@pytest.mark.parametrize("renamed", [(0, 2, 1, 4, 3), (3, 0, 4, 2, 1)])
def test_other_names_for_the_letters_move_their_constants_and_nothing_else(simulate, interior, renamed):
    """Where A itself is called otherwise, all letters are counted from another reference."""
    w, p, how = noisy(simulate, interior)
    here = fit_ces(w, None, 1.0, probabilities=p, **how)
    other = np.where(how["label"] < 0, -1, np.array(renamed)[how["label"]])
    there = fit_ces(w, None, 1.0, probabilities=p, position=how["position"], label=other)
    assert there.loglik == pytest.approx(here.loglik, rel=1e-9)
    np.testing.assert_allclose(there.values[:16], here.values[:16], atol=1e-6)
    np.testing.assert_allclose(there.cov_robust[:16, :16], here.cov_robust[:16, :16], atol=1e-8)
    before = np.array([0.0, *here.values[16:]])
    after = np.array([0.0, *there.values[16:]])[list(renamed)]
    np.testing.assert_allclose(after - after[0], before, atol=1e-6)


def test_letters_that_hardly_ever_move_do_no_harm_to_the_preference(simulate, interior):
    """Three problems with moved letters: their constants are anybody's guess, θ, ρ, γ and errors are not."""
    w, c, tau = simulate(interior, 1500)
    position = places(w, np.random.default_rng(7))
    label = position.copy()
    for i in np.flatnonzero(position.max(axis=1) == 4)[:3]:
        label[i] = np.roll(label[i], 2)
    without = fit_ces(w, c, tau, position=position)
    fit = fit_ces(w, c, tau, position=position, label=label)
    assert [name for name in fit.names if name.startswith("label_")] == [f"label_{x}" for x in "BCDE"]
    np.testing.assert_allclose(fit.values[:6], without.values[:6], rtol=0.02, atol=0.005)
    for name in fit.names[:6]:
        assert fit.status(name) == "ok"
        assert fit.se(name) == pytest.approx(without.se(name), rel=0.02)


def test_a_place_that_is_never_taken_is_not_identified_and_does_no_harm(simulate, interior):
    w, _, tau = simulate(interior, 800)
    position = places(w, np.random.default_rng(8))
    last = (position == 4) | ((position == 0) & (position.max(axis=1) == 2)[:, None])
    v = np.where(last, -1e6, interior.utility(w))
    chosen = draw_choices(padded(w, v), tau, np.random.default_rng(9))
    fit = fit_ces(w, chosen, tau, position=position)
    lost = {name for name in fit.constants if fit.status(name) != "ok"}
    assert lost == {"place_5_of_5", "place_2_of_3", "place_3_of_3"}
    assert fit.converged
    for name, value in zip(fit.names, (*interior.theta, interior.rho, interior.gamma), strict=False):
        assert abs(fit.estimate(name) - value) < 3.5 * fit.se(name), name


def test_only_what_was_shown_has_a_constant():
    w = np.random.default_rng(0).uniform(1, 9, (20, 3, 4))
    position = np.tile([2, 0, 1], (20, 1))
    assert prepare(w, np.zeros(20, int), 1.0, position=position).constants == ("place_2_of_3", "place_3_of_3")
    assert prepare(w, np.zeros(20, int), 1.0).constants == ()
    assert prepare(w, np.zeros(20, int), 1.0, label=np.zeros((20, 3), int)).constants == ()


@st.composite
def displays(draw):
    """Places and letters of a few problems, letters out of order on some."""
    counts = np.array(draw(st.lists(st.integers(2, 5), min_size=1, max_size=12)))
    place, label = [], []
    for k in counts.tolist():
        place += range(k)
        label += draw(st.permutations(range(k))) if draw(st.booleans()) else range(k)
    return np.array(place), np.array(label), np.repeat(counts, counts), counts


@settings(max_examples=200, deadline=None)
@given(displays())
def test_letters_have_a_constant_just_where_the_displays_tell_it(shown):
    """By the rank of all contrasts: a letter that is kept cannot be made up for by anything else."""
    place, label, size, counts = shown
    names, cells = lay_out(place, label, size, counts)
    kept = {name for name in names if name.startswith("label_")}
    columns = [place * 10 + size == code for code in np.unique((place * 10 + size)[place > 0])]
    letters = [letter for letter in np.unique(label) if letter > 0]
    columns += [label == letter for letter in letters]
    dummies = np.array(columns, float).T
    problem = np.repeat(np.arange(len(counts)), counts)
    for i in range(len(counts)):
        dummies[problem == i] -= dummies[problem == i].mean(axis=0)
    rank = np.linalg.matrix_rank(dummies)
    for k, letter in enumerate(letters):
        without = np.delete(dummies, len(columns) - len(letters) + k, axis=1)
        assert (f"label_{'ABCDE'[letter]}" in kept) == (np.linalg.matrix_rank(without) < rank)


@settings(max_examples=50, deadline=None)
@given(displays(), st.integers(0, 99))
def test_information_of_constants_is_the_covariance_of_their_dummies(shown, seed):
    place, label, size, counts = shown
    names, cells = lay_out(place, label, size, counts)
    rng, n, m = np.random.default_rng(seed), len(counts), len(place)
    problem = np.repeat(np.arange(n), counts)
    share = rng.random(m)
    share /= np.bincount(problem, share)[problem]
    scale = rng.uniform(0.5, 2.0, n)[problem]
    dummies = scale[:, None] * np.eye(len(names) + 1)[cells].sum(axis=0)[:, 1:]
    wanted = np.zeros((len(names), len(names)))
    for i in range(n):
        own = problem == i
        wanted += np.cov(dummies[own], rowvar=False, aweights=share[own], ddof=0)
    found = covariance(cells, len(names), share, scale, problem, n)
    np.testing.assert_allclose(found, wanted, atol=1e-12)


def test_offsets_are_what_the_likelihood_adds_to_the_utility(simulate, interior):
    w, c, tau = simulate(interior, 50)
    how = shown(w, 0.5)
    likelihood = CESLikelihood(prepare(w, c, tau, **how))
    x = np.array([*interior.theta, interior.rho, 0.0, *PLACES.values(), *LETTERS.values(), 1.0])
    v = interior.utility(w) + offsets(PLACES | LETTERS, **how)
    np.testing.assert_allclose(likelihood.utilities(x), v[~np.isnan(w[..., 0])], rtol=1e-12)
    assert not offsets({"place_2_of_2": np.inf, "theta_SH": 1.0}, **how).any()


def test_letters_outside_the_problem_are_refused(simulate, interior):
    w, c, tau = simulate(interior, 30)
    with pytest.raises(ValueError, match="label must lie in 0 … 4, got -1 to"):
        fit_ces(w, c, tau, label=np.full(w.shape[:2], -1))
    with pytest.raises(ValueError, match="label must be integers of shape"):
        fit_ces(w, c, tau, label=np.zeros(w.shape[:2]))


def test_a_sharp_chooser_who_answers_some_problems_both_ways_is_separated(simulate):
    """Constants make the two options of those problems equal, and everything else is explained."""
    true = CES((0.6, 0.2, 0.1, 0.1), 1.0)
    w, best, _ = simulate(true, 60, temperatures=(1e-6,))
    v = true.utility(w)
    second = np.nanargmax(np.where(np.arange(w.shape[1]) == best[:, None], np.nan, v), axis=1)
    lead = (np.take_along_axis(v, np.stack([best, second], axis=1), axis=1) * [1, -1]).sum(axis=1)
    again = np.where(np.isin(np.arange(60), np.argsort(lead)[:6]), second, best)
    copies, position = np.tile(np.arange(60), 2), places(w, np.random.default_rng(1))
    chosen = np.concatenate([best, again])
    fit = fit_ces(w[copies], chosen, 1.0, groups=copies, position=position[copies])
    assert fit.separation is not None
    assert fit.separation.by == "utility and constants"
    assert fit_ces(w[copies], chosen, 1.0, groups=copies).separation is None
