"""What logs of economic games say about the players, in the terminal.

    fiduciary report logs/games/
    fiduciary report logs/games/ --types 2

Each log gets its missing answers, the questions about the rules (reported apart: nobody is left out),
cooperation at every decision beside what the player expects of the others and what its best replies to
these beliefs would be, the social preference with intervals and what identifies it, the share of best
replies, and how cooperation moves with the payoffs. Human figures stand beside the games that have any.

Exit codes: 0; 1 where no log is of this task; 2 for a path, an argument or a number of types that cannot be
used.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from inspect_ai.log import EvalLog

from fiduciary.economics.games import (
    FORMS,
    HOMO_ECONOMICUS,
    BestResponses,
    PlanChoices,
    best_responses,
    fit_social_preference,
    identification,
)
from fiduciary.economics.games.responsiveness import responsiveness_table
from fiduciary.economics.inference import mean, ratio
from fiduciary.scorers.economic_games.grounds import grounds, withheld
from fiduciary.scorers.economic_games.human_play import HUMANS
from fiduciary.scorers.economic_games.metrics import NO_ESTIMATE, WHOLE, decided
from fiduciary.scorers.economic_games.player_types import types
from fiduciary.scorers.economic_games.table import Play, choices, plays
from fiduciary.scorers.logs import arguments_of, logs_of
from fiduciary.scorers.printed import error, number, with_error

TASK = "economic_games"


def main(argv: Sequence[str] | None = None) -> int:
    """Print the report and return the exit code."""
    parser = argparse.ArgumentParser(
        prog="fiduciary report",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("logs", nargs="+", help="log files, or folders of them")
    parser.add_argument("--level", type=float, default=0.95, help="of intervals (default 0.95)")
    parser.add_argument("--types", type=int, help="also look for so many types among the logs, one a group")
    options = parser.parse_args(argv)
    if not 0 < options.level < 1:
        parser.error(f"argument --level: must lie strictly between 0 and 1, got {options.level}")
    try:
        logs = logs_of(TASK, options.logs)
    except (FileNotFoundError, ValueError) as error:
        parser.error(str(error))
    if not logs:
        print(f"no log of {TASK} among {', '.join(options.logs)}", file=sys.stderr)
        return 1
    for log in logs:
        print("\n".join(report(log, options.level)))
    if options.types is not None:
        try:
            print("\n" + "\n".join(types(logs, options.types)))
        except ValueError as error:
            print(f"no {options.types} types: {error}", file=sys.stderr)
            return 2
    return 0


def report(log: EvalLog, level: float = 0.95) -> Iterator[str]:
    """The lines of one log's report."""
    found = plays(log)
    arguments = arguments_of(log)
    title = f"{log.eval.model}  {arguments}"
    yield from ("", title, "=" * min(len(title), 110))
    yield f"log {log.location}  task version {log.eval.task_version}  status {log.status}"
    own = grounds(found)
    if own is not None:
        yield from own.sentences
    yield from answers(found)
    yield from other_games(found)
    sequential = [play for play in found if play.sequential]
    if own is None:
        return
    yield from cooperation(sequential, humans=own.withheld is None)
    if own.withheld is not None:
        yield f"\nno social preference, best replies or effects of payoffs: {own.withheld}"
        return
    yield from order_effects(sequential)
    if (why := withheld(sequential)) is not None:
        yield f"\nno social preference, best replies or effects of payoffs: of plans with beliefs, {why}"
        return
    try:
        data = choices(sequential)
    except ValueError as error:
        yield f"\nno social preference: {error}"
        return
    yield from preference(data, level)
    yield from best_replies(data)
    yield from incentives(data)


def answers(found: Sequence[Play]) -> Iterator[str]:
    """Missing answers by reason, and answers about the rules."""
    for what, reasons in (
        ("decision", [play.reason for play in found]),
        ("belief", [play.belief_reason for play in found]),
    ):
        counts = Counter(reason for reason in reasons if reason is not None)
        listed = ", ".join(f"{reason} {count}" for reason, count in counts.most_common()) or "none"
        yield f"plays with a missing {what}: {counts.total()} of {len(found)}: {listed}"
    outside = [play.mass_outside for play in found if np.isfinite(play.mass_outside)]
    if outside:
        yield f"probability of tokens other than labels: mean {np.mean(outside):.3f}, most {max(outside):.3f}"
    lines = Counter(f"{key}: {reason}" for play in found for key, reason in play.lines_missing.items())
    if lines:
        yield "  by line: " + ", ".join(f"{line} {count}" for line, count in lines.most_common(8))
    rules = Counter(right for play in found for right in play.rules.values())
    if rules:
        failed = sum(any(right is not True for right in play.rules.values()) for play in found)
        yield (
            f"questions about the rules: {rules[True]} right, {rules[False]} wrong, "
            f"{rules[None]} unreadable; {failed} of {len(found)} plays with a failure (none is left out)"
        )


def other_games(found: Sequence[Play]) -> Iterator[str]:
    """Dictator, public goods, stag hunt, beauty contest, with human figures."""
    for form, (name, decision, whole) in WHOLE.items():
        here = [play for play in found if play.form == form]
        values = decided(here).get(name, [])
        if not values:
            continue
        unit = f" of the {whole}" if whole else ""
        expected = [play.belief.get(decision) for play in here]
        known = [value for value in expected if value is not None]
        belief = f"; expects {np.mean(known):.2f} of the others" if known else ""
        given = mean(values)
        stderr = error(given.stderr)
        yield f"\n{form}: {name} {given.value:.3f}{unit} (std. error {stderr}, n {len(values)}){belief}"
        yield from (f"  humans: {row}" for row in HUMANS.get(form, ()))


def cooperation(found: Sequence[Play], *, humans: bool = True) -> Iterator[str]:
    """Rates at every node, beside beliefs, best replies and, if asked for, human figures."""
    yield ""
    yield (
        f"{'cooperation':<34}{'rate':>7}{'s.e.':>10}{'n':>6}{'rules right':>13}{'expects':>9}"
        f"{'best reply':>12}"
    )
    for name, form in FORMS.items():
        here = [play for play in found if play.form == name]
        for place, node in enumerate(form.nodes if here else ()):
            rows = [play for play in here if play.plan.get(node.name) is not None]
            rate = ratio([play.plan[node.name] or 0.0 for play in rows], 1.0, [play.game for play in rows])
            understood = [
                play.plan[node.name] or 0.0
                for play in rows
                if all(right is True for right in play.rules.values())
            ]
            expected = [value for play in here if (value := play.belief.get(node.name)) is not None]
            best = [_best_action(play, place) for play in here if play.expected is not None]
            yield (
                f"{name + ', ' + node.name:<34}{number(rate.value):>7}"
                f"{error(rate.stderr) if rows else '-':>10}{len(rows):>6}"
                f"{_mean(understood):>13}{_mean(expected):>9}{_mean(best):>12}"
            )
    yield (
        "  rules right: the rate among plays whose questions about the rules were all answered rightly; "
        "expects: mean stated belief;\n  best reply: the rate if every plan maximised its expected points "
        "under its own beliefs (ties evenly)"
    )
    played = {play.form for play in found if humans}
    rows_of_people = dict.fromkeys(row for form in FORMS if form in played for row in HUMANS.get(form, ()))
    yield from (f"  humans: {row}" for row in rows_of_people)


def order_effects(found: Sequence[Play]) -> Iterator[str]:
    """Whether what is shown first matters for the share of cooperative actions."""
    told = {
        "first": ("Player 1's cooperative action shown second", 0),
        "second": ("Player 2's cooperative action shown second", 1),
        "points": ("Player 2's points named first", None),
        "roles": ("Player 2's decisions asked first", None),
    }
    yield ""
    yield "order effects (change of the share of cooperative actions, std. error clustered by game)"
    for factor, (text, role) in told.items():
        rows = [
            (play.presentation[factor], action, play.game)
            for play in found
            for node in FORMS[play.form].nodes
            if (role is None or node.role == role) and (action := play.plan.get(node.name)) is not None
        ]
        shown = np.array([row[0] for row in rows], float)
        if not rows or shown.min() == shown.max():
            continue
        x = shown - shown.mean()
        y = np.array([row[1] for row in rows], float)
        slope = ratio(x * (y - y.mean()), x**2, [row[2] for row in rows])
        if slope.units > 1:
            yield f"  {text:<44}{slope.value:>+8.3f}{error(slope.stderr):>10}"
        else:
            yield f"  {text:<44}{'-':>8}  no effect can be told from one game"


def preference(data: PlanChoices, level: float) -> Iterator[str]:
    """α, β, κ and λ with intervals, simpler models, and what identifies them."""
    yield ""
    try:
        fit = fit_social_preference(data)
        yield fit.summary(level)
        yield from _models(data, fit.loglik)
        if fit.status("lam") == "ok" and 0 < fit.estimate("lam") < np.inf:
            games = [data.games[s] for s in data.situation]
            beliefs = [data.beliefs[s] for s in data.situation]
            told = identification(games, beliefs, fit.preference(), fit.estimate("lam"))
            yield "which games inform which parameter, at the estimate and under the stated beliefs"
            yield told.summary()
    except NO_ESTIMATE as error:
        yield f"no social preference: {' '.join(str(error).split()) or type(error).__name__}"


def best_replies(data: PlanChoices) -> Iterator[str]:
    """How often a plan is a best reply to the player's own beliefs."""
    material = best_responses(data)
    yield ""
    yield (
        f"best replies to own beliefs: {material.share.value:.3f} (std. error "
        f"{error(material.share.stderr)}; random plans {material.chance:.3f}), regret "
        f"{with_error(material.regret, 2)} points, {material.loss_share:.1%} of what is at stake"
    )
    fitted = _by_estimate(data)
    if fitted is not None:
        yield f"  by the estimated preference: {with_error(fitted.share)}"


def incentives(data: PlanChoices) -> Iterator[str]:
    """How cooperation at every node moves with T, R, P and S."""
    yield ""
    yield "change of cooperation per 10 points (std. error; what best replies to own beliefs would show)"
    for row in responsiveness_table(data):
        cells = [
            f"{letter} {effect:+.3f} ({error(stderr)}; {best:+z.3f})"
            for letter, effect, stderr, best in zip(
                row.letters, row.effects, row.standard_errors, row.best_response_effects, strict=True
            )
        ]
        if row.status == "ok":
            cells.append(f"all: {_test(row.p_value)}")
        yield f"  {row.node:<16}{'  '.join(cells) if row.status == 'ok' else row.status}"
        if row.notes and row.node == FORMS[row.form].nodes[0].name:
            yield f"  {'':<16}{'; '.join(row.notes)}"


def _models(data: PlanChoices, full: float) -> Iterator[str]:
    """Log-likelihood of the simpler models."""
    simpler: dict[str, Callable[[], float]] = {
        "homo economicus (λ)": lambda: fit_social_preference(data, "economicus").loglik,
        "inequity aversion (α, β, λ)": lambda: fit_social_preference(data, "inequity").loglik,
        "homo moralis (κ, λ)": lambda: fit_social_preference(data, "moralis").loglik,
    }
    cells = ", ".join(f"{name} {loglik():.1f}" for name, loglik in simpler.items())
    yield f"log-likelihood: {cells}, all {full:.1f}"


def _by_estimate(data: PlanChoices) -> BestResponses | None:
    try:
        return best_responses(data, fit_social_preference(data).preference())
    except NO_ESTIMATE:
        return None


def _best_action(play: Play, place: int) -> float:
    """Share of cooperative actions at a node among the best replies to the play's own beliefs."""
    game, belief = play.material(), play.expected
    assert belief is not None
    best = HOMO_ECONOMICUS.best_plans(game, belief)
    return float(np.mean([plan[place] for plan in best]))


def _mean(values: Sequence[float]) -> str:
    return number(float(np.mean(values))) if values else "-"


def _test(p: float) -> str:
    if np.isnan(p):
        return "no test"
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"
