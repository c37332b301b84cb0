"""Comparisons as tables: what each model wants, and what changed between it and its base."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from fiduciary.comparison.choices import Choices
from fiduciary.comparison.games import PARAMETERS, PlayComparison, PlayEstimate, estimate_of
from fiduciary.comparison.paired import ALPHA, NAN, Change
from fiduciary.economics.conventions import ABBREVIATIONS
from fiduciary.economics.estimation import CESFit, Separation, TestResult
from fiduciary.economics.estimation.constants import is_constant
from fiduciary.economics.inference import Interval, around
from fiduciary.economics.inference.telling import Divergence
from fiduciary.economics.principals import Principal
from fiduciary.economics.published import PUBLISHED
from fiduciary.leaderboard.choices import ASKED, Answers
from fiduciary.scorers.reports import Cell, Figures, Section
from fiduciary.scorers.stakeholder_choice.metrics.ces_parameters import PARAMETERS as CHOICE_PARAMETERS

SYMBOLS = (*(f"θ {name}" for name in ABBREVIATIONS), "ρ", "γ")
SOCIAL_SYMBOLS = {"alpha": "α", "beta": "β", "kappa": "κ", "lam": "λ"}

HEADS = ("figure", "before", "after", "difference", "p", "p, Holm", "verdict", "test")

UNSTATED = (
    "no stated principal: neither an option, nor a prompt, nor a log says whom it serves, so what its "
    "choices cost is not compared"
)

NOTE = (
    "Changes are paired by problem, with Student's 95 % intervals; two-sided tests, 5 % after Holm's "
    "correction over all changes that were tested. Choices that differ: exact exchange of answers within "
    "problems, free of any model. H1: same preference as the base (θ and ρ; own γ each), problems paired. "
    "H2: the preference is the target. Both are likelihood-ratio tests against chi-bar-square, valid also "
    "where θ is 0 or 1. Each of the three is corrected over the models compared. Best choices maximise "
    "the target's utility; regret is what is lost a decision, in dollars of that utility, and the loss "
    "share the share lost of what was at stake. θ alone does not say how choices fall: with ρ far below 0 "
    "small weights still count, so read the loss share beside the distance. p at most that: as small as "
    "the simulation of the null can tell."
)

GAMES_NOTE = (
    "Best plans maximise a target's utility under the model's own beliefs; the loss share is the mean "
    "share lost of what was at stake in it. Σ|Δ| adds up the distances of α, β and κ to the target; λ is "
    "noise in points, and a target has none unless it says so. Paired by game and repeat, clustered by "
    "game."
)

PUBLISHED_NOTE = (
    "* Foster & Rawski, Llama-3.1-8B-Instruct: for comparison, in no test; their K is not printed, so ρ "
    "is not comparable."
)


def preferences(
    answers: Mapping[str, Answers], targets: Mapping[str, Principal | None], stage: str = ""
) -> Figures:
    """What each model wants, as far as its choices tell; then the targets, and published rows of a stage."""
    rows: list[tuple[Cell, ...]] = [
        (name, *parameters(one), share_missing(one)) for name, one in answers.items()
    ]
    for name, target in targets.items():
        if target is not None:
            utility = target.utility
            rho: Cell = "undefined" if max(utility.theta) == 1 else utility.rho
            rows.append((f"target of {name}", *utility.theta, rho, None, None))
    printed = list(_published(stage))
    notes = [f"{name}: {one.why}" for name, one in answers.items() if one.fit is None]
    for name, one in answers.items():
        if one.fit is not None and one.fit.separation is not None:
            notes.append(f"{name}: {one.fit.separation.describe()}")
    notes.append("standard errors in round brackets; where there is none, the 95 % interval in square ones")
    return Figures(
        "preference",
        ("model", *SYMBOLS, "missing"),
        (*rows, *printed),
        (*notes, *([PUBLISHED_NOTE] if printed else [])),
    )


def parameters(answers: Answers) -> list[Cell]:
    """Estimates of θ, ρ and γ; nothing where the answers allow none."""
    if answers.fit is None:
        return [None] * len(SYMBOLS)
    return [_parameter(answers.fit, name) for name in CHOICE_PARAMETERS]


def _parameter(fit: CESFit, name: str) -> Interval:
    """An estimate with its standard error, or else with its interval and its status."""
    status, value = fit.status(name), fit.estimate(name)
    if status == "ok":
        return Interval(value, stderr=fit.se(name))
    low, high, _ = fit.interval(name)
    return Interval(NAN if status == "not identified" else value, low, high, reason=status)


def share_missing(answers: Answers) -> float:
    """Share of answers that are missing."""
    return float(answers.missing.mean())


def _published(stage: str) -> Iterator[tuple[Cell, ...]]:
    for name, found in PUBLISHED.items():
        own = "neutral" if name == "neutral" else "fine-tuned" if "fine-tune" in name else "prompted"
        if own == stage:
            theta: list[Cell] = [
                Interval(value, stderr=NAN if error is None else error)
                for value, error in zip(found.theta, found.theta_se, strict=True)
            ]
            rho = None if found.rho is None else Interval(found.rho, stderr=found.rho_se or NAN)
            yield (f"published: {name.replace('_', ' ')} *", *theta, rho, None, None)


def changed(name: str, choices: Choices | None, scores: Sequence[Change] = ()) -> tuple[Figures | str, ...]:
    """What changed between a model and its base: the one table of all changes, and what was not tested."""
    rows: list[tuple[Cell, ...]] = []
    said: list[str] = []
    if choices is not None:
        rows += _of_choices(choices)
        said += [*choices.untested, *_by_parameter(choices.against_target, "against the target")]
        if choices.target is None:
            said.append(UNSTATED)
    rows += [_row(change) for change in scores]
    return (Figures(name, HEADS, tuple(rows), tuple(said)),) if rows else tuple(said)


def _row(change: Change) -> tuple[Cell, ...]:
    moved: Cell = change.interval if change.stderr > 0 else change.difference
    tested = [None if math.isnan(p) else p for p in (change.p_value, change.adjusted)]
    unit = "" if change.column is None or change.column.unit in (None, "share") else f", {change.column.unit}"
    sides = [None if math.isnan(side) else side for side in (change.before, change.after)]
    return (f"{change.title}{unit}", *sides, moved, *tested, change.verdict, change.test)


def _of_choices(found: Choices) -> Iterator[tuple[Cell, ...]]:
    if found.alike is not None and found.alike.n:
        how = f"exact exchange by problem, {found.alike.n} problems"
        differ, p = found.alike.distance, found.alike.p_value
        verdict = "changed" if found.alike_p < ALPHA else "no change shown"
        yield ("choices that differ", None, None, differ, p, found.alike_p, verdict, how)
    yield from map(_row, found.changes)
    if any(map(math.isfinite, found.distance)):
        before, after = (None if math.isnan(side) else side for side in found.distance)
        moved = None if before is None or after is None else after - before
        yield ("Σ|θ − θ*|", before, after, moved, None, None, "", "")
    base, own = found.divergence
    if own is not None:
        yield from _apart(base, own)
    for title, test, p in (
        ("H1: same preference as the base", found.h1, found.h1_p),
        ("H2: the preference is the target", found.h2, found.h2_p),
    ):
        if test is not None:
            yield (title, None, None, None, test.p_value, p, _verdict(p), _how(test))


def _apart(base: Divergence | None, own: Divergence) -> Iterator[tuple[Cell, ...]]:
    """How far probabilities are from the target's, and how many answers it takes to find out."""
    before, moved = (None, None) if base is None else (base.nats, own.nats - base.nats)
    at = f"KL(target ‖ model) at γ = {own.gamma:.3g}"
    yield ("nats from the target", before, own.nats, moved, None, None, "", at)
    counts: list[Cell] = [None if one is None else _whole(one.answers) for one in (base, own)]
    how = "likelihood ratio, 5 %, power 80 %"
    yield ("answers that tell it from the target", *counts, None, None, None, "", how)


def _whole(answers: float) -> Cell:
    return math.ceil(answers) if math.isfinite(answers) else None


def _verdict(p: float) -> str:
    return "not tested" if math.isnan(p) else "rejected" if p < ALPHA else "not rejected"


def _how(test: TestResult) -> str:
    """The method and its statistic, and where the simulation of the null cannot tell a smaller p-value."""
    floor = "chi-bar-square" in test.method and not test.df > 0 and test.p_value < 0.001
    return f"{test.method}, LR = {test.statistic:.1f}{', p at most that' if floor else ''}"


def _by_parameter(test: TestResult | None, title: str) -> Iterator[str]:
    if test is None:
        return
    parts = [
        f"{_symbol(name)} {difference:+.3f} ({error:.3f})"
        for name, (difference, error, _, _) in test.z.items()
        if not is_constant(name)
    ]
    left = [_symbol(name) for name in test.left_out if not is_constant(name)]
    if left:
        parts.append(f"without a standard error: {', '.join(left)}")
    if parts:
        yield f"{title}: {'; '.join(parts)}"


def _symbol(name: str) -> str:
    return dict(zip(CHOICE_PARAMETERS, SYMBOLS, strict=True)).get(name, name)


def identified(sets: Mapping[str, Separation | None]) -> Figures | None:
    """How far these problems can tell each target from other preferences; None where nothing is known."""
    rows: list[tuple[Cell, ...]] = []
    for name, one in sets.items():
        if one is not None and len(one.rho):
            ends = [*one.theta_range.tolist(), [float(one.rho.min()), float(one.rho.max())]]
            rows.append((name, *(f"[{low:.2f}, {high:.2f}]" for low, high in ends)))
    note = "preferences that make every choice the target makes on these problems"
    return Figures("identified at best", ("target of", *SYMBOLS[:5]), tuple(rows), (note,)) if rows else None


def asked_by(elicitation: str) -> str:
    """What the answers of a way of asking are."""
    return f"asked by {elicitation}: {ASKED[elicitation]}"


def played(found: PlayComparison) -> Section:
    """The comparison of plans in economic games."""
    times = ", ".join(f"{t:g}" for t in found.temperatures) or "not recorded"
    rows: list[tuple[Cell, ...]] = [
        (e.name, *_social(e), e.missing / e.n if e.n else None) for e in found.estimates
    ]
    for verdict in found.verdicts:
        wanted: list[Cell] = [getattr(verdict.target.preference, name) for name in PARAMETERS]
        rows.append((f"target of {verdict.name}", *wanted, verdict.target.lam, None))
    silent = tuple(f"{e.name}: {e.why}" for e in found.estimates if e.fit is None)
    body: list[Figures | str] = [
        f"{found.estimates[0].n} plays of {found.games} games, temperature {times}",
        Figures("social preference", ("model", *SOCIAL_SYMBOLS.values(), "missing"), tuple(rows), silent),
    ]
    labels = list(dict.fromkeys(verdict.target.label for verdict in found.verdicts))
    if labels:
        chance = found.estimates[0].chance
        best: list[tuple[Cell, ...]] = [
            (e.name, *(e.best.get(label) for label in labels)) for e in found.estimates
        ]
        best.append(("random plans", *(chance.get(label) for label in labels)))
        body.append(Figures("best plans of", ("model", *labels), tuple(best)))
    for verdict in found.verdicts:
        away = Change("Σ|Δ| to the target", *verdict.distance, verdict.distance[1] - verdict.distance[0])
        changes = (verdict.best, verdict.loss_share, verdict.points, found.missing[verdict.name], away)
        body += changed(verdict.name, None, changes)
    return Section(
        f"{found.task}: social preference from plans and beliefs",
        body=(*body, *([GAMES_NOTE] if found.verdicts else [])),
    )


def _social(found: PlayEstimate) -> list[Cell]:
    fit = found.fit
    if fit is None:
        return [None] * len(SOCIAL_SYMBOLS)
    out: list[Cell] = []
    for name in SOCIAL_SYMBOLS:
        if fit.status(name) == "ok":
            out.append(around(estimate_of(found, name), fit.se(name)))
        else:
            low, high, _ = fit.interval(name)
            out.append(Interval(estimate_of(found, name), low, high, reason=fit.status(name)))
    return out
