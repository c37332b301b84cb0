"""The re-benchmark from plan to comparison: check, serve, prove, ask, compare, write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inspect_ai import eval_set
from inspect_ai.log import EvalLog

from fiduciary.comparison.choices import Comparison, compare_models
from fiduciary.comparison.games import PlayComparison, compare_plays
from fiduciary.comparison.paired import Change, corrected
from fiduciary.comparison.scores import compare_scores
from fiduciary.economics.principals import LOGGED, LOGGED_METHOD, Principal
from fiduciary.errors import UsageError
from fiduciary.eval_logs import UnusableLog, find, read_header, read_log, read_summaries
from fiduciary.scorers.choice_table import tables
from fiduciary.training.errors import TrainingError
from fiduciary.training.rebench import report
from fiduciary.training.rebench.canary import Sighting, canary
from fiduciary.training.rebench.cards import check_card, fill
from fiduciary.training.rebench.plan import Plan, TaskSpec
from fiduciary.training.rebench.progress import progress
from fiduciary.training.rebench.servers import Served, served
from fiduciary.training.targets import SocialTarget

PREFERENCE_TASK, GAMES_TASK = "stakeholder_choice", "economic_games"

_COVERED = {PREFERENCE_TASK: ("consistency",)}
"""Scores that a comparison of preferences covers, and against each adapter's own target."""


@dataclass(frozen=True)
class Outcome:
    """What a re-benchmark found.

    Attributes:
        plan: what was compared.
        engine: where the models answered.
        sightings: proof that each adapter was applied.
        comparisons: preferences, one for each task of choices and way of asking.
        shifts: task label → model → changes of every score.
        logs: task label → model → file of its log.
        games: social preferences, one for each task of sequential games.
    """

    plan: Plan
    engine: str
    sightings: tuple[Sighting, ...]
    comparisons: tuple[Comparison, ...]
    shifts: dict[str, dict[str, tuple[Change, ...]]]
    logs: dict[str, dict[str, str]]
    games: tuple[PlayComparison, ...] = ()


def rebench(plan: Plan, engine: str = "auto", server: str | None = None, *, cards: bool = False) -> Outcome:
    """Run a plan; a stopped one goes on where it was.

    Args:
        plan: what to compare.
        engine: one of ``servers.ENGINES``.
        server: address of a running vLLM server.
        cards: write what was measured into the adapters' folders.

    Raises:
        TrainingError: whatever the user can put right.
        KeyboardInterrupt: stopped by Ctrl-C.
    """
    for spec in plan.tasks:
        spec.make()  # arguments are checked before a server is started
    described = [c for c in plan.contenders if cards and c.adapter is not None and not c.checkpoint_of]
    for contender in described:
        check_card(contender)
    plan.begin()
    with served(plan, engine, server, plan.out / "server" / "server.log") as found:
        say(f"{', '.join(c.name for c in plan.contenders)} from {found.what}")
        sightings = canary(found, _wording(plan.tasks))
        for seen in sightings:
            verdict = "is applied" if seen.applied else "cannot be told from the base"
            say(
                f"canary: {seen.name} {verdict} (log-probabilities up to {seen.difference:.2f} from the "
                f"base's; the base asked twice: {seen.noise:.1g})"
            )
        logs = {spec.label: _ask(plan, spec, found) for spec in plan.tasks}
    outcome = outcome_of(plan, found.what, tuple(sightings), logs)
    report.write(outcome, plan.out)
    for contender in described:
        fill(outcome, contender)
        say(f"{contender.adapter}: what was measured is in its README.md and training.json")
    return outcome


def outcome_of(
    plan: Plan, engine: str, sightings: tuple[Sighting, ...], logs: dict[str, dict[str, EvalLog]]
) -> Outcome:
    """Compare the logs of all tasks."""
    comparisons: list[Comparison] = []
    games: list[PlayComparison] = []
    stated = {c.name: c.target for c in plan.contenders}
    targets = {name: target if isinstance(target, Principal) else None for name, target in stated.items()}
    social = {name: target for name, target in stated.items() if isinstance(target, SocialTarget)}
    matched = [c for c in plan.contenders if c.noted.get("method") == "match"]
    gammas = {c.name: c.noted["data"]["gamma"] for c in matched if c.name not in social}
    for spec in plan.tasks:
        if spec.name == GAMES_TASK:
            played = compare_plays(spec.label, logs[spec.label], social)
            games += [] if played is None else [played]
        if spec.name != PREFERENCE_TASK:
            continue
        answers = {name: tables(log) for name, log in logs[spec.label].items()}
        for way in next(iter(answers.values())):
            say(f"comparing {spec.label}, asked by {way}")
            asked = {name: of[way] for name, of in answers.items()}
            comparisons.append(compare_models(spec.label, asked, targets, gammas))
    return Outcome(
        plan,
        engine,
        sightings,
        tuple(comparisons),
        {spec.label: shifts(logs[spec.label], _COVERED.get(spec.name, ())) for spec in plan.tasks},
        {label: {name: log.location for name, log in of.items()} for label, of in logs.items()},
        tuple(games),
    )


def shifts(logs: Mapping[str, EvalLog], without: Sequence[str] = ()) -> dict[str, tuple[Change, ...]]:
    """Model → changes of every score from the first log, the base's, corrected over all of them."""
    base, *others = logs
    found = [compare_scores(logs[base], logs[name], without) for name in others]
    return dict(zip(others, corrected(found), strict=True))


def say(text: str) -> None:
    """A line for whoever waits."""
    print(f"rebench: {text}", flush=True)


def _ask(plan: Plan, spec: TaskSpec, found: Served) -> dict[str, EvalLog]:
    """All contenders on one task: same problems, same seeds. Finished samples are kept."""
    models = {contender.name: found.model(contender) for contender in plan.contenders}
    folder = _folder(plan.out, plan.tasks.index(spec))
    task = spec.make()
    targets = {str(models[c.name]): c.target for c in plan.contenders if c.adapter is not None}
    stated = {name: target.facts() for name, target in targets.items() if isinstance(target, Principal)}
    methods = {str(models[c.name]): c.noted["method"] for c in plan.contenders if "method" in c.noted}
    total = len(models) * len(task.dataset) * (task.epochs or 1) - _finished(folder)
    with progress(f"samples of {spec.label}", total):
        done, logs = eval_set(
            task,
            log_dir=str(folder),
            log_dir_allow_dirty=True,
            model=list(models.values()),
            metadata={LOGGED: stated, LOGGED_METHOD: methods},
            retry_attempts=2,
            log_realtime=False,
            score_display=False,
            display="none",
        )
    if not done:
        failed = [log for log in logs if log.status != "success"]
        names = ", ".join(f"{log.eval.model} ({log.location})" for log in failed)
        why = next((f" {log.error.message.splitlines()[0]}" for log in failed if log.error), "")
        raise TrainingError(
            f"{spec.label}: not finished for {names}.{why} What is finished is kept: give the same command "
            "again to continue."
        )
    by_model = {log.eval.model: log for log in logs}
    if any(str(model) not in by_model for model in models.values()):
        # Inspect ends a set that Ctrl-C stopped without an error, and without the logs that were not begun.
        say("stopped; what is finished is kept: give the same command again to continue")
        raise KeyboardInterrupt
    out = {}
    for name, model in models.items():
        log = by_model[str(model)]
        out[name] = read_log(log.location)
    return out


def _finished(folder: Path) -> int:
    """Samples that an earlier, stopped run has answered."""
    if not folder.is_dir():
        return 0
    try:
        files = find([str(folder)])
    except UsageError:
        return 0
    best: dict[str, int] = {}
    for file in files:
        try:
            model = read_header(file).eval.model
            done = sum(summary.completed for summary in read_summaries(file))
        except UnusableLog as error:
            # Inspect would stop at it: under another name it is kept, and its samples are asked again.
            aside = Path(file).with_name(f"{Path(file).name}.damaged")
            Path(file).rename(aside)
            say(f"{file} cannot be read ({error}): it is kept as {aside.name}, and asked again")
            continue
        best[model] = max(best.get(model, 0), done)
    return sum(best.values())


def _folder(out: Path, place: int) -> Path:
    return out / "logs" / f"{place + 1:02d}"


def _wording(tasks: Sequence[TaskSpec]) -> str:
    """The first wording that a task of choices is put in."""
    for spec in tasks:
        given: Any = dict(spec.arguments).get("wording")
        if given is not None:
            first = given[0] if isinstance(given, list) else given
            return "plain" if first == "all" else str(first)
    return "plain"
