"""Worked reasoning: right plan, right figures, several wordings."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fiduciary.economics.games import (
    FORMS,
    GAMES,
    HOMO_ECONOMICUS,
    SocialPreference,
    expected_payoff,
    homo_moralis,
    inequity_averse,
    plan_words,
    plans,
    universalised_payoff,
    worked_comparison,
    worked_reasoning,
)


def evaluate(expression: str) -> float:
    """A sum of products as the text writes it: a × b + c − d × e."""
    total, sign = 0.0, 1.0
    for token in re.split(r" (?=[+−] )", expression):
        if token[:2] in ("+ ", "− "):
            sign, token = (1.0 if token[0] == "+" else -1.0), token[2:]
        product = 1.0
        for factor in token.split(" × "):
            product *= float(factor.replace("−", "-"))
        total += sign * product
        sign = 1.0
    return total


@settings(max_examples=150)
@given(
    name=st.sampled_from(sorted(GAMES)),
    belief=st.lists(st.integers(0, 20), min_size=3, max_size=3),
    alpha=st.sampled_from([0.0, 0.5, -0.2]),
    beta=st.sampled_from([0.0, 0.3]),
    kappa=st.sampled_from([0.0, 0.25, 1.0]),
    seed=st.integers(0, 1000),
)
def test_every_sum_in_the_text_is_right(
    name: str, belief: list[int], alpha: float, beta: float, kappa: float, seed: int
) -> None:
    game = GAMES[name]
    ours = tuple(b / 20 for b in belief[: len(game.tree.nodes)])
    preference = SocialPreference(alpha, beta, kappa)
    worked = worked_reasoning(game, ours, preference, seed=seed)
    assert worked.ties == preference.best_plans(game, ours) and worked.plan == worked.ties[0]
    listed = plans(game)
    utilities = dict(zip(listed, preference.utilities(game, ours), strict=True))
    words = {plan_words(game.tree.nodes, plan): plan for plan in listed}
    paragraphs = worked.text.split("\n\n")
    assert plan_words(game.tree.nodes, worked.plan) in paragraphs[-1]
    for paragraph in paragraphs[1:-1]:
        plan = words[re.match(r"\w+ \w*\s?plan: (.*?)\.", paragraph)[1]]  # type: ignore[index]
        figures = [float(f) for f in re.findall(r"\d+(?:\.\d+)?", paragraph)]
        assert min(abs(f - expected_payoff(game, plan, ours)) for f in figures) < 0.006
        if kappa:
            assert min(abs(f - universalised_payoff(game, plan)) for f in figures) < 0.006
        if found := re.search(r"(?:worth|Altogether:|value is) (.*) = (−?[\d.]+)\.$", paragraph):
            value = float(found[2].replace("−", "-"))
            assert value == pytest.approx(utilities[plan], abs=0.006)
            assert evaluate(found[1]) == pytest.approx(value, abs=0.02)
        else:
            assert preference == HOMO_ECONOMICUS


def test_the_counterfactual_is_told_for_moralis_alone() -> None:
    game, belief = GAMES["trust_3"], (0.9, 0.8)
    for seed in range(10):
        moral = worked_reasoning(game, belief, homo_moralis(0.8), seed=seed)
        selfish = worked_reasoning(game, belief, HOMO_ECONOMICUS, seed=seed)
        assert moral.plan == (1, 1) and selfish.plan == (1, 0)
        told = ("If both of us followed", "Suppose everyone acted", "Were the other to do exactly")
        assert any(phrase in moral.text for phrase in told)
        assert not any(phrase in selfish.text for phrase in told)
        assert "behind" not in moral.text and "short of" not in moral.text


def test_wordings_differ_by_seed_and_repeat_with_it() -> None:
    arguments = (GAMES["prisoners_dilemma_4"], (0.5, 0.5, 0.5), inequity_averse(0.5, 0.3))
    texts = [worked_reasoning(*arguments, seed=seed).text for seed in range(40)]
    assert len(set(texts)) > 20
    assert texts[3] == worked_reasoning(*arguments, seed=3).text
    # The implied plan is not always told at the same place.
    plan = plan_words(FORMS["prisoners_dilemma"].nodes, worked_reasoning(*arguments).plan)
    places = {
        next(i for i, part in enumerate(text.split("\n\n")[1:-1]) if f"plan: {plan}." in part)
        for text in texts
    }
    assert len(places) > 1


def test_ties_are_broken_towards_cooperation_and_said() -> None:
    worked = worked_reasoning(GAMES["trust_1"], (0.0, 0.5), HOMO_ECONOMICUS)
    assert worked.ties == ((1, 1), (1, 0)) and worked.plan == (1, 1)
    assert "2 plans" in worked.text


def test_labels_of_a_task() -> None:
    nodes = [
        replace(
            node, cooperative=f"choose {2 * i + 1}", other=f"choose {2 * i + 2}", situation=f"at point {i}"
        )
        for i, node in enumerate(FORMS["trust"].nodes)
    ]
    text = worked_reasoning(GAMES["trust_1"], (0.5, 0.9), HOMO_ECONOMICUS, nodes=nodes).text
    assert "choose 1 at point 0" in text and "invest" not in text
    with pytest.raises(ValueError, match="nodes must be invest, give_back in this order"):
        worked_reasoning(GAMES["trust_1"], (0.5, 0.9), HOMO_ECONOMICUS, nodes=nodes[::-1])


def test_bad_belief_is_refused() -> None:
    with pytest.raises(ValueError, match="belief at invest"):
        worked_reasoning(GAMES["trust_1"], (1.5, 0.9), HOMO_ECONOMICUS)


def test_a_comparison_tells_the_same_figures_and_concludes_nothing() -> None:
    game, belief, preference = GAMES["trust_3"], (0.9, 0.8), homo_moralis(0.8)
    for seed in range(20):
        whole = worked_reasoning(game, belief, preference, seed=seed).text.split("\n\n")
        told = [
            plan for plan in plans(game) if f"plan: {plan_words(game.tree.nodes, plan)}." in "".join(whole)
        ]
        part = worked_comparison(game, belief, preference, told, seed=seed).split("\n\n")
        assert part[0] == whole[0] and len(part) == len(whole) - 1
        # The same plans with the same figures, in an order of their own.
        strip = re.compile(r"^(?:One|Another|A third|A fourth) plan: ")
        assert sorted(strip.sub("", p) for p in part[1:]) == sorted(strip.sub("", p) for p in whole[1:-1])


@pytest.mark.parametrize("compared", [[(1, 1)], [(1, 1), (1, 1)], [(1, 1), (1, 0), (0, 1), (0, 0), (1, 1)]])
def test_a_comparison_needs_two_to_four_different_plans(compared: list[tuple[int, ...]]) -> None:
    with pytest.raises(ValueError, match="two to 4 different plans can be compared"):
        worked_comparison(GAMES["trust_1"], (0.5, 0.9), HOMO_ECONOMICUS, compared)
