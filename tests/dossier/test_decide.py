"""The recommendation: the same for the same evidence, another with other limits, by rules with two sides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fiduciary.dossier.assemble import assemble
from fiduciary.dossier.atlas import PLACES
from fiduciary.dossier.case import Case
from fiduciary.dossier.claims import Dossier
from fiduciary.dossier.decide import Decision, decide
from fiduciary.dossier.finding import Claim, Gap
from fiduciary.dossier.limits import Limits, read_limits
from fiduciary.dossier.provided import PROVIDED
from fiduciary.dossier.rules import SUBJECTS, Rule, Verdict

DEFAULT = read_limits()
LIMITED = [rule for rule in DEFAULT.rules.values() if rule.about.limited]
TESTED = [rule for rule in DEFAULT.rules.values() if not rule.about.limited]
REQUIRED = [PROVIDED[name][0] for name in DEFAULT.required]


def claim(name: str, rule: str, low: float, high: float, verdict: Verdict | None = None) -> Claim:
    held = DEFAULT.rules.get(rule)
    if verdict is None:
        verdict = held.verdict(low, high) if held else "information"
    figure = (low + high) / 2
    return Claim(
        *(name, "phase", "problem", "mechanism", name, "A sentence.", figure, low, high, 0.95, "share"),
        *(verdict, ("S1",), rule),
    )


def sound(**more: Claim) -> dict[str, Claim]:
    """All required evidence, in order, and more."""
    held = [
        claim("selection.screening.loss", "loss", 0.01, 0.03),
        claim("selection.screening.missing", "missing", 0.0, 0.02),
        *(claim(f"{name}_x", "", 0.0, 0.1) for name in REQUIRED[1:]),
        *more.values(),
    ]
    return {one.id: one for one in held}


def judged(claims: Mapping[str, Claim], limits: Limits = DEFAULT) -> Decision:
    return decide(claims, [], limits)


def beside(rule: Rule, side: int) -> tuple[float, float]:
    """An interval that keeps to the first limit (−1), or lies beyond the second (1)."""
    assert rule.good is not None and rule.bad is not None
    step = rule.sign * 0.005
    if side < 0:
        low, high = sorted((rule.good - step, rule.good))
    else:
        low, high = sorted((rule.bad, rule.bad + step))
    return low, high


def named(rule: str) -> str:
    places = {"loss": "selection.screening.loss", "missing": "selection.screening.missing"}
    return places.get(rule, f"selection.screening.some_{rule}")


def test_all_in_order_is_adopted() -> None:
    found = judged(sound())
    assert found.recommendation == "adopt" and not found.conditions and not found.risks


@pytest.mark.parametrize("rule", LIMITED, ids=lambda rule: rule.name)
def test_every_limit_has_two_sides(rule: Rule) -> None:
    """Keeping to the first limit changes nothing; beyond the second the rule's consequence follows."""
    name = named(rule.name)
    kept = judged(sound(x=claim(name, rule.name, *beside(rule, -1))))
    beyond = judged(sound(x=claim(name, rule.name, *beside(rule, 1))))
    assert kept.recommendation == "adopt" and not kept.conditions and not kept.risks
    _follows(beyond, rule, name)


@pytest.mark.parametrize("rule", TESTED, ids=lambda rule: rule.name)
def test_every_test_has_two_sides(rule: Rule) -> None:
    name = named(rule.name)
    kept = judged(sound(x=claim(name, rule.name, 0.0, 0.1, "good")))
    assert kept.recommendation == "adopt" and not kept.conditions and not kept.risks
    _follows(judged(sound(x=claim(name, rule.name, 0.0, 0.1, "bad"))), rule, name)


def _follows(found: Decision, rule: Rule, name: str) -> None:
    expected = {"do not adopt": "do not adopt", "condition": "adopt with conditions", "risk": "adopt"}
    assert found.recommendation == expected[rule.then]
    where = {"do not adopt": found.reasons, "condition": found.conditions, "risk": found.risks}[rule.then]
    assert [point.claims for point in where] == [(name,)]


@pytest.mark.parametrize("rule", [r for r in LIMITED if r.then == "do not adopt"], ids=lambda rule: rule.name)
def test_between_the_limits_is_a_condition_and_across_the_second_no_evidence(rule: Rule) -> None:
    assert rule.good is not None and rule.bad is not None
    inside = claim(named(rule.name), rule.name, rule.good + 0.01, rule.bad - 0.01)
    across = claim(named(rule.name), rule.name, rule.bad - 0.01, rule.bad + 0.01)
    assert judged(sound(x=inside)).recommendation == "adopt with conditions"
    assert judged(sound(x=across)).recommendation == "not enough evidence"
    few = replace(inside, few=True, verdict="unclear")
    assert judged(sound(x=few)).recommendation == "not enough evidence"


@pytest.mark.parametrize("name", DEFAULT.required)
def test_what_is_required_and_missing_is_named(name: str) -> None:
    held = {key: one for key, one in sound().items() if not key.startswith(PROVIDED[name][0])}
    found = judged(held)
    assert found.recommendation == "not enough evidence" and found.lacking == (name,)
    assert PROVIDED[name][1] in found.reasons[0].text
    other = replace(DEFAULT, required=tuple(set(DEFAULT.required) - {name}))
    assert judged(held, other).recommendation == ("adopt" if name != "choices" else "not enough evidence")


def test_a_problem_forbids_whatever_is_missing() -> None:
    assert judged({"selection.screening.missing": claim("selection.screening.missing", "missing", 0.9, 1.0)})
    held = {"selection.screening.missing": claim("selection.screening.missing", "missing", 0.9, 1.0)}
    assert judged(held).recommendation == "do not adopt"


def test_one_condition_a_rule() -> None:
    parts = {f"p{k}": claim(f"selection.screening.loss_{k}", "part", 0.2 + k / 100, 0.3) for k in range(8)}
    (point,) = judged(sound(**parts)).conditions
    assert len(point.claims) == 8 and "3 more" in point.text


@given(st.floats(0, 0.4), st.floats(0, 0.4), st.floats(0, 0.1), st.floats(0, 0.4))
def test_what_is_said_to_change_it_changes_it(loss: float, missing: float, wide: float, part: float) -> None:
    """Moving the named figure by the named amount gives the named recommendation."""
    held = sound(
        a=claim("selection.screening.loss", "loss", loss, loss + wide),
        b=claim("selection.screening.missing", "missing", missing, missing + wide),
        c=claim("selection.screening.loss_wage", "part", part, part + wide),
    )
    found = judged(held)
    assert len(found.changes) <= 2
    moved = dict(held)
    for change in found.changes:
        one = moved[change.claim]
        assert one.low is not None and one.high is not None
        other = claim(one.id, one.rule, one.low + change.by, one.high + change.by)
        trial = (dict(held) if change.alone else moved) | {one.id: other}
        assert judged(trial).recommendation == change.to
        assert not change.alone or change.to != found.recommendation
        moved = trial
    alone = [abs(change.by) for change in found.changes if change.alone]
    assert alone == sorted(alone)


def test_the_same_evidence_gives_the_same_recommendation(
    cases: dict[str, Case], dossiers: dict[str, Dossier]
) -> None:
    for name, case in cases.items():
        assert assemble(case).decision == dossiers[name].decision
    found = {name: dossier.decision.recommendation for name, dossier in dossiers.items()}
    assert found["for_profit"] == "do not adopt" and found["study1"] == "not enough evidence"


def test_a_limits_file_changes_it(
    cases: dict[str, Case], dossiers: dict[str, Dossier], tmp_path: Path
) -> None:
    file = tmp_path / "limits.yaml"
    file.write_text("required: [choices]\nrules:\n  loss: {in_order: 0.9, problem: 0.95}\n")
    case = cases["for_profit"]
    limits = read_limits(str(file))
    said = assemble(replace(case, given=replace(case.given, limits=limits)))
    assert dossiers["for_profit"].decision.recommendation == "do not adopt"
    assert said.decision.recommendation.startswith("adopt")
    assert said.limits.file.endswith("limits.yaml") and said.limits.name == "limits.yaml"
    assert said.claim("selection.screening.loss").verdict == "good"


def test_gaps_are_a_residual_risk() -> None:
    gap = Gap("selection.screening.menus", "p", "q", "m", "Menus", "Why.", "")
    (point,) = decide(sound(), [gap], DEFAULT).risks
    assert "(1)" in point.text and "menus" in point.text


def test_every_rule_has_its_line_and_every_kind_of_evidence_its_place() -> None:
    assert set(DEFAULT.rules) == set(SUBJECTS)
    assert all((rule.good is None) != rule.about.limited for rule in DEFAULT.rules.values())
    assert all(".".join(prefix.split(".")[:2]) in PLACES for prefix, _ in PROVIDED.values())
