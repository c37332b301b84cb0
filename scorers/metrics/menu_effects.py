"""What larger menus and decoys do to choices: independence, regularity, attraction, overload."""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from inspect_ai.scorer import Metric, SampleScore, Value, metric

from fiduciary.economics.consistency.menus import (
    MenuCounts,
    MenuTest,
    attraction_effects,
    best_shares,
    iia_test,
    regularity_test,
    rises,
)
from fiduciary.scorers.metrics._clustered import NAN, groups_of, ratio

IntArray = npt.NDArray[np.int64]

DRAWS = 199
_SEED = 0x11A

_NAMES = (
    "iia_ratio",
    "iia_p",
    "rises",
    "regularity_ratio",
    "regularity_p",
    "dominated",
    "dominated_stderr",
    "attraction",
    "attraction_stderr",
    "overload",
    "overload_stderr",
)


class Gathered(NamedTuple):
    """Choices of a run.

    Attributes:
        plain: menus without a decoy; one table for each kind of sets that have the same menus.
        decoys: (S, 2, 3), choices of a, b and the decoy, with a's decoy and with b's.
        groups: name of each set, (S,), in the order of ``decoys``.
    """

    plain: MenuCounts
    decoys: IntArray
    groups: tuple[str, ...]


@metric(scores="unreduced")
def menu_effects() -> Metric:
    """Numbers over all option sets.

    - ``iia_ratio``: likelihood ratio of menu-specific choice probabilities against one logit for all
      menus of a set, divided by its mean under the logit (1 means independence of irrelevant
      alternatives); ``iia_p`` its p-value;
    - ``rises``: share of comparisons in which an option's share is larger in the larger menu;
      ``regularity_ratio`` and ``regularity_p``: the one-sided test whether there are more and greater
      rises than noise makes;
    - ``dominated``: share of answers to menus with a decoy that take it; ``attraction``: by how much a
      decoy moves choices towards the option that dominates it;
    - ``overload``: share of the option that the logit has for the likeliest, minus its fitted share, in
      the largest menus, minus the same in pairs; negative where larger menus are answered worse.

    Standard errors are clustered by option set.
    """

    def compute(scores: list[SampleScore]) -> Value:
        gathered = gather(scores)
        if gathered is None:
            return dict.fromkeys(_NAMES, NAN)
        data = gathered.plain
        independence, regularity = _tests(data.counts.tobytes(), data.counts.shape, data.menus)
        taken = gathered.decoys[:, :, 2].sum(axis=1)
        dominated = ratio(taken, gathered.decoys.sum(axis=(1, 2)), gathered.groups)
        effects = attraction_effects(gathered.decoys)
        known = np.isfinite(effects)
        attraction = ratio(effects[known], 1.0, [g for g, k in zip(gathered.groups, known, strict=True) if k])
        overload = _overload(data)
        values = (
            _over(independence),
            independence.p_value,
            rises(data),
            _over(regularity),
            regularity.p_value,
            *dominated,
            *attraction,
            *overload,
        )
        return {name: float(value) for name, value in zip(_NAMES, values, strict=True)}

    return compute


def gather(scores: list[SampleScore]) -> Gathered | None:
    """Counts of all option sets, epochs added up; None without scores.

    Options of each set are put into the order of its chain of menus, so that all sets have the same
    menus. Sets are sorted by name: simulations must not depend on which sample finished first.

    Raises:
        ValueError: sets of different sizes, which no single run holds.
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
    menus: list[tuple[int, ...]] = list(combinations(range(size), 2))
    menus += [tuple(range(k)) for k in range(3, size + 1)]
    place = {menu: number for number, menu in enumerate(menus)}
    counts = np.zeros((len(by_set), len(menus), size), np.int64)
    decoys = np.zeros((len(by_set), 2, 3), np.int64)
    by_set = dict(sorted(by_set.items()))
    for row, items in enumerate(by_set.values()):
        metadata = items[0].sample_metadata or {}
        chain = _chain(metadata["questions"], size)
        a, b = metadata["pair"]
        column = {option: number for number, option in enumerate(chain)}
        for answer in (answer for item in items for answer in (item.score.metadata or {})["answers"]):
            chosen, shown = answer["chosen"], answer["order"]
            if chosen < 0:
                continue
            if max(shown) >= size:
                which = max(shown) - size
                decoys[row, which, [a, b, max(shown)].index(chosen)] += 1
            else:
                menu = tuple(sorted(column[option] for option in shown))
                counts[row, place[menu], column[chosen]] += 1
    return Gathered(MenuCounts(tuple(menus), counts), decoys, tuple(by_set))


def _chain(questions: dict[str, str], size: int) -> list[int]:
    """A set's options in the order in which its larger menus take them in."""
    shown = {frozenset(int(part) for part in name.split("-")) for name in questions}
    larger = sorted((menu for menu in shown if len(menu) >= 3 and max(menu) < size), key=len)
    chain = sorted(larger[0])
    for menu in larger[1:]:
        chain += sorted(menu - set(chain))
    return chain


@lru_cache(maxsize=8)
def _tests(
    counts: bytes, shape: tuple[int, ...], menus: tuple[tuple[int, ...], ...]
) -> tuple[MenuTest, MenuTest]:
    """Both tests; Inspect asks again and again for the same."""
    data = MenuCounts(menus, np.frombuffer(counts, np.int64).reshape(shape))
    rng = np.random.default_rng(_SEED)
    return iia_test(data, rng, DRAWS), regularity_test(data, rng, DRAWS)


def _over(test: MenuTest) -> float:
    return test.statistic / test.expected if test.expected > 0 else NAN


def _overload(data: MenuCounts) -> tuple[float, float]:
    """Shortfall of the likeliest option in the largest menus against pairs, and its standard error."""
    by_size = best_shares(data)
    names = [str(row) for row in range(len(data.counts))]
    shares = []
    for size in (max(by_size), min(by_size)):
        hits, expected, answers = by_size[size]
        shares.append(np.divide(hits - expected, answers, out=np.full(len(hits), NAN), where=answers > 0))
    difference = shares[0] - shares[1]
    known = np.isfinite(difference)
    found = ratio(difference[known], 1.0, [n for n, k in zip(names, known, strict=True) if k])
    return found.value, found.stderr
