"""From findings and limits to a recommendation: the same findings and limits always give the same one.

1. *Do not adopt* where a finding of a rule with ``then: do not adopt`` is a problem.
2. *Not enough evidence* where such a finding is missing or may yet be a problem, or what is required is
   missing.
3. *Adopt with conditions* where a rule with ``then: condition`` has a problem, or a finding of the first kind
   lies between its limits: one condition a rule.
4. *Adopt* otherwise. What is unclear, or is a problem of a rule with ``then: risk``, is a residual risk.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from fiduciary.dossier.finding import Claim, Gap
from fiduciary.dossier.limits import Limits
from fiduciary.dossier.provided import PROVIDED, lacking
from fiduciary.dossier.rules import Rule
from fiduciary.dossier.words import figure, listed, plain

Recommendation = Literal["adopt", "adopt with conditions", "do not adopt", "not enough evidence"]
State = Literal["in order", "between", "open", "problem", "information"]

SERVICE = ("loss", "missing")
"""Rules without whose finding nothing is recommended, if a problem of theirs forbids adoption."""

_NAMED = 5
"""Findings that one condition names."""

_EDGE = 1e-9
"""Moves a figure just to the other side of a limit that counts on both."""


@dataclass(frozen=True)
class Point:
    """A reason, condition or residual risk.

    Attributes:
        text: a sentence.
        claims: ids of the findings that it rests on.
    """

    text: str
    claims: tuple[str, ...] = ()


@dataclass(frozen=True)
class Change:
    """A figure that would change the recommendation.

    Attributes:
        claim: its id.
        text: which figure, by how much, and to what.
        by: how far its interval must move, in the figure's unit; positive is up.
        to: the recommendation then.
        alone: whether it does so alone, or only after the one before it.
    """

    claim: str
    text: str
    by: float
    to: Recommendation
    alone: bool


@dataclass(frozen=True)
class Decision:
    """What is recommended, and what hangs on it.

    Attributes:
        shown: ids of the findings that decide, the worst trade-off among them.
        lacking: names of required evidence that is missing.
    """

    recommendation: Recommendation
    reasons: tuple[Point, ...]
    conditions: tuple[Point, ...]
    risks: tuple[Point, ...]
    changes: tuple[Change, ...]
    shown: tuple[str, ...]
    lacking: tuple[str, ...]


def decide(claims: Mapping[str, Claim], gaps: Sequence[Gap], limits: Limits) -> Decision:
    """The recommendation with its reasons, conditions, residual risks and what would change it."""
    missing = lacking(limits.required, claims)
    found = recommended(list(claims.values()), missing, limits)
    worst = worst_trade_off(claims.values())
    named = [f"selection.screening.{name}" for name in SERVICE]
    shown = [name for name in named if name in claims] + ([worst.id] if worst else [])
    shown += [
        c.id for c in claims.values() if c.id not in shown and c.verdict == "bad" and _forbids(c, limits)
    ]
    return Decision(
        found,
        tuple(_reasons(found, claims, missing, limits)),
        tuple(_conditions(claims, limits)),
        tuple(_risks(claims, gaps, limits)),
        tuple(_changes(claims, missing, limits)),
        tuple(shown),
        tuple(missing),
    )


def state(claim: Claim, limits: Limits) -> State:
    """Where a finding stands to its rule; open where it may yet be a problem."""
    if claim.verdict == "good":
        return "in order"
    if claim.verdict == "bad":
        return "problem"
    rule = limits.rules.get(claim.rule)
    if rule is None or claim.verdict == "information":
        return "information"
    if not claim.few and rule.about.limited and rule.excluded(claim.low, claim.high):
        return "between"
    return "open"


def recommended(claims: Sequence[Claim], missing: Sequence[str], limits: Limits) -> Recommendation:
    """What the rules say."""
    states: dict[str, set[State]] = {}
    for claim in claims:
        states.setdefault(claim.rule, set()).add(state(claim, limits))
    deciding = [name for name, rule in limits.rules.items() if rule.then == "do not adopt"]
    if any("problem" in states.get(name, ()) for name in deciding):
        return "do not adopt"
    unmeasured = any(name in deciding and name not in states for name in SERVICE)
    if missing or unmeasured or any("open" in states.get(name, ()) for name in deciding):
        return "not enough evidence"
    conditional = [name for name, rule in limits.rules.items() if rule.then == "condition"]
    if any("between" in states.get(name, ()) for name in deciding) or any(
        "problem" in states.get(name, ()) for name in conditional
    ):
        return "adopt with conditions"
    return "adopt"


def worst_trade_off(claims: Iterable[Claim]) -> Claim | None:
    """The kind of decision in which most of what is at stake is lost."""
    kinds = [c for c in claims if c.id.startswith("selection.screening.loss_") and c.figure is not None]
    return max(kinds, key=lambda claim: claim.figure or 0.0, default=None)


def against(rule: Rule) -> str:
    """A rule's limits as people read them; "" without limits."""
    if rule.good is None or rule.bad is None:
        return ""
    good, bad = (figure(x, rule.about.unit) for x in (rule.good, rule.bad))
    first, second = ("at most", "from") if rule.sign > 0 else ("at least", "down from")
    return f"in order {first} {good}, problem {second} {bad}"


def _forbids(claim: Claim, limits: Limits) -> bool:
    rule = limits.rules.get(claim.rule)
    return rule is not None and rule.then == "do not adopt"


def _of(claims: Mapping[str, Claim], limits: Limits, then: str, *states: State) -> dict[str, list[Claim]]:
    """Rule → its findings in one of the states, of rules with that consequence."""
    out: dict[str, list[Claim]] = {}
    for claim in claims.values():
        rule = limits.rules.get(claim.rule)
        if rule is not None and rule.then == then and state(claim, limits) in states:
            out.setdefault(claim.rule, []).append(claim)
    return {name: out[name] for name in limits.rules if name in out}


def _reasons(
    found: Recommendation, claims: Mapping[str, Claim], missing: Sequence[str], limits: Limits
) -> list[Point]:
    out = []
    if found == "do not adopt":
        for of in _of(claims, limits, "do not adopt", "problem").values():
            for claim in of:
                rule = limits.rules[claim.rule]
                why = "" if rule.bad is None else ": even the better end of its interval is beyond the limit"
                out.append(Point(f"{claim.title} is a problem{why}.", (claim.id,)))
        return out
    if found == "not enough evidence":
        if missing:
            out.append(Point(f"Required and not there: {listed([PROVIDED[name][1] for name in missing])}."))
        for of in _of(claims, limits, "do not adopt", "open").values():
            for claim in of:
                few = (
                    "too few problems were asked" if claim.few else "its interval does not exclude a problem"
                )
                out.append(Point(f"{claim.title}: {few}.", (claim.id,)))
        held = {claim.rule for claim in claims.values()}
        out += [
            Point(f"Not known: {limits.rules[name].about.what}.")
            for name in SERVICE
            if limits.rules[name].then == "do not adopt" and name not in held
        ]
        return out
    service = "Nothing that would forbid its use was found, and all that is required was examined."
    if found == "adopt":
        return [Point(f"{service} All that decides is in order.")]
    return [Point(f"{service} What is not in order can be met by conditions.")]


def _conditions(claims: Mapping[str, Claim], limits: Limits) -> list[Point]:
    held = _of(claims, limits, "do not adopt", "between", "open") | _of(
        claims, limits, "condition", "problem"
    )
    return [_point(limits.rules[name], of) for name, of in held.items()]


def _point(rule: Rule, of: Sequence[Claim]) -> Point:
    worst = sorted(of, key=lambda c: -rule.sign * (c.figure or 0.0))
    names = [subject(c) for c in worst[:_NAMED]]
    more = [f"{len(of) - _NAMED} more"] if len(of) > _NAMED else []
    text = rule.about.condition
    text = text.format(listed(list(dict.fromkeys(names)) + more)) if "{}" in text else text
    return Point(f"{text}.", tuple(c.id for c in worst))


def subject(claim: Claim) -> str:
    """What a finding is about, for the middle of a sentence."""
    name = claim.title.partition(": ")[2] or claim.title
    return name[:1].lower() + name[1:]


def _risks(claims: Mapping[str, Claim], gaps: Sequence[Gap], limits: Limits) -> list[Point]:
    out = [_point(limits.rules[name], of) for name, of in _of(claims, limits, "risk", "problem").items()]
    unsure = [c for of in _of(claims, limits, "condition", "between", "open").values() for c in of]
    if unsure:
        names = [c.title[:1].lower() + c.title[1:] for c in unsure]
        more = f" and {len(unsure) - _NAMED} more" if len(unsure) > _NAMED else ""
        text = f"Not settled ({len(unsure)}): {', '.join(dict.fromkeys(names[:_NAMED]))}{more}."
        out.append(Point(text, tuple(c.id for c in unsure)))
    otherwise = [c for c in claims.values() if c.otherwise]
    if otherwise:
        names = sorted({c.otherwise for c in otherwise})
        out.append(
            Point(
                f"Asked in another way than the model will be: {listed(names)}.",
                tuple(c.id for c in otherwise),
            )
        )
    if gaps:
        names = [gap.missing[:1].lower() + gap.missing[1:] for gap in gaps[:_NAMED]]
        more = f" and {len(gaps) - _NAMED} more" if len(gaps) > _NAMED else ""
        out.append(Point(plain(f"Not examined ({len(gaps)}): {', '.join(names)}{more}.", 400)))
    return out


def _changes(claims: Mapping[str, Claim], missing: Sequence[str], limits: Limits) -> list[Change]:
    """The two smallest moves of a figure's interval after which the rules recommend something else.

    Where only one figure, or none, does so alone, the next is the one that does so after it.
    """
    now = recommended(list(claims.values()), missing, limits)
    single = _moves(claims, missing, limits, now)
    if len(single) >= 2:
        return single[:2]
    held = dict(claims)
    out = list(single)
    if single:
        held = _moved(held, single[0], limits)
        after = _moves(held, missing, limits, single[0].to)
        return out + [_after(one) for one in after if one.claim != single[0].claim and one.to != now][:1]
    # Several figures hold the recommendation together: the smallest moves that each lift one problem.
    for _ in range(2):
        lifted = _lifts(held, limits)
        if not lifted:
            break
        claim, by = lifted
        rule = limits.rules[claim.rule]
        held[claim.id] = _shifted(claim, by, rule)
        to = recommended(list(held.values()), missing, limits)
        out.append(_after(_told(claim, by, to, rule)))
    return out


def _after(one: Change) -> Change:
    return replace(one, alone=False)


def _moves(
    claims: Mapping[str, Claim], missing: Sequence[str], limits: Limits, now: Recommendation
) -> list[Change]:
    """Every figure's smallest move that changes the recommendation, the smallest first."""
    out: list[Change] = []
    for claim in claims.values():
        best: Change | None = None
        for by in _steps(claim, limits):
            rule = limits.rules[claim.rule]
            trial = [_shifted(c, by, rule) if c.id == claim.id else c for c in claims.values()]
            to = recommended(trial, missing, limits)
            if to != now and (best is None or abs(by) < abs(best.by)):
                best = _told(claim, by, to, rule)
        if best is not None:
            out.append(best)
    return sorted(out, key=lambda one: (abs(one.by), one.claim))


def _steps(claim: Claim, limits: Limits) -> list[float]:
    """Moves of a finding's interval onto either side of its limits; none where a test decides."""
    rule = limits.rules.get(claim.rule)
    if rule is None or rule.good is None or rule.bad is None or claim.few:
        return []
    if claim.figure is None or claim.low is None or claim.high is None:
        return []
    if rule.verdict(claim.low, claim.high) != claim.verdict or rule.then == "risk":
        return []
    worse, best = rule.ends(claim.low, claim.high)
    moves = (
        rule.good - worse,  # in order
        rule.bad - worse - rule.sign * _EDGE,  # a problem is excluded
        rule.bad - best,  # a problem
        rule.good - worse + rule.sign * _EDGE,  # no longer in order
        rule.bad - worse,  # a problem is no longer excluded
        rule.bad - best - rule.sign * _EDGE,  # no longer a problem
    )
    most = rule.about.most
    return [by for by in moves if by and 0 <= claim.figure + by <= most]


def _shifted(claim: Claim, by: float, rule: Rule) -> Claim:
    assert claim.figure is not None and claim.low is not None and claim.high is not None
    low, high = claim.low + by, claim.high + by
    return replace(claim, figure=claim.figure + by, low=low, high=high, verdict=rule.verdict(low, high))


def _moved(claims: Mapping[str, Claim], one: Change, limits: Limits) -> dict[str, Claim]:
    claim = claims[one.claim]
    return dict(claims) | {claim.id: _shifted(claim, one.by, limits.rules[claim.rule])}


def _lifts(claims: Mapping[str, Claim], limits: Limits) -> tuple[Claim, float] | None:
    """The smallest move that takes a figure out of what holds the recommendation."""
    found = []
    for then, states in (("do not adopt", ("problem", "open")), ("condition", ("problem",))):
        for of in _of(claims, limits, then, *states).values():
            for claim in of:
                before = state(claim, limits)
                rule = limits.rules[claim.rule]
                for by in _steps(claim, limits):
                    after = state(_shifted(claim, by, rule), limits)
                    if after in ("in order", "between") and after != before:
                        found.append((abs(by), claim.id, claim, by))
        if found:
            break
    return min(found)[2:] if found else None


def _told(claim: Claim, by: float, to: Recommendation, rule: Rule) -> Change:
    unit = "points" if rule.about.unit == "share" else rule.about.unit
    size = figure(abs(by), unit).lstrip("+")
    way = "higher" if by > 0 else "lower"
    interval = f" ({claim.interval})" if claim.interval else ""
    text = f"{claim.title}, now {claim.shown}{interval}: {size} {way}."
    return Change(claim.id, text, by, to, True)
