"""Answers to pairs of options, counted by choice set, pair and order of display."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from fiduciary.economics.arrays import BoolArray, FloatArray, IntArray

MAX_OPTIONS, MOST_OPTIONS = 6, 7
"""Largest choice set unless a larger one is asked for, and the largest at all.

What is exact here enumerates the m! orders of m options."""


@dataclass(frozen=True, eq=False)
class PairedChoices:
    """Counts of valid answers to the pairs of many choice sets.

    Sets with fewer than m options are padded: give ``n_options``, and the places from there on stay
    unasked. A missing answer is in neither count, so a pair without any valid answer is unasked; it is
    never a tie.

    **Order of display.** Where any pair was answered in both orders the design is counterbalanced. A
    pair's frequency is then the mean of its two orders, p_ij = ½ (P̂(i chosen | i first) +
    P̂(i chosen | j first)): an answer that follows the order alone makes a tie, however many answers
    are missing. A pair answered in one order only would mistake position for preference, so it is
    ``one_sided`` and not usable. Where no pair was answered in both orders, frequencies are plain
    shares, and nothing can tell position from preference.

    Attributes:
        asked: valid answers with i shown first and j second, (sets, m, m), diagonal 0.
        first_wins: how many of those chose i, the one shown first, (sets, m, m).
        n_options: options of each set, (sets,), 2 … m; all m where not given.
        max_options: what m may be, ``MAX_OPTIONS``; up to ``MOST_OPTIONS`` by asking for it.

    Raises:
        ValueError: a wrong shape, counts that are not whole numbers, negative or inconsistent, answers
            about an option with itself or beyond ``n_options``, fewer than 2 options, or more than
            ``max_options``.
    """

    asked: IntArray
    first_wins: IntArray
    n_options: IntArray | None = None
    max_options: int = MAX_OPTIONS

    def __post_init__(self) -> None:
        asked, first_wins = _counts("asked", self.asked), _counts("first_wins", self.first_wins)
        if asked.ndim != 3 or asked.shape[1] != asked.shape[2]:
            raise ValueError(f"asked must have shape (sets, m, m), got {asked.shape}")
        if first_wins.shape != asked.shape:
            raise ValueError(
                f"first_wins must have the shape of asked, {asked.shape}, got {first_wins.shape}"
            )
        m = asked.shape[1]
        _check_options(m, self.max_options)
        if np.any(first_wins > asked):
            raise ValueError("first_wins must not exceed asked: more choices than answers were given")
        if np.any(np.diagonal(asked, axis1=1, axis2=2)):
            raise ValueError("asked must be 0 on its diagonal: an option cannot be compared with itself")
        n_options = np.full(len(asked), m) if self.n_options is None else _counts("n_options", self.n_options)
        if n_options.shape != (len(asked),) or np.any((n_options < 2) | (n_options > m)):
            raise ValueError(f"n_options must be ({len(asked)},) whole numbers from 2 to {m}")
        beyond = np.arange(m) >= n_options[:, None]
        if np.any(asked * (beyond[:, :, None] | beyond[:, None, :])):
            raise ValueError("asked has answers about options beyond n_options")
        for name, value in (("asked", asked), ("first_wins", first_wins), ("n_options", n_options)):
            object.__setattr__(self, name, value)

    @classmethod
    def from_answers(
        cls,
        choice_set: npt.ArrayLike,
        first: npt.ArrayLike,
        second: npt.ArrayLike,
        chosen: npt.ArrayLike,
        *,
        n_sets: int,
        m: int,
        n_options: npt.ArrayLike | None = None,
        max_options: int = MAX_OPTIONS,
    ) -> PairedChoices:
        """Count answers given one by one.

        Args:
            choice_set: the set each answer belongs to, (answers,), 0 … n_sets − 1.
            first: option shown first, (answers,), 0 … m − 1.
            second: option shown second, (answers,), another one.
            chosen: option chosen, (answers,), one of the two; −1 where no valid answer was given.
            n_sets: number of choice sets.
            m: options of the largest set.
            n_options: options of each set, (n_sets,); all m where not given.
            max_options: what m may be.

        Raises:
            ValueError: columns of different lengths or not of whole numbers, an index out of range, an
                option beside itself, an option chosen that was not shown.
        """
        names = ("choice_set", "first", "second", "chosen")
        columns = [
            _whole(name, value)
            for name, value in zip(names, (choice_set, first, second, chosen), strict=True)
        ]
        if any(column.ndim != 1 or len(column) != len(columns[0]) for column in columns):
            raise ValueError(
                "choice_set, first, second and chosen must be of the same length, one place an answer"
            )
        if n_sets < 0:
            raise ValueError(f"n_sets must be >= 0, got {n_sets}")
        _check_options(m, max_options)
        for name, column, high in zip(names, columns, (n_sets, m, m), strict=False):
            if np.any((column < 0) | (column >= high)):
                raise ValueError(f"{name} must lie in 0 … {high - 1}")
        sets, one, two, taken = columns
        if np.any(one == two):
            raise ValueError("first and second must be different options")
        wrong = (taken != -1) & (taken != one) & (taken != two)
        if np.any(wrong):
            at = int(np.flatnonzero(wrong)[0])
            raise ValueError(
                f"chosen must be the first or the second option shown, or -1 for a missing answer: "
                f"answer {at} chose {taken[at]} from {one[at]} and {two[at]}"
            )
        valid = taken != -1
        asked = np.zeros((n_sets, m, m), np.int64)
        first_wins = np.zeros((n_sets, m, m), np.int64)
        np.add.at(asked, (sets[valid], one[valid], two[valid]), 1)
        won = valid & (taken == one)
        np.add.at(first_wins, (sets[won], one[won], two[won]), 1)
        return cls(
            asked, first_wins, None if n_options is None else _whole("n_options", n_options), max_options
        )

    def __len__(self) -> int:
        return len(self.asked)

    @property
    def m(self) -> int:
        """Options of the largest set."""
        return int(self.asked.shape[1])

    @property
    def sizes(self) -> IntArray:
        """Options of each set, (sets,)."""
        assert self.n_options is not None  # set above
        return self.n_options

    @cached_property
    def wins(self) -> IntArray:
        """How often i was chosen over j, in either order, (sets, m, m)."""
        return np.asarray(self.first_wins + (self.asked - self.first_wins).swapaxes(1, 2))

    @cached_property
    def answers(self) -> IntArray:
        """Valid answers of each pair, in either order, (sets, m, m), symmetric."""
        return np.asarray(self.asked + self.asked.swapaxes(1, 2))

    @cached_property
    def exists(self) -> BoolArray:
        """Pairs that the set has, (sets, m, m)."""
        there = np.arange(self.m) < self.sizes[:, None]
        return np.asarray(there[:, :, None] & there[:, None, :] & ~np.eye(self.m, dtype=bool))

    @cached_property
    def both_orders(self) -> BoolArray:
        """Pairs answered in both orders, (sets, m, m)."""
        return np.asarray((self.asked > 0) & (self.asked.swapaxes(1, 2) > 0))

    @cached_property
    def counterbalanced(self) -> bool:
        """Whether any pair was answered in both orders, so that position and preference come apart."""
        return bool(self.both_orders.any())

    @cached_property
    def usable(self) -> BoolArray:
        """Pairs whose frequency counts: answered, in both orders if the design is counterbalanced."""
        return self.both_orders if self.counterbalanced else self.answers > 0

    @cached_property
    def one_sided(self) -> BoolArray:
        """Pairs of a counterbalanced design that were answered in one order only, (sets, m, m)."""
        return np.asarray((self.answers > 0) & ~self.usable)

    @cached_property
    def complete(self) -> BoolArray:
        """Sets all of whose pairs are usable, (sets,)."""
        return np.asarray((self.usable | ~self.exists).all(axis=(1, 2)))

    @cached_property
    def frequency(self) -> FloatArray:
        """p_ij, share of i over j net of position, (sets, m, m); NaN where not usable."""
        with np.errstate(invalid="ignore", divide="ignore"):
            if not self.counterbalanced:
                return np.where(self.usable, self.wins / self.answers, np.nan)
            as_first = self.first_wins / self.asked
        # The share with j first is 1 − the share of j as the first. Written so that ties are ½ exactly.
        return np.where(self.usable, (1 + (as_first - as_first.swapaxes(1, 2))) / 2, np.nan)

    @cached_property
    def weight(self) -> FloatArray:
        """Number of answers that ``frequency`` is worth, (sets, m, m); 0 where not usable.

        n_ij itself with as many answers in one order as in the other; otherwise twice the harmonic
        mean of the two, since the mean of two shares is as precise as that many answers.
        """
        if not self.counterbalanced:
            return np.where(self.usable, self.answers, 0).astype(float)
        one, two = self.asked, self.asked.swapaxes(1, 2)
        return np.where(self.usable, 4 * one * two / np.maximum(one + two, 1), 0.0)

    @cached_property
    def majority(self) -> IntArray:
        """1 where i beats j, −1 where j beats i, 0 for a tie or a pair not usable, (sets, m, m)."""
        if not self.counterbalanced:
            return np.asarray(np.sign(self.wins - self.wins.swapaxes(1, 2)))
        # sign(first_wins_ij / asked_ij − first_wins_ji / asked_ji) in whole numbers: ties are exact.
        cross = self.first_wins * self.asked.swapaxes(1, 2)
        return np.asarray(np.sign(cross - cross.swapaxes(1, 2)) * self.usable)

    def take(self, sets: npt.ArrayLike) -> PairedChoices:
        """The sets of the given places, or of a Boolean mask."""
        chosen = np.asarray(sets)
        chosen = chosen if chosen.size else chosen.astype(np.intp)
        return PairedChoices(
            self.asked[chosen], self.first_wins[chosen], self.sizes[chosen], self.max_options
        )

    def usable_only(self) -> PairedChoices:
        """The same without the answers of pairs that are not usable."""
        if self.usable[self.answers > 0].all():
            return self
        return PairedChoices(
            self.asked * self.usable, self.first_wins * self.usable, self.sizes, self.max_options
        )


def _check_options(m: int, allowed: int) -> None:
    if not 2 <= allowed <= MOST_OPTIONS:
        raise ValueError(f"max_options must be from 2 to {MOST_OPTIONS}, got {allowed}")
    if not 2 <= m <= allowed:
        raise ValueError(
            f"choice sets must have 2 to {allowed} options, got m = {m}: what is exact here enumerates "
            f"all m! orders (max_options up to {MOST_OPTIONS} allows more)"
        )


def _whole(name: str, value: npt.ArrayLike) -> IntArray:
    array = np.asarray(value)
    if array.size == 0:
        return array.astype(np.int64)
    if not np.issubdtype(array.dtype, np.number) or np.any(array != np.round(array.astype(float))):
        raise ValueError(f"{name} must hold whole numbers, got {array.dtype} values")
    return array.astype(np.int64)


def _counts(name: str, value: npt.ArrayLike) -> IntArray:
    array = _whole(name, value)
    if np.any(array < 0):
        raise ValueError(f"{name} must not be negative")
    return array
