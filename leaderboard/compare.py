"""Whether B is worse than A, metric by metric, with tests: a guard for models, scorers and CI.

    fiduciary compare before.eval after.eval
    fiduciary compare logs/main logs/branch --fail-on regression --format github

A and B are logs or folders of them. Models are matched by name; where each side has one, they are that pair,
its prompted rows matched by their framing.
Tests, two-sided at 5 % after Holm's correction over everything that was tested: for choices, paired on the
problems that both answered (regret, best choices and missing answers clustered by problem; θ and ρ by Wald
with stacked clusters; and an exact exchange test of "A and B choose alike", free of any model). Where one of
them is not shown to read, or too little was measured, that is said and only missing answers and the exchange
test are left. For other tasks z of both standard errors, or for shares without one the pooled test
of two proportions with samples as units, which is conservative; where nothing has any spread, the sign test
or the permutation test that is left. A regression is a metric with a better direction that is significantly
worse, or a task that A answered and B did not answer, or not legibly.

Exit codes: 0; 1 with --fail-on regression if there is one; 2 if nothing can be compared.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy
from rich.console import Console
from rich.table import Table
from rich.text import Text

from fiduciary.economics.estimation import wald_test
from fiduciary.economics.inference import holm, ratio
from fiduciary.economics.inference.paired_exchange import alike
from fiduciary.economics.principals import Principal
from fiduciary.errors import UsageError
from fiduciary.leaderboard import build, terminal
from fiduciary.leaderboard.board import by_problem, lay_out, read
from fiduciary.leaderboard.cells import raw
from fiduciary.leaderboard.choices import NO_ESTIMATE, Answers, read_all
from fiduciary.leaderboard.columns import CHOICE, COLUMNS, Column
from fiduciary.leaderboard.github import as_github
from fiduciary.leaderboard.log_files import Say, Trouble
from fiduciary.leaderboard.outputs import number
from fiduciary.leaderboard.runs import Run
from fiduciary.options import add_principal
from fiduciary.safe_text import one_line
from fiduciary.scorers.grounds import shown

ALPHA = 0.05


@dataclass(frozen=True)
class Compared:
    """What there is to say.

    Attributes:
        changes: metric by metric.
        lost: what A answered and B did not.
        troubles: files that were left out, and why.
        grounds: sentences on whether A and B read and were measured, and whether they choose alike.
    """

    changes: tuple[Change, ...]
    lost: tuple[Trouble, ...]
    troubles: tuple[Trouble, ...]
    grounds: tuple[str, ...]


@dataclass(frozen=True)
class Change:
    """One metric of one model, before and after.

    Attributes:
        model: its name in A, and in B where that differs.
        before, after: values on what was compared.
        difference: after − before.
        stderr: of the difference; NaN where there is none.
        p_value: two-sided; NaN where nothing could be tested.
        adjusted: the same after Holm's correction.
        test: which one.
    """

    model: str
    column: Column
    before: float
    after: float
    difference: float
    stderr: float
    p_value: float
    test: str
    adjusted: float = math.nan

    @property
    def verdict(self) -> str:
        """What the test says."""
        if math.isnan(self.p_value):
            return "no change shown" if self.difference == 0 else "not tested"
        if not self.adjusted < ALPHA:
            return "no change shown"
        if self.column.better is None:
            return "changed"
        better = (self.difference > 0) == (self.column.better == "higher")
        return "better" if better else "REGRESSION"


def main(argv: Sequence[str]) -> int:
    """Compare, print and return the exit code."""
    parser = argparse.ArgumentParser(
        prog="fiduciary compare",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("a", metavar="A", help="log or folder: how it was")
    parser.add_argument("b", metavar="B", help="log or folder: how it is")
    parser.add_argument("--fail-on", choices=["regression"], help="exit with 1 if there is a regression")
    parser.add_argument("--format", choices=["terminal", "github"], default="terminal")
    add_principal(parser, build.SERVED)
    parser.add_argument("--mix", action="store_true", help="compare also other versions, seeds and designs")
    options = parser.parse_args(argv)
    console, progress = Console(), Console(stderr=True)
    principal = build.served(options)
    found = compare(options.a, options.b, principal, mix=options.mix, say=build.sayer(progress))
    if not found.changes and not found.lost:
        terminal.print_troubles(found.troubles, progress)
        raise UsageError(f"{options.a} and {options.b} hold nothing that could be compared")
    if options.format == "github":
        print(as_github(found, principal))
    else:
        _print(found, principal, console)
        terminal.print_troubles(found.troubles, progress)
    regressed = any(change.verdict == "REGRESSION" for change in found.changes)
    return 1 if options.fail_on and (regressed or found.lost) else 0


def compare(a: str, b: str, principal: Principal, *, mix: bool, say: Say) -> Compared:
    """Compare all models of two folders, task by task."""
    before, of_a = read([a], say, mix=mix)
    after, of_b = read([b], say, mix=mix)
    troubles = [*of_a, *of_b]
    lost: list[Trouble] = []
    pairs: list[tuple[str, Run, Run]] = []
    for name, other in _matched(before.runs, after.runs).items():
        model = name if name == other else f"{name} → {other}"
        for task, run in before.runs[name].items():
            if other is None or task not in after.runs[other]:
                lost.append(Trouble(run.file, f"{name}: {task} was answered in {a} and is not in {b}"))
                continue
            new = after.runs[other][task]
            differs = new.differences(run)
            if differs and not mix:
                said = f"cannot be compared with {run.file}: {'; '.join(differs)} (--mix compares them)"
                troubles.append(Trouble(new.file, said))
                continue
            pairs.append((model, run, new))
    files = [run.file for _, *both in pairs for run in both if run.task == CHOICE]
    answers = read_all(list(dict.fromkeys(files)), 0.95, say)
    changes: list[Change] = []
    grounds: list[str] = []
    for model, old, new in pairs:
        if old.task != CHOICE:
            changes += other_changes(model, old, new)
            continue
        first, second = answers[old.file], answers[new.file]
        if isinstance(first, str):
            troubles.append(Trouble(old.file, f"its samples cannot be read: {first}"))
        elif isinstance(second, str):
            lost.append(Trouble(new.file, f"{model}: {CHOICE} cannot be read from {new.file}: {second}"))
        if not isinstance(first, str) and not isinstance(second, str):
            grounds += _grounds(model, first, second)
            changes += choice_changes(model, first, second, principal)
    adjusted = holm([change.p_value for change in changes]).tolist()
    corrected = (replace(change, adjusted=p) for change, p in zip(changes, adjusted, strict=True))
    return Compared(tuple(corrected), tuple(lost), tuple(troubles), tuple(grounds))


def _grounds(model: str, old: Answers, new: Answers) -> Iterator[str]:
    """Whether each side reads and was measured."""
    for side, one in (("A", old), ("B", new)):
        for sentence in one.grounds.sentences:
            yield f"{model}, {side}: {sentence}"


def _matched(a: Mapping[str, Mapping[str, Run]], b: Mapping[str, Mapping[str, Run]]) -> dict[str, str | None]:
    """Row of A → its row of B; where each side has one model, prompted rows are told by their framing."""
    if len(a) == len(b) == 1:
        return {next(iter(a)): next(iter(b))}
    of_a, of_b = ({name: next(iter(of.values())).model for name, of in side.items()} for side in (a, b))
    if len(set(of_a.values())) == len(set(of_b.values())) == 1:
        rest = {name.removeprefix(model): name for name, model in of_b.items()}
        return {name: rest.get(name.removeprefix(model)) for name, model in of_a.items()}
    return {name: name if name in b else None for name in a}


def choice_changes(model: str, old: Answers, new: Answers, principal: Principal) -> Iterator[Change]:
    """Paired on problems."""
    columns = {c.key.partition(".")[2]: c for c in COLUMNS if c.task == CHOICE}
    problems = lay_out({"a": old, "b": new})
    assert problems is not None
    yield from _alike(model, columns["reads"], old, new)
    yield from _more_missing(model, columns["missing"], problems.ids, old, new)
    if old.grounds.withheld is not None or new.grounds.withheld is not None:
        return
    utility = principal.at(problems.shift)
    a, b = (by_problem(problems, one, utility) for one in (old, new))
    both = np.isfinite(a.regret) & np.isfinite(b.regret)
    how = f"paired on {int(both.sum())} problems"
    parts = {
        "regret": (a.regret, b.regret, np.ones(len(both))),
        "loss_share": (a.regret, b.regret, a.stake),
        "consistent": (a.best, b.best, np.ones(len(both))),
    }
    for name, (x, y, weight) in parts.items():
        if both.any():
            yield _paired(model, columns[name], x[both], y[both], weight[both], how)
    if old.fit is None or new.fit is None:
        return
    try:
        test = wald_test(new.fit, old.fit)
    except NO_ESTIMATE:
        return
    for name, (difference, error, _, p) in test.z.items():
        if name in columns:
            values = old.fit.estimate(name), new.fit.estimate(name)
            yield Change(model, columns[name], *values, difference, error, p, "Wald, paired by problem")


def _alike(model: str, column: Column, old: Answers, new: Answers) -> Iterator[Change]:
    """Whether both choose alike, where they were shown the same problems in the same orders."""
    found = alike(shown(old.data), shown(new.data))
    if not found.n:
        return
    title = "choices that differ"
    differs = replace(column, key=f"{CHOICE}.alike", title=title, format="percent", unit="share")
    how = f"exact exchange by problem, {found.n} problems"
    yield Change(model, differs, math.nan, math.nan, found.distance, math.nan, found.p_value, how)


def _more_missing(
    model: str, column: Column, ids: Sequence[str], old: Answers, new: Answers
) -> Iterator[Change]:
    lost = [_missing(ids, one) for one in (old, new)]
    asked = np.isfinite(lost[0]) & np.isfinite(lost[1])
    n = int(asked.sum())
    if n:
        yield _paired(model, column, lost[0][asked], lost[1][asked], np.ones(n), f"paired on {n} problems")


def _paired(
    model: str,
    column: Column,
    a: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    b: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    weight: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    how: str,
) -> Change:
    groups = [str(k) for k in range(len(a))]
    before, after = ratio(a, weight, groups).value, ratio(b, weight, groups).value
    moved = ratio(b - a, weight, groups)
    p = _p_value(moved.value, moved.stderr)
    if moved.value and not moved.stderr > 0:
        # Every problem moved alike, so no spread can be told, but without a change signs are exchangeable.
        p, how = 2.0 ** (1 - len(a)), f"sign test on {len(a)} problems"
    return Change(model, column, before, after, moved.value, moved.stderr, p, how)


def _missing(ids: Sequence[str], answers: Answers) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Share of answers missing for each problem; NaN where it was not asked."""
    place = {name: k for k, name in enumerate(ids)}
    places = np.array([place[str(group)] for group in answers.data.groups])
    asked = np.bincount(places, minlength=len(ids))
    with np.errstate(invalid="ignore"):
        return np.asarray(np.bincount(places, answers.missing.astype(float), minlength=len(ids)) / asked)


def other_changes(model: str, old: Run, new: Run) -> Iterator[Change]:
    """From the metrics that logs hold."""
    for column in COLUMNS:
        if column.task != old.task or column.scorer is None:
            continue
        (before, error_a, n_a), (after, error_b, n_b) = (raw(column, r.log.header) for r in (old, new))
        if before is None or after is None:
            continue
        moved = after - before
        if column.unit == "share" and not (error_a and error_b):
            pooled = (n_a * before + n_b * after) / max(n_a + n_b, 1)
            error = math.sqrt(max(pooled * (1 - pooled), 0.0) * (1 / max(n_a, 1) + 1 / max(n_b, 1)))
            yield Change(
                model, column, before, after, moved, error, _p_value(moved, error), "pooled proportions"
            )
        elif error_a is None or error_b is None:
            yield Change(model, column, before, after, moved, math.nan, math.nan, "no standard error")
        elif moved and error_a == error_b == 0:
            # All alike before and all alike after: of all ways to divide the units this one and its mirror.
            p = min(1.0, 2 / math.comb(n_a + n_b, n_a))
            yield Change(model, column, before, after, moved, math.nan, p, "permutation of units")
        else:
            error = math.hypot(error_a, error_b)
            yield Change(model, column, before, after, moved, error, _p_value(moved, error), "unpaired z")


def _p_value(moved: float, error: float) -> float:
    if moved == 0:
        return 1.0
    if math.isnan(moved) or not error > 0:
        return math.nan
    return float(2 * scipy.stats.norm.sf(abs(moved) / error))


def _print(found: Compared, principal: Principal, console: Console) -> None:
    changes, lost = found.changes, found.lost
    for sentence in found.grounds:
        console.print(Text(one_line(sentence)), soft_wrap=True)
    console.print(Text(f"Principal {principal.title}"))
    shown = [c for c in changes if c.column.task == CHOICE or c.verdict != "no change shown"]
    shown = [c for c in shown if c.column.better is not None or c.verdict != "no change shown"]
    for model in dict.fromkeys(c.model for c in changes):
        table = Table(title=Text(one_line(model)), title_justify="left", show_edge=False, pad_edge=False)
        for heading in ("metric", "A", "B", "B − A", "s.e.", "p, Holm", "verdict", "test"):
            table.add_column(heading, overflow="fold")
        for change in shown:
            if change.model == model:
                table.add_row(*map(Text, _cells(change)))
        console.print(table if table.row_count else Text(f"{one_line(model)}: no change shown"))
    hidden = len(changes) - len(shown)
    if hidden:
        console.print(f"{hidden} further metrics show no change", highlight=False)
    for trouble in lost:
        console.print(Text("REGRESSION: " + one_line(trouble.problem), style="bold red"))
    tested = sum(not math.isnan(c.p_value) for c in changes)
    console.print(
        f"{tested} tests, two-sided, {ALPHA:.0%} after Holm's correction over all of them.", highlight=False
    )


def _cells(change: Change) -> list[str]:
    form, error = change.column.format, change.stderr
    return [
        label(change.column),
        number(change.before, form),
        number(change.after, form),
        number(change.difference, form),
        "–" if math.isnan(error) else number(error, form),
        p_text(change.adjusted),
        change.verdict,
        change.test,
    ]


def label(column: Column) -> str:
    """A metric's name where no heading stands above it."""
    return f"missing: {column.title}" if column.key.endswith(".missing") else column.title


def p_text(p: float) -> str:
    """A p-value as people read it."""
    if math.isnan(p):
        return "–"
    return "< .001" if p < 0.001 else f"{p:.3f}"
