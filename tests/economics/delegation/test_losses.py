"""Losses of delegation: exact for every set of decisions, and what they add up to."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.delegation.chain import START, Chain, draw_chains
from fiduciary.economics.delegation.losses import (
    by_number,
    by_position,
    compounding,
    delegation,
    losses_of,
    sets_of,
)
from fiduciary.economics.delegation.plan import REPAIRS, Plan, Repair, plan_of
from fiduciary.economics.principals import Principal

LINKS = 4
CHAINS = draw_chains(5, LINKS, seed=2)
PLANS = [plan_of(chain, Principal.named("study1")) for chain in CHAINS]
RNG = np.random.default_rng(0)
SHARES = [RNG.dirichlet(np.ones(3), size=(LINKS, 5)) for _ in CHAINS]


def enumerated(chain: Chain, plan: Plan, shares: FloatArray, mine: tuple[bool, ...], repair: Repair) -> float:
    """The loss of one set, by all 3^T courses and their probabilities."""
    value, policy = 0.0, plan.policy(repair)
    for options in product(range(3), repeat=LINKS):
        s, probability, worth = START, 1.0, 0.0
        for t, option in enumerate(options):
            probability *= shares[t, s, option] if mine[t] else float(policy[t, s] == option)
            worth += plan.worth[t, s, option]
            s = int(chain.following[t, s, option])
        value += probability * worth
    return plan.first_best - value


@pytest.mark.parametrize("repair", REPAIRS)
def test_losses_are_those_of_all_courses(repair: Repair) -> None:
    for chain, plan, shares in zip(CHAINS, PLANS, SHARES, strict=True):
        exact = [enumerated(chain, plan, shares, tuple(s), repair) for s in sets_of(LINKS).tolist()]
        assert losses_of(chain, plan, shares, repair) == pytest.approx(exact, abs=1e-8)


@pytest.mark.parametrize("repair", REPAIRS)
def test_nothing_is_lost_by_nobody_or_by_who_keeps_to_the_plan_and_never_gained(repair: Repair) -> None:
    for chain, plan, shares in zip(CHAINS, PLANS, SHARES, strict=True):
        lost = losses_of(chain, plan, shares, repair)
        assert lost[0] == pytest.approx(0, abs=1e-8) and (lost > -1e-8).all()
        assert losses_of(chain, plan, np.eye(3)[plan.best], "principal") == pytest.approx(0, abs=1e-8)


def test_a_loss_is_the_sum_of_what_each_delegated_decision_falls_short_of_the_best() -> None:
    """The performance difference: V* − V(S) = Σ_{t ∈ S} E_S[V_t(s) − Q_t(s, j)], with repair."""
    for chain, plan, shares in zip(CHAINS, PLANS, SHARES, strict=True):
        onwards = plan.worth + np.stack([plan.value[t + 1][chain.following[t]] for t in range(LINKS)])
        short = plan.value[:-1, :, None] - onwards
        at, total = np.eye(5)[START], 0.0
        for t in range(LINKS):
            mass = at[:, None] * shares[t]
            total += float((mass * short[t]).sum())
            at = np.einsum("sj,sjr->r", mass, np.eye(5)[chain.following[t]])
        assert losses_of(chain, plan, shares)[-1] == pytest.approx(total)


def test_answers_that_are_drawn_are_right_on_average() -> None:
    chain, plan, shares = CHAINS[0], PLANS[0], SHARES[0]
    exact = losses_of(chain, plan, shares)
    edges = shares.cumsum(axis=2)
    drawn = np.array(
        [
            losses_of(chain, plan, np.eye(3)[(RNG.random((LINKS, 5, 1)) > edges[..., :2]).sum(axis=2)])
            for _ in range(3_000)
        ]
    )
    error = drawn.std(axis=0) / np.sqrt(len(drawn))
    assert (np.abs(drawn.mean(axis=0) - exact)[1:] < 4 * error[1:]).all()


def test_a_missing_answer_spoils_the_sets_that_come_to_it_and_no_others() -> None:
    chain, plan = CHAINS[0], PLANS[0]
    shares = SHARES[0].copy()
    shares[2] = np.nan
    spoilt = ~np.isfinite(losses_of(chain, plan, shares))
    assert np.array_equal(spoilt, sets_of(LINKS)[:, 2])
    never = SHARES[0].copy()
    never[0, START - 1] = np.nan
    assert np.array_equal(losses_of(chain, plan, never), losses_of(chain, plan, SHARES[0]))


def test_figures_are_what_their_formulas_say_set_by_set() -> None:
    lost = np.array([losses_of(c, p, s) for c, p, s in zip(CHAINS, PLANS, SHARES, strict=True)])
    sets = sets_of(LINKS)
    alone = by_position(lost)
    for i in range(LINKS):
        assert np.array_equal(
            alone[:, i], lost[:, [s.tolist() == np.eye(LINKS)[i].tolist() for s in sets]][:, 0]
        )
    extra = lost - alone @ sets.T.astype(float)
    for k in range(1, LINKS + 1):
        of_size = sets.sum(axis=1) == k
        assert by_number(lost)[:, k - 1] == pytest.approx(lost[:, of_size].mean(axis=1))
        assert compounding(lost)[:, k - 1] == pytest.approx(extra[:, of_size].mean(axis=1), abs=1e-8)
    found = delegation(lost, np.arange(5))
    assert found.firms == 5
    assert found.compounding[0].value == pytest.approx(0, abs=1e-8)
    for k, (loss, even) in enumerate(zip(found.by_number, found.break_even, strict=True), 1):
        assert even.value == pytest.approx(loss.value / k) and even.stderr == pytest.approx(loss.stderr / k)


def test_epochs_of_a_firm_are_one_cluster() -> None:
    lost = np.array([losses_of(c, p, s) for c, p, s in zip(CHAINS, PLANS, SHARES, strict=True)])
    once, twice = delegation(lost, np.arange(5)), delegation(np.tile(lost, (2, 1)), np.tile(np.arange(5), 2))
    assert twice.by_number[-1].stderr == pytest.approx(once.by_number[-1].stderr)


def test_shares_that_cannot_be_used_are_named() -> None:
    with pytest.raises(ValueError, match=r"shares must have shape \(4, 5, 3\), got \(4, 5, 2\)"):
        losses_of(CHAINS[0], PLANS[0], SHARES[0][..., :2])
    with pytest.raises(ValueError, match="shares must sum to 1"):
        losses_of(CHAINS[0], PLANS[0], SHARES[0] * 2)
    with pytest.raises(ValueError, match="losses must be finite"):
        delegation(np.full((2, 16), np.nan), np.arange(2))
