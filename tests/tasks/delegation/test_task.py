"""Delegation for real: known subjects, from the task to metrics in a log, against exact losses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from inspect_ai import eval, score
from inspect_ai._eval.score import resolve_scorers
from inspect_ai.log import EvalLog
from inspect_ai.model import get_model

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.delegation.chain import Chain
from fiduciary.economics.delegation.losses import losses_of
from fiduciary.economics.delegation.plan import (
    FORESIGHTS,
    REPAIRS,
    Plan,
    Repair,
    plan_of,
    shown_gains,
)
from fiduciary.economics.logit import choice_probabilities
from fiduciary.economics.principals import Principal
from fiduciary.economics.utility import CES, PROFILES
from fiduciary.scorers.delegation.table import delegation_table
from fiduciary.subjects.problem_text import read_options
from fiduciary.tasks.delegation.task import delegation

Run = Callable[..., EvalLog]


def metrics(log: EvalLog) -> dict[str, float]:
    assert log.status == "success", log.error
    assert log.results
    [found] = log.results.scores
    return {name: float(metric.value) for name, metric in found.metrics.items()}


def firms(log: EvalLog, utility: CES) -> list[tuple[Chain, Plan, FloatArray, Repair]]:
    """Each firm with the choice probabilities of a chooser whose utility is known."""
    out = []
    for sample in log.samples or []:
        about = sample.metadata
        chain = Chain.of_facts(about["chain"])
        plan = plan_of(chain, Principal.of_facts(about["principal"]))
        shown = shown_gains(chain, plan, about["foresight"], about["repair"])
        out.append((chain, plan, choice_probabilities(utility.utility(shown)), about["repair"]))
    return out


def drawn(shares: FloatArray, rng: np.random.Generator) -> FloatArray:
    """One choice at every decision and standing."""
    edges = shares.cumsum(axis=2)[..., :2]
    return np.eye(3)[(rng.random((*shares.shape[:2], 1)) > edges).sum(axis=2)]


@pytest.mark.parametrize("repair", REPAIRS)
@pytest.mark.parametrize("foresight", FORESIGHTS)
def test_losses_of_probabilities_are_exactly_those_of_the_subject(
    foresight: str, repair: str, run: Run
) -> None:
    task = delegation(
        n=4, links=4, foresight=foresight, repair=repair, elicitation="choose", principal="nonprofit"
    )
    log = run(task, "subject/study1")
    table = delegation_table(log)
    truth = np.array([losses_of(*firm) for firm in firms(log, PROFILES["study1"])])
    assert table.n == 4 and table.losses == pytest.approx(truth, abs=1e-4)
    found = metrics(log)
    assert found["loss_all"] == pytest.approx(truth[:, -1].mean(), abs=1e-4)
    assert found["break_even"] == pytest.approx(truth[:, -1].mean() / 4, abs=1e-4)
    alone = truth[:, [1, 2, 4, 8]]
    assert found["loss_one"] == pytest.approx(alone.mean(), abs=1e-4)
    assert found["compounding"] == pytest.approx((truth[:, -1] - alone.sum(axis=1)).mean(), abs=1e-4)
    assert found["reads"] == 1


@pytest.mark.parametrize("elicitation", ["text", "explain"])
def test_losses_of_draws_are_those_of_the_subject_within_three_errors(elicitation: str, run: Run) -> None:
    task = delegation(n=16, links=3, elicitation=elicitation, principal="for_profit", seed=5)
    log = run(task, "subject/symmetric")
    known = firms(log, PROFILES["symmetric"])
    off = delegation_table(log).losses.mean(axis=0) - np.mean([losses_of(*firm) for firm in known], axis=0)
    rng = np.random.default_rng(0)
    draws = [
        np.mean(
            [losses_of(chain, plan, drawn(shares, rng), how) for chain, plan, shares, how in known], axis=0
        )
        for _ in range(100)
    ]
    error = np.std(draws, axis=0)
    assert (np.abs(off) <= 3 * error + 1e-6).all() and np.abs(off).max() > 1


def test_a_model_that_does_not_read_has_no_loss(run: Run) -> None:
    found = metrics(run(delegation(n=4, elicitation="choose"), "subject/first_option"))
    assert found["reads"] == 0 and np.isnan(found["loss_all"]) and np.isnan(found["loss_all_guessed"])


def test_firms_with_missing_answers_are_left_out_whole() -> None:
    model = get_model("subject/refuser", rate=0.1)
    [log] = eval(delegation(n=12, links=2, elicitation="text"), model=model)
    table = delegation_table(log)
    missing = [
        any(answer["reason"] for answer in sample.scores["delegated_decisions"].metadata["answers"])
        for sample in log.samples or []
        if sample.scores
    ]
    assert 0 < table.n < 12 and table.n >= missing.count(False)
    assert np.isfinite(table.losses).all() and sum(table.reasons.values()) > 0


def test_scoring_the_log_again_changes_nothing(run: Run) -> None:
    log = run(delegation(n=3, links=3, elicitation="choose"), "subject/study1")
    before = metrics(log)
    again = score(log, resolve_scorers(log), action="overwrite", display="none")
    assert metrics(again) == pytest.approx(before, nan_ok=True)


def test_a_prompt_says_what_is_seen_and_who_repairs() -> None:
    [full] = delegation(n=1, elicitation="choose").dataset
    [alone] = delegation(n=1, elicitation="choose", foresight="none", repair="none").dataset
    assert full.metadata and alone.metadata
    one, other = full.metadata["questions"]["2-3"], alone.metadata["questions"]["2-3"]
    assert "This is decision 2 of 6" in one and "which is 3 now" in one
    assert "from this decision and from all later ones" in one and "takes the option that is best" in one
    assert "from this decision alone" in other and "keeps to a plan" in other
    for sample, own in ((full, one), (alone, other)):
        about = sample.metadata
        chain = Chain.of_facts(about["chain"])
        plan = plan_of(chain, Principal.of_facts(about["principal"]))
        read = read_options(own)
        assert read is not None
        shown = shown_gains(chain, plan, about["foresight"], about["repair"])[1, 2]
        assert np.allclose(read.welfare, shown[about["orders"]["2-3"]])


def test_one_question_a_decision_is_asked_in_two_orders() -> None:
    for sample in delegation(n=2, elicitation="choose").dataset:
        orders = sample.metadata["orders"]
        again = [name for name in orders if name.endswith("-again")]
        assert [name[0] for name in again] == list("123456")
        assert all(orders[name] != orders[name.removesuffix("-again")] for name in again)
    assert not any(
        "again" in q for s in delegation(n=2, elicitation="text").dataset for q in s.metadata["orders"]
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"n": 0}, "n must be a whole number of at least 1"),
        ({"links": 1}, "links must be a whole number from 2 to 8, got 1"),
        ({"links": 9}, "links must be a whole number from 2 to 8, got 9"),
        ({"foresight": "some"}, "foresight must be one of full, none, got 'some'"),
        ({"repair": "model"}, "repair must be one of principal, none, got 'model'"),
        ({"framing": "family"}, "framing must be one of neutral"),
        ({"elicitation": "both"}, "elicitation must be one of choose, explain, text, auto"),
        ({"temperature": -1}, "temperature must be a number of at least 0, got -1"),
        ({"seed": -1}, "seed must be a whole number of at least 0"),
        ({"principal": "me"}, "principal must be one of study1"),
        ({"theta": "1,0,0,0"}, "rho must be given together with theta"),
        ({"theta": "1,1,0,0", "rho": 1}, "theta must be four weights"),
    ],
)
def test_bad_arguments(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        delegation(**arguments)
