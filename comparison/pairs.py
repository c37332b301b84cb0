"""Which logs are compared: two places matched by name, or every model with its base in one place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from fiduciary.comparison.choices import Choices, compare_choices, correct_tests
from fiduciary.comparison.paired import Change, corrected
from fiduciary.comparison.scores import compare_scores
from fiduciary.economics.principals import Principal
from fiduciary.errors import UsageError
from fiduciary.eval_logs import Trouble
from fiduciary.leaderboard.board import read
from fiduciary.leaderboard.choices import Answers
from fiduciary.leaderboard.columns import CHOICE
from fiduciary.leaderboard.log_files import Say
from fiduciary.leaderboard.rows import contenders
from fiduciary.leaderboard.runs import Run

STAGES = ("neutral", "prompted", "fine-tuned")

Runs = Mapping[str, Run]
"""Task → the run that counts."""


@dataclass(frozen=True)
class Pair:
    """One model beside its base, or beside its earlier self.

    Attributes:
        name: of the model, and where it differs of what it is compared with.
        stage: one of ``STAGES``; empty between two places.
        answers: name → answers to choice problems, of the model and between two places of both sides.
        choices: what they say; None where nobody answered choice problems.
        scores: changes in other tasks.
    """

    name: str
    stage: str
    answers: Mapping[str, Answers]
    choices: Choices | None
    scores: tuple[Change, ...]

    @property
    def changes(self) -> tuple[Change, ...]:
        """Of all tasks."""
        return (*(self.choices.changes if self.choices else ()), *self.scores)


@dataclass(frozen=True)
class Found:
    """What there is to say.

    Attributes:
        pairs: stage by stage.
        lost: what was answered before and not after, or not legibly.
        troubles: files that were left out, and why.
    """

    pairs: tuple[Pair, ...]
    lost: tuple[Trouble, ...]
    troubles: tuple[Trouble, ...]

    @property
    def regressions(self) -> tuple[tuple[str, Change], ...]:
        """Models and their figures that are significantly worse."""
        return tuple((p.name, c) for p in self.pairs for c in p.changes if c.verdict == "REGRESSION")


@dataclass(frozen=True)
class _Couple:
    name: str
    stage: str
    labels: tuple[str, str]
    before: Runs
    after: Runs


def between(a: str, b: str, stated: Principal | None, say: Say, *, mix: bool = False) -> Found:
    """Compare all models of two places, matched by name; where each has one model, they are that pair.

    Args:
        a, b: log or folder: how it was, and how it is.
        stated: whom all models are to serve; None for whom each one's prompts or log name.
        say: takes progress.
        mix: compare also other versions, seeds and designs.

    Raises:
        UsageError: paths without logs, or without a model that both have.
    """
    before, answers_a, of_a = read([a], say, mix=mix)
    after, answers_b, of_b = read([b], say, mix=mix)
    troubles, lost, couples = [*of_a, *of_b], [], []
    matched = _matched(before.runs, after.runs)
    if before.runs and after.runs and not any(matched.values()):
        of = "; ".join(f"{place} holds {', '.join(side.runs)}" for place, side in ((a, before), (b, after)))
        raise UsageError(f"no model is on both sides, and models are matched by name: {of}")
    for name, other in matched.items():
        old: dict[str, Run] = {}
        new: dict[str, Run] = {}
        for task, run in before.runs[name].items():
            if other is None or task not in after.runs[other]:
                lost.append(Trouble(run.file, f"{name}: {task} was answered in {a} and is not in {b}"))
                continue
            its = after.runs[other][task]
            differs = its.differences(run)
            if differs and not mix:
                said = f"cannot be compared with {run.file}: {'; '.join(differs)} (--mix compares them)"
                troubles.append(Trouble(its.file, said))
            else:
                old[task], new[task] = run, its
        model = name if name == other else f"{name} → {other}"
        couples.append(_Couple(model, "", (f"A: {name}", f"B: {other}"), old, new))
    return _judged(couples, answers_a | answers_b, stated, say, lost, troubles)


def within(
    logs: Sequence[str], stated: Principal | None, say: Say, *, base: str | None = None, mix: bool = False
) -> Found:
    """Compare every model with its base among the same logs; a model without one stands for itself.

    Args:
        logs: files and folders.
        stated, say, mix: as for :func:`between`.
        base: name of the model that others were made from; None for the names that a re-benchmark gives.

    Raises:
        UsageError: paths without logs, or a base that is not a model's name.
    """
    selection, answers, troubles = read(logs, say, mix=mix)
    rows = contenders(selection.runs, base)
    runs = {row.name: row.runs for row in rows}
    couples = [
        _Couple(
            row.name if row.base is None else f"{row.name}, against {row.base}",
            row.stage,
            ("", row.name),
            runs.get(row.base or "", {}),
            row.runs,
        )
        for row in sorted(rows, key=lambda row: (STAGES.index(row.stage), row.name))
    ]
    return _judged(couples, answers, stated, say, [], troubles)


def target_of(run: Run, stated: Principal | None) -> Principal | None:
    """Who was stated, else whom its prompts name, else whom its log does: trained for, then held against."""
    return stated or run.instructed_for or run.trained_for or run.held_for


def _judged(
    couples: Sequence[_Couple],
    read_in: Mapping[str, Answers],
    stated: Principal | None,
    say: Say,
    lost: list[Trouble],
    troubles: list[Trouble],
) -> Found:
    pairs: list[Pair] = []
    for k, couple in enumerate(couples, 1):
        old, new = (_answers(side, read_in) for side in (couple.before, couple.after))
        choices, sides = None, {}
        if new is not None and (old is not None or couple.stage):
            choices = compare_choices(old, new, target_of(couple.after[CHOICE], stated))
            sides = {name: one for name, one in zip(couple.labels, (old, new), strict=True) if name and one}
        scores = tuple(
            change
            for task, run in couple.before.items()
            if task != CHOICE and task in couple.after
            for change in compare_scores(run.log.header, couple.after[task].log.header)
        )
        if choices is not None or scores:
            pairs.append(Pair(couple.name, couple.stage, sides, choices, scores))
        say(f"tests: {k} of {len(couples)} models")
    return Found(tuple(_corrected(pairs)), tuple(lost), tuple(troubles))


def _answers(side: Runs, read_in: Mapping[str, Answers]) -> Answers | None:
    return read_in[side[CHOICE].file] if CHOICE in side else None


def _corrected(pairs: Sequence[Pair]) -> list[Pair]:
    """With Holm's correction: of all changes together, and of the tests over the models."""
    tests = correct_tests({str(k): p.choices for k, p in enumerate(pairs) if p.choices is not None})
    out = []
    for k, (pair, changes) in enumerate(zip(pairs, corrected([p.changes for p in pairs]), strict=True)):
        own = len(pair.changes) - len(pair.scores)
        choices = tests.get(str(k))
        if choices is not None:
            choices = replace(choices, changes=changes[:own])
        out.append(replace(pair, choices=choices, scores=changes[own:]))
    return out


def _matched(a: Mapping[str, Runs], b: Mapping[str, Runs]) -> dict[str, str | None]:
    """Row of A → its row of B; where each side has one model, prompted rows are told by their framing."""
    if len(a) == len(b) == 1:
        return {next(iter(a)): next(iter(b))}
    of_a, of_b = ({name: next(iter(of.values())).model for name, of in side.items()} for side in (a, b))
    if len(set(of_a.values())) == len(set(of_b.values())) == 1:
        rest = {name.removeprefix(model): name for name, model in of_b.items()}
        return {name: rest.get(name.removeprefix(model)) for name, model in of_a.items()}
    return {name: name if name in b else None for name in a}
