"""The answers under every framing, laid out problem by problem."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from inspect_ai.log import EvalLog
from inspect_ai.scorer import SampleScore

from fiduciary.economics.arrays import BoolArray, FloatArray
from fiduciary.economics.inference import LEVEL, Interval, mean
from fiduciary.economics.inference.grounds import Grounds
from fiduciary.economics.losses import losses
from fiduciary.economics.principals import Principal
from fiduciary.economics.reach import HeldOut, held_out
from fiduciary.scorers.choice_table import Table, table
from fiduciary.scorers.grounds import grounds
from fiduciary.scorers.rows import required, scored_rows

SCORER = "framed_choice"
"""Name under which logs hold the scores."""

PLAIN, STATED = "plain", "stated_utility"
"""Kinds of framings that are no contexts: one sentence alone, and the principal's utility in words."""

METADATA = ("framing", "kind", "half", "problem", "principal")


@dataclass(frozen=True)
class Service:
    """What decisions lose in a principal's utility, dollars a decision.

    Attributes:
        plain: under the plain framing.
        stated: with the utility stated; without a value where it is not this principal's.
        best: under the best framing, held out, and what it saves beside the plain one; None where no framing
            was answered well enough.
        beyond: what the stated utility saves beside the best framing.
        names: the framing chosen on the first half, and that on the second.
    """

    plain: Interval
    stated: Interval
    best: HeldOut | None
    beyond: Interval
    names: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class FramedTable:
    """Answers to the same problems under several framings.

    Attributes:
        answers: all of them; clusters are problems.
        kinds: framing → kind, in the order asked.
        problems: (n,), labels.
        first: (n,), whether a problem is of the first half.
        principal: whom the framings are to serve.
    """

    answers: Table
    kinds: Mapping[str, str]
    problems: tuple[str, ...]
    first: BoolArray
    principal: Principal

    def grounds(self) -> Grounds:
        """On what the figures rest; a problem under a framing is a question, with an order of its own."""
        asked = np.char.add(np.char.add(self.answers.framing, ":"), self.answers.groups)
        return grounds(replace(self.answers, groups=asked))

    def under(self, framing: str) -> Table:
        """The answers under one framing."""
        return self.answers.rows(np.asarray(self.answers.framing == framing))

    def losses(self, principal: Principal) -> dict[str, FloatArray]:
        """Framing → (n,), what each problem's answers lose on average, dollars; NaN where all are missing."""
        data = self.answers
        regret = losses(data.welfare, data.shares(), principal.at(data.shift)).regret
        column = np.array([self.problems.index(group) for group in data.groups])
        out = {}
        for framing in self.kinds:
            there = (data.framing == framing) & np.isfinite(regret)
            counts = np.bincount(column[there], minlength=len(self.problems))
            sums = np.bincount(column[there], weights=regret[there], minlength=len(self.problems))
            out[framing] = np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
        return out

    def service(self, principal: Principal, level: float = LEVEL) -> Service:
        """What the framings lose in a principal's utility."""
        found = self.losses(principal)
        contexts = [name for name, kind in self.kinds.items() if kind != STATED]
        told = next((name for name, kind in self.kinds.items() if kind == STATED), None)
        stated = found[told] if told is not None and principal.same(self.principal) else None
        plain = next((name for name, kind in self.kinds.items() if kind == PLAIN), None)
        rows = np.array([found[name] for name in contexts])
        clusters = np.array(self.problems)

        def best(beside: FloatArray | None) -> HeldOut | None:
            return held_out(rows, self.first, clusters, beside, level) if len(rows) else None

        chosen = best(found[plain] if plain is not None else None)
        against = best(stated) if stated is not None else None
        return Service(
            _mean(found[plain], clusters, level) if plain is not None else Interval(),
            _mean(stated, clusters, level) if stated is not None else Interval(),
            chosen,
            _reversed(against.saved) if against is not None else Interval(),
            tuple(contexts[f] for f in chosen.chosen) if chosen is not None else (),
        )


def framed_table(scores: Sequence[SampleScore] | EvalLog) -> FramedTable:
    """Lay out the scores of ``scorers.reachable.scorer.framed_choice``.

    Raises:
        ValueError: no samples, or metadata that scoring needs are missing.
    """
    answers = table(scores, SCORER)
    kinds: dict[str, str] = {}
    half: dict[str, str] = {}
    facts: object = None
    for sample, metadata, _ in scored_rows(scores, SCORER, {}):
        about = required(metadata, METADATA, sample, "tasks/reachable")
        kinds[str(about["framing"])] = str(about["kind"])
        half[str(about["problem"])] = str(about["half"])
        facts = about["principal"]
    if not isinstance(facts, Mapping):
        raise ValueError("the samples do not say whom the framings are to serve")
    # Results must not depend on which sample finished first.
    order = sorted(kinds, key=lambda name: (kinds[name] == STATED, kinds[name] != PLAIN, kinds[name], name))
    problems = tuple(sorted(half))
    return FramedTable(
        answers,
        {name: kinds[name] for name in order},
        problems,
        np.array([half[problem] == min(half.values()) for problem in problems]),
        Principal.of_facts(facts),
    )


def _mean(losses: FloatArray, clusters: np.ndarray, level: float) -> Interval:
    there = np.isfinite(losses)
    return mean(losses[there], clusters[there], level)


def _reversed(one: Interval) -> Interval:
    """The same the other way round."""
    return Interval(-one.value, -one.high, -one.low, one.stderr, one.level, one.units, one.reason)
