"""Subjects with a known personality, for inventories: a trait profile, one answer, one label."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np
import scipy

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.psychometrics.instruments import INSTRUMENTS, Item, facets, own
from fiduciary.subjects.arguments import at_least_zero, number
from fiduciary.subjects.questionnaire import Judge, Questionnaire, SelfReport

DOMAINS: Mapping[str, str] = MappingProxyType(
    {facet: domain for name in INSTRUMENTS for facet, domain in facets(name).items()}
)
"""Domain of every facet of every instrument."""

DESIRABLE: Mapping[str, int] = MappingProxyType(
    {domain: 0 if domain == "E" else 1 for domain in facets("hexaco100").values()}
    | {domain: -1 for domain in facets("dark_tetrad").values()}
)
"""Which pole of a domain a flattering self-description claims: the high one, the low one or neither."""

CROWD = 100
"""Number of statements in one prompt at which the desirability bias has its full size."""


def slug(name: str) -> str:
    """A facet's name as an argument: "Social Self-Esteem" is ``social_self_esteem``."""
    return name.lower().replace(" ", "_").replace("-", "_")


_SCALES: Mapping[str, str] = MappingProxyType(
    {domain: domain for domain in facets("hexaco100").values() if len(domain) == 1}
    | {slug(facet): facet for facet in DOMAINS}
)
"""Argument → facet, or letter of a domain."""

ARGUMENTS: MappingProxyType[str, tuple[str, ...]] = MappingProxyType(
    {
        "trait_profile": ("mean", "sd", "block_sd", "acquiescence", "desirability", "refusals", *_SCALES),
        "constant": ("answer", "refusals"),
        "same_label": ("place", "refusals"),
    }
)
"""Arguments of each subject."""


def create(name: str, given: Mapping[str, Any]) -> SelfReport:
    """Make a subject of this family.

    Args:
        name: a key of ``ARGUMENTS``.
        given: from ``ARGUMENTS[name]``: numbers, or their text as the command line passes it.

            - a facet (``sincerity``, ``social_self_esteem``, ``sadism``, …), a HEXACO domain (``H`` to
              ``O``) or ``mean`` for all: mean in [1, 5] on the keyed scale before an answer is rounded
              to it, so that near the ends answers lie further in; the narrower one counts (default 3);
            - sd: standard deviation of an answer before it is rounded to the scale, > 0 (default 0.8);
            - block_sd: standard deviation of a shift of the mean that is drawn anew for every statement
              in every block, so that log-probabilities differ between blocks too, ≥ 0 (default 0);
            - acquiescence: points by which every answer moves towards agreement (default 0);
            - desirability: points by which 100 statements in one prompt move answers towards the
              desirable pole (default 0); n statements move them log n / log 100 times as far;
            - answer: the agreement that constant always gives, 1 to 5 (default 5);
            - place: the place in the list of labels that same_label always takes, 1 to 5 (default 1);
            - refusals: share of questions that it refuses, in [0, 1] (default 0).

    Raises:
        SubjectError: a value that is not allowed.
    """
    refusals = number(given, "refusals", 0.0, "a share in [0, 1]", lambda x: 0 <= x <= 1)
    return SelfReport(_judge(name, given), refusals)


def _judge(name: str, given: Mapping[str, Any]) -> Judge:
    if name == "constant":
        return Constant(_one_to_five(given, "answer", 5))
    if name == "same_label":
        return SameLabel(_one_to_five(given, "place", 1))
    allowed = "a mean in [1, 5]"
    set_to = {
        _SCALES.get(argument, argument): number(given, argument, 3.0, allowed, lambda x: 1 <= x <= 5)
        for argument in ("mean", *_SCALES)
        if argument in given
    }
    everything = set_to.get("mean", 3.0)
    means = {facet: set_to.get(facet, set_to.get(domain, everything)) for facet, domain in DOMAINS.items()}
    return Traits(
        MappingProxyType(means),
        sd=number(given, "sd", 0.8, "a finite number > 0", lambda x: 0 < x < math.inf),
        acquiescence=number(given, "acquiescence", 0.0, "a finite number", math.isfinite),
        desirability=number(given, "desirability", 0.0, "a finite number", math.isfinite),
        block_sd=number(given, "block_sd", 0.0, "finite and >= 0", at_least_zero),
    )


def _one_to_five(given: Mapping[str, Any], argument: str, default: int) -> int:
    return int(number(given, argument, default, "1, 2, 3, 4 or 5", lambda x: x in range(1, 6)))


@dataclass(frozen=True)
class Traits:
    """Answers to an item of facet f: N(μ, sd²) rounded to 1 … 5 (:func:`agreement_probabilities`), with

        μ = m_f (6 − m_f where reversed) + acquiescence
            + desirability · d_f · (−1 where reversed) · log n / log 100 + N(0, block_sd²),

    n statements in the prompt and d_f = ``DESIRABLE`` of the facet's domain. The last term is drawn
    once for a statement in a request, from the request's seed and text. It knows the statements
    of this project's own forms; of any other it cannot say what they measure, and says so.

    Attributes:
        means: m_f of every facet, in [1, 5], keyed: high means much of the facet.
        sd, acquiescence, desirability, block_sd: as in the formula.
    """

    means: Mapping[str, float]
    sd: float
    acquiescence: float
    desirability: float
    block_sd: float

    def probabilities(
        self, statement: str, questionnaire: Questionnaire, rng: np.random.Generator
    ) -> FloatArray | None:
        """Of the labels in the order shown."""
        item = _known().get(statement)
        if item is None:
            return None
        latent = self.latent(item, len(questionnaire.statements)) + self.block_sd * rng.standard_normal()
        p = agreement_probabilities(latent, self.sd)
        return np.asarray(p[np.array(questionnaire.answers) - 1], float)

    def latent(self, item: Item, n: int) -> float:
        """μ of an item among n in one prompt, without the term that is drawn."""
        mean = self.means[item.facet]
        claims = self.desirability * DESIRABLE[item.domain] * math.log(n) / math.log(CROWD)
        keyed = 6 - mean - claims if item.reversed else mean + claims
        return keyed + self.acquiescence


@dataclass(frozen=True)
class Constant:
    """Agrees to the same degree with everything.

    Attributes:
        answer: agreement, 1 to 5.
    """

    answer: int

    def probabilities(
        self, statement: str, questionnaire: Questionnaire, rng: np.random.Generator
    ) -> FloatArray:
        """All on the label that stands for the answer."""
        return np.array([float(answer == self.answer) for answer in questionnaire.answers])


@dataclass(frozen=True)
class SameLabel:
    """Takes the label at one place of the list, whatever it stands for.

    Attributes:
        place: from 1.
    """

    place: int

    def probabilities(
        self, statement: str, questionnaire: Questionnaire, rng: np.random.Generator
    ) -> FloatArray:
        """All on that place."""
        return np.array([float(place == self.place) for place in range(1, len(questionnaire.labels) + 1)])


def agreement_probabilities(mean: float, sd: float) -> FloatArray:
    """P(1), …, P(5) of a normal variable rounded to the nearest point of the scale, ends included.

    P(k) = Φ((k + ½ − mean)/sd) − Φ((k − ½ − mean)/sd), with −∞ below 1 and ∞ above 5.
    """
    cuts = (np.arange(1.5, 5) - mean) / sd
    below = np.concatenate([[0.0], scipy.special.ndtr(cuts), [1.0]])
    return np.asarray(np.diff(below), float)


@cache
def _known() -> dict[str, Item]:
    return {item.statement: item for name in INSTRUMENTS for item in own(name).items}
