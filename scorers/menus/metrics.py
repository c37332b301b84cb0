"""How many menus were left unanswered, by size; and whether the place decides.

What larger menus and decoys do to choices: independence, regularity, attraction, overload.
"""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from typing import NamedTuple

import numpy as np
from inspect_ai.scorer import Metric, SampleScore, Value, metric

from fiduciary.economics.arrays import FloatArray, IntArray
from fiduciary.economics.consistency.menus import (
    MenuCounts,
    MenuTest,
    attraction_effects,
    best_shares,
    iia_test,
    logit_distance,
    regularity_test,
    rises_by_set,
)
from fiduciary.economics.inference import Interval, ratio
from fiduciary.scorers.grounds import menu_grounds
from fiduciary.scorers.metrics.clustered import NAN, bias, groups_of, with_error
from fiduciary.scorers.metrics.reads import told
from fiduciary.scorers.pairs import by_probability
from fiduciary.scorers.recent import Recent


@metric(scores="unreduced")
def menu_answers() -> Metric:
    """``missing`` answers, by reason and by menu size; ``first_excess``; ``mass_outside``.

    ``missing_2`` and ``missing_5`` (or the largest size asked) show whether larger menus are refused
    more often. ``first_excess`` is the share of choices of the option shown first minus 1/(options):
    every option is first equally often, so that without an effect of place it is 0; one option set shows
    none. ``mass_outside``, with ``choose`` and ``explain``, is the mean probability outside the labels.
    Standard errors are clustered by option set.
    """

    def compute(scores: list[SampleScore]) -> Value:
        missing: list[bool] = []
        sizes: list[int] = []
        clusters: list[str] = []
        first: list[float] = []
        valid_clusters: list[str] = []
        outside: list[float] = []
        reasons: Counter[str] = Counter()
        for item, group in zip(scores, groups_of(scores), strict=True):
            for answer in (item.score.metadata or {}).get("answers", []):
                order, valid = answer["order"], answer["reason"] is None
                missing.append(not valid)
                sizes.append(len(order))
                clusters.append(group)
                if answer["outside"] is not None:
                    outside.append(answer["outside"])
                if valid:
                    first.append(answer["shares"][0] - 1 / len(order))
                    valid_clusters.append(group)
                else:
                    reasons[str(answer["reason"])] += 1
        rate, excess = ratio(missing, 1.0, clusters), ratio(first, 1.0, valid_clusters)
        out = with_error("missing", rate)
        for reason, count in sorted(reasons.items()):
            out[f"missing_{reason.replace(' ', '_')}"] = count / len(missing)
        for size in sorted({min(sizes), max(sizes)}) if sizes else ():
            lost = [lost for lost, of in zip(missing, sizes, strict=True) if of == size]
            out[f"missing_{size}"] = sum(lost) / len(lost)
        if outside:
            out["mass_outside"] = sum(outside) / len(outside)
        return {**out, **bias("first_excess", excess)}

    return compute


DRAWS = 199
_SEED = 0x11A
_tested = Recent[tuple[MenuTest, MenuTest]]()

_TESTS = ("iia_ratio", "iia_p", "regularity_ratio", "regularity_p")
_EFFECTS = ("dominated", "attraction", "overload")


class Gathered(NamedTuple):
    """Choices of a run.

    Attributes:
        plain: menus without a decoy; one table for each kind of sets that have the same menus.
        decoys: (S, 2, 3), choices of a, b and the decoy, with a's decoy and with b's.
        groups: name of each set, (S,), in the order of ``decoys``.
        by_probability: whether both are sums of probabilities (``choose``) and not counts.
    """

    plain: MenuCounts
    decoys: FloatArray | IntArray
    groups: tuple[str, ...]
    by_probability: bool


@metric(scores="unreduced")
def menu_effects() -> Metric:
    """Numbers over all option sets.

    - ``rises``: share of comparisons in which an option's share is larger in the larger menu;
    - ``dominated``: share of answers to menus with a decoy that take it; ``attraction``: by how much a
      decoy moves choices towards the option that dominates it;
    - ``overload``: share of the option that the logit has for the likeliest, minus its fitted share, in
      the largest menus, minus the same in pairs; negative where larger menus are answered worse.

    Of counted answers also two tests:

    - ``iia_ratio``: likelihood ratio of menu-specific choice probabilities against one logit for all
      menus of a set, divided by its mean under the logit (1 means independence of irrelevant
      alternatives); ``iia_p`` its p-value;
    - ``regularity_ratio`` and ``regularity_p``: the one-sided test whether there are more and greater
      rises than noise makes.

    With ``choose`` shares are probabilities, which are not sampled, and in place of the tests stand sizes:

    - ``logit_distance``: total variation between a menu's shares and one logit's, averaged over menus;
    - ``rise``: by how much shares rise in the larger menu, averaged over all comparisons.

    Standard errors are clustered by option set. All but ``dominated`` are NaN where the answers are no ground
    for them (``scorers/grounds.py``).
    """

    def compute(scores: list[SampleScore]) -> Value:
        gathered = gather(scores)
        if gathered is None:
            return dict.fromkeys(("rises", *_EFFECTS), NAN)
        data, groups = gathered.plain, gathered.groups
        above, risen, compared = rises_by_set(data)
        out = with_error("rises", ratio(above, compared, groups))
        if gathered.by_probability:
            out |= with_error("rise", ratio(risen, compared, groups))
            out |= with_error("logit_distance", _mean(logit_distance(data), groups))
        else:
            independence, regularity = _tests(data)
            values = (_over(independence), independence.p_value, _over(regularity), regularity.p_value)
            out |= dict(zip(_TESTS, values, strict=True))
        decoys = gathered.decoys
        out |= with_error("dominated", ratio(decoys[:, :, 2].sum(axis=1), decoys.sum(axis=(1, 2)), groups))
        out |= with_error("attraction", _mean(attraction_effects(decoys), groups))
        out |= with_error("overload", _mean(overload(data), groups))
        found = menu_grounds(scores)
        if found.withheld is not None:
            out = {name: value if name.startswith("dominated") else NAN for name, value in out.items()}
        return {name: float(value) for name, value in out.items()} | told(found)

    return compute


def gather(scores: list[SampleScore]) -> Gathered | None:
    """Choices from all option sets, epochs added up; None without scores.

    Options of each set are put into the order of its chain of menus, so that all sets have the same
    menus. Sets are sorted by name: simulations must not depend on which sample finished first.

    Raises:
        ValueError: sets of different sizes or ways of asking, which no single run holds.
    """
    by_set: dict[str, list[SampleScore]] = {}
    for item, group in zip(scores, groups_of(scores), strict=True):
        by_set.setdefault(group, []).append(item)
    if not by_set:
        return None
    sizes = {int((s.sample_metadata or {})["size"]) for s in scores}
    if len(sizes) > 1:
        raise ValueError(f"option sets differ in size: {', '.join(map(str, sorted(sizes)))}")
    size = sizes.pop()
    ways = {str((s.sample_metadata or {})["elicitation"]) for s in scores}
    if len(ways) > 1:
        raise ValueError(f"option sets differ in elicitation: {', '.join(sorted(ways))}")
    soft = by_probability(ways.pop())
    menus: list[tuple[int, ...]] = list(combinations(range(size), 2))
    menus += [tuple(range(k)) for k in range(3, size + 1)]
    place = {menu: number for number, menu in enumerate(menus)}
    counts = np.zeros((len(by_set), len(menus), size))
    decoys = np.zeros((len(by_set), 2, 3))
    by_set = dict(sorted(by_set.items()))
    for row, items in enumerate(by_set.values()):
        metadata = items[0].sample_metadata or {}
        chain = _chain(metadata["questions"], size)
        a, b = metadata["pair"]
        column = {option: number for number, option in enumerate(chain)}
        for answer in (answer for item in items for answer in (item.score.metadata or {})["answers"]):
            shares, shown = answer["shares"], answer["order"]
            if shares is None:
                continue
            if max(shown) >= size:
                decoys[row, max(shown) - size, [[a, b, max(shown)].index(own) for own in shown]] += shares
            else:
                menu = tuple(sorted(column[option] for option in shown))
                counts[row, place[menu], [column[own] for own in shown]] += shares
    if soft:
        return Gathered(MenuCounts(tuple(menus), counts), decoys, tuple(by_set), soft)
    whole = MenuCounts(tuple(menus), counts.astype(np.int64))
    return Gathered(whole, decoys.astype(np.int64), tuple(by_set), soft)


def _chain(questions: dict[str, str], size: int) -> list[int]:
    """A set's options in the order in which its larger menus take them in."""
    shown = {frozenset(int(part) for part in name.split("-")) for name in questions}
    larger = sorted((menu for menu in shown if len(menu) >= 3 and max(menu) < size), key=len)
    chain = sorted(larger[0])
    for menu in larger[1:]:
        chain += sorted(menu - set(chain))
    return chain


def _tests(data: MenuCounts) -> tuple[MenuTest, MenuTest]:
    """Independence of irrelevant alternatives, and regularity."""

    def find() -> tuple[MenuTest, MenuTest]:
        rng = np.random.default_rng(_SEED)
        return iia_test(data, rng, DRAWS), regularity_test(data, rng, DRAWS)

    return _tested.of((data.counts.tobytes(), data.counts.shape, data.menus), find)


def _over(test: MenuTest) -> float:
    return test.statistic / test.expected if test.expected > 0 else NAN


def overload(data: MenuCounts) -> FloatArray:
    """Shortfall of the likeliest option in the largest menus against pairs, each set's (S,); NaN without."""
    by_size = best_shares(data)
    gaps = []
    for size in (max(by_size), min(by_size)):
        hits, expected, answers = by_size[size]
        gaps.append(np.divide(hits - expected, answers, out=np.full(len(hits), NAN), where=answers > 0))
    return np.asarray(gaps[0] - gaps[1])


def _mean(values: FloatArray, groups: tuple[str, ...]) -> Interval:
    """Mean over the sets that have a value."""
    known = np.isfinite(values)
    return ratio(values[known], 1.0, [g for g, k in zip(groups, known, strict=True) if k])
