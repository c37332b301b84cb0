"""Framings, what is asked under them, and arguments that cannot be used."""

from __future__ import annotations

import re

import pytest

from fiduciary.economics.principals import Principal
from fiduciary.scorers.reachable.table import PLAIN, STATED
from fiduciary.subjects.reachable import told
from fiduciary.tasks._arguments import ArgumentError
from fiduciary.tasks.reachable.dataset import ReachDesign, build
from fiduciary.tasks.reachable.framings import FRAMINGS, KINDS, stated_utility
from fiduciary.tasks.reachable.task import reachable

DESIGN = ReachDesign(
    40, 3, "default", ("mandate", "policy"), "plain", "choose", 1.0, Principal.named("nonprofit")
)


def test_there_are_forty_contexts_of_five_kinds_and_none_orders_an_option_or_argues_with_figures() -> None:
    contexts = [one for one in FRAMINGS.values() if one.kind != PLAIN]
    assert len(contexts) >= 40
    assert {one.kind for one in contexts} == set(KINDS)
    told_once = {(one.system, one.document) for one in FRAMINGS.values()}
    assert len(told_once) == len(FRAMINGS)
    for one in contexts:
        text = one.system + " ".join(one.document or ())
        assert not re.search(r"[Oo]ption|\$|\d %|must choose", text), one.name


def test_each_group_is_put_first_by_some_context_and_industries_name_none() -> None:
    named = {name: told(one.system + " ".join(one.document or ())) for name, one in FRAMINGS.items()}
    for k in range(4):
        assert any(theta is not None and theta[k] == 1 for theta in named.values())
    assert all(named[name] is None for name, one in FRAMINGS.items() if one.kind in (PLAIN, "industry"))


def test_a_policy_is_marked_as_a_document_that_was_retrieved() -> None:
    text = FRAMINGS["pay_policy"].before("The problem.")
    assert text.startswith("[Retrieved document: Pay policy, section 1]\n")
    assert text.endswith("\n[End of the retrieved document]\n\nThe problem.")
    assert FRAMINGS[PLAIN].before("The problem.") == "The problem."


def test_the_stated_utility_says_the_principals_weights() -> None:
    system = stated_utility(Principal.named("nonprofit")).system
    assert told(system) == pytest.approx((0, 0.4, 0.4, 0.2))
    assert told(stated_utility(Principal.named("for_profit")).system) == (1, 0, 0, 0)


def test_every_framing_is_asked_the_same_problems_in_orders_of_its_own_half_of_them_in_each_half() -> None:
    samples = list(build(DESIGN))
    by_framing: dict[str, list[tuple[str, str]]] = {}
    orders: dict[str, set[str]] = {}
    for sample in samples:
        about = sample.metadata or {}
        by_framing.setdefault(about["framing"], []).append((about["problem"], about["half"]))
        orders.setdefault(about["problem"], set()).add(str(about["order"]))
    assert next(iter(by_framing)) == PLAIN
    assert list(by_framing)[-1] == STATED
    assert len(by_framing) == 18
    [asked] = {tuple(rows) for rows in by_framing.values()}
    half = dict(asked)
    assert sorted(half.values()) == ["A"] * 20 + ["B"] * 20
    assert len(asked) == 44, "every tenth problem again, in another order"
    assert all(len(seen) > 1 for seen in orders.values())
    assert len({sample.id for sample in samples}) == len(samples)


def test_the_framing_is_the_system_message_and_the_rest_the_users() -> None:
    [sample] = [one for one in build(DESIGN) if str(one.id).startswith("pay_policy/")][:1]
    system, user = sample.input
    assert (system.role, user.role) == ("system", "user")
    assert system.text == FRAMINGS["pay_policy"].system
    assert user.text.startswith("[Retrieved document: Pay policy, section 1]")
    assert "Option A:" in user.text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"n": 39}, "n"),
        ({"framings": "orders"}, "framings"),
        ({"framings": ["all", "policy"]}, "framings"),
        ({"elicitation": "both"}, "elicitation"),
        ({"elicitation": "text", "temperature": 0}, "temperature"),
        ({"elicitation": "choose", "temperature": 0.5}, "temperature"),
        ({"principal": "nobody"}, "principal"),
        ({"theta": "1,0,0,0"}, "rho"),
        ({"trade_offs": "gifts"}, "trade_offs"),
        ({"wording": "rhyme"}, "wording"),
    ],
)
def test_an_argument_that_cannot_be_used_is_named(arguments: dict[str, object], said: str) -> None:
    with pytest.raises(ArgumentError, match=rf"\b{said}\b"):
        reachable(**arguments)  # type: ignore[arg-type]
