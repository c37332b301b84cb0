"""The chosen problems tell more than any others that are easily found."""

import numpy as np
import pytest

from fiduciary.economics.designs.information import information_of_problems, theta_basis, theta_information
from fiduciary.economics.monitoring import AuditedPreference, choose_canary
from fiduciary.economics.problems import generate, stack
from fiduciary.economics.utility import profile
from tests.economics.monitoring.conftest import TAU, spread


@pytest.mark.parametrize("name", ["study1", "symmetric", "nonprofit", "for_profit"])
def test_standard_errors_are_half_those_of_random_problems(pool, name):
    u = profile(name)
    rho = 0.0 if name == "for_profit" else 0.1
    canary = choose_canary(pool, AuditedPreference(u.theta, u.rho, 1.0, spread(0.02, rho, 0.05)), TAU)
    assert canary.gain.min() >= 2
    assert len(set(canary.indices)) == 12
    assert all(pool[i] is p for i, p in zip(canary.indices, canary.problems, strict=True))


def test_no_single_exchange_improves_it(pool):
    u = profile("study1")
    sure = AuditedPreference(u.theta, u.rho, 1.0)
    canary = choose_canary(pool, sure, TAU)
    information = information_of_problems(stack(pool), u, TAU)
    chosen = list(canary.indices)
    here = theta_information(information[chosen].sum(axis=0))
    for place in chosen:
        rest = [i for i in chosen if i != place]
        others = [i for i in range(len(pool)) if i not in rest]
        assert theta_information(information[rest].sum(axis=0) + information[others]).max() <= here + 1e-6


def test_beats_the_best_of_many_random_sets(pool, canary):
    information = information_of_problems(stack(pool), profile("study1"), TAU)
    rng = np.random.default_rng(0)
    sets = [rng.choice(len(pool), 12, replace=False) for _ in range(2000)]
    best = max(float(theta_information(information[s].sum(axis=0))) for s in sets)
    assert theta_information(information[list(canary.indices)].sum(axis=0)) > best


def test_uncertainty_spreads_the_bets(pool):
    """Averaged over an uncertain audit, the set chosen for it beats the one chosen for its estimate."""
    u = profile("study1")
    unsure = AuditedPreference(u.theta, u.rho, 1.0, spread(0.08, 0.2, 0.2))
    robust = list(choose_canary(pool, unsure, 0.2).indices)
    local = list(choose_canary(pool, AuditedPreference(u.theta, u.rho, 1.0), 0.2).indices)
    basis, welfare = theta_basis(u), stack(pool)
    values = []
    for v in unsure.draw(60, np.random.default_rng(5)):
        information = information_of_problems(welfare, v, 0.2, basis=basis)
        values.append([float(theta_information(information[s].sum(axis=0))) for s in (robust, local)])
    mine, theirs = np.mean(values, axis=0)
    assert mine > theirs


def test_an_offset_that_decides_a_question_keeps_it_out(pool, audited, canary):
    offset = np.zeros(stack(pool).shape[:2])
    offset[list(canary.indices), 0] = 50.0
    assert not set(choose_canary(pool, audited, TAU, offset=offset).indices) & set(canary.indices)


def test_same_seed_same_set(pool, audited, canary):
    assert choose_canary(pool, audited, TAU).indices == canary.indices


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"size": 4}, "size must be at least 5"),
        ({"temperature": 0.0}, "temperature must be"),
        ({"pool": generate(6, 0)}, "pool must hold at least 12"),
        ({"temperature": 1e-4, "pool": generate(20, 0)}, "cannot tell"),
    ],
)
def test_bad_arguments_are_named(pool, audited, change, message):
    arguments = {"pool": pool, "audit": audited, "temperature": TAU, **change}
    with pytest.raises(ValueError, match=message):
        choose_canary(**arguments)
