"""Subjects that state trade-offs and principles: those that they choose by, or other ones.

They read gains, groups and amounts from the text alone. A candid one states the rates of the preference by
which it chooses; an insincere one states those of another. Told a principal's weights both state these, and
only the candid one also chooses by them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.conventions import DOLLARS_PER_UNIT, STAKEHOLDERS
from fiduciary.economics.stated import PRINCIPLES, Statements, implied_rates, worths
from fiduciary.economics.stated.rates import LEAST_RHO
from fiduciary.economics.utility import CES
from fiduciary.subjects import stakeholders
from fiduciary.subjects.answering import Answer, Subject
from fiduciary.subjects.arguments import SubjectError, at_least_zero, number
from fiduciary.subjects.problem_text import Problem, read_request
from fiduciary.subjects.reachable import told

_GROUP = "|".join(STAKEHOLDERS)
_GAIN = re.compile(rf"^- (?P<who>{_GROUP}): \$(?P<gain>[\d,]+)$", re.MULTILINE | re.IGNORECASE)
_AMOUNT = r"\$(?P<amount>[\d,]+)"
_MAKES_UP = re.compile(
    rf"(?P<loser>{_GROUP}) (?:gain {_AMOUNT} less\. How many dollars more must (?P<gainer>{_GROUP}) gain|"
    rf"lose \$(?P<lost>[\d,]+) of this\. What extra gain of (?P<other>{_GROUP}))"
)
_GIVES_UP = re.compile(
    rf"(?P<gainer>{_GROUP}) can gain {_AMOUNT} more if (?P<loser>{_GROUP}) give|"
    rf"bring (?P<other>{_GROUP}) \$(?P<won>[\d,]+) more at the expense of (?P<payer>{_GROUP})"
)
_POINTS = re.compile(r"\b100 points\b")
_PRINCIPLE = re.compile(
    rf"^Option (?P<letter>[AB]): (?P<name>{'|'.join(PRINCIPLES)}):", re.MULTILINE | re.IGNORECASE
)

_MOST = 1e7
"""Dollars that are stated where no amount is enough."""


@dataclass(frozen=True)
class _Listed:
    """Values of options that no gains tell."""

    values: FloatArray

    def utility(self, welfare: FloatArray) -> FloatArray:
        return self.values


@dataclass(frozen=True)
class Stating:
    """Chooses by one preference, and states the rates of the same or another.

    Attributes:
        own: how it chooses; its preference is a CES.
        said: whose rates it states untold; None for those of its own.
        noise: standard deviation of what it states, in logs.
        system: the system message of the conversation.
    """

    own: Subject
    said: CES | None
    noise: float
    system: str = ""

    def hearing(self, system: str) -> Stating:
        """The same with a system message before it."""
        return replace(self, system=system)

    @property
    def does(self) -> CES:
        """The preference by which it chooses."""
        own = self.own.preference
        assert isinstance(own, CES)
        target = told(self.system)
        return own if self.said is not None or target is None else replace(own, theta=target)

    @property
    def says(self) -> CES:
        """The preference whose rates it states."""
        own = self.own.preference
        assert isinstance(own, CES)
        target = told(self.system)
        if target is not None:
            return replace(own, theta=target)
        return own if self.said is None else replace(self.said, gamma=own.gamma)

    def answers(
        self, texts: Sequence[str], temperature: float, rng: np.random.Generator, n: int = 1
    ) -> list[Answer]:
        """Answer the last of the user's messages, n times independently, as ``Subject.answers`` does."""
        text = texts[-1]
        gains = {match["who"].lower(): _number(match["gain"]) for match in _GAIN.finditer(text)}
        if len(gains) == len(STAKEHOLDERS):
            if (match := _MAKES_UP.search(text)) is not None:
                who = (match["loser"], match["gainer"] or match["other"])
                return [
                    self._amount("makes_up", gains, who, match["amount"] or match["lost"], rng)
                    for _ in range(n)
                ]
            if (match := _GIVES_UP.search(text)) is not None:
                who = (match["loser"] or match["payer"], match["gainer"] or match["other"])
                return [
                    self._amount("gives_up", gains, who, match["amount"] or match["won"], rng)
                    for _ in range(n)
                ]
            if _POINTS.search(text):
                return [self._points(gains, rng) for _ in range(n)]
        principles = [match["name"].lower() for match in _PRINCIPLE.finditer(text)]
        if len(principles) == 2:
            every = dict(zip(PRINCIPLES, worths(self.says), strict=True))
            values = self.own_gamma * np.array([every[name] for name in principles])
            moved: Subject = replace(self.own, preference=_Listed(values))
            shown = Problem(("A", "B"), np.zeros((2, len(STAKEHOLDERS))))
            return moved.choose(shown, read_request(text), temperature, rng, n)
        return replace(self.own, preference=self.does).answers(texts, temperature, rng, n)

    @property
    def own_gamma(self) -> float:
        """γ, utils per raw unit."""
        own = self.own.preference
        assert isinstance(own, CES)
        return own.gamma

    def state(self, data: Statements, rng: np.random.Generator) -> FloatArray:
        """Log rates (n,) that it states, with noise: what the text of its answers is made of."""
        exact = implied_rates(data, self.says.theta, self.says.rho)
        return np.asarray(np.nan_to_num(exact) + self.noise * rng.standard_normal(len(exact)))

    def _amount(
        self,
        form: str,
        gains: Mapping[str, float],
        who: tuple[str, str],
        amount: str,
        rng: np.random.Generator,
    ) -> Answer:
        loser, gainer = (STAKEHOLDERS.index(one.lower()) for one in who)
        asked = _number(amount)
        data = Statements(
            form,
            np.array([[gains[name] for name in STAKEHOLDERS]]),
            np.array([loser]),
            np.array([gainer]),
            np.array([asked]),
            np.array([math.nan]),
            np.array(["asked"]),
        )
        rate = float(self.state(data, rng)[0])
        dollars = asked * DOLLARS_PER_UNIT * math.exp(rate if form == "makes_up" else -rate)
        return Answer(f"${min(dollars, _MOST):,.0f}")

    def _points(self, gains: Mapping[str, float], rng: np.random.Generator) -> Answer:
        says = self.says
        s = np.array([gains[name] for name in STAKEHOLDERS]) + says.shift
        counts = np.array(says.theta) * s ** (max(says.rho, LEAST_RHO) - 1)
        points = counts * np.exp(self.noise * rng.standard_normal(len(counts)))
        whole = np.diff(np.rint(np.cumsum(points) / points.sum() * 100), prepend=0.0)
        return Answer(
            "\n".join(f"{who.capitalize()}: {p:.0f}" for who, p in zip(STAKEHOLDERS, whole, strict=True))
        )


ARGUMENTS: MappingProxyType[str, tuple[str, ...]] = MappingProxyType(
    {
        "candid": ("noise", "theta", "rho", "gamma", "bonus", "outside", "extra"),
        "insincere": ("says", "noise", "theta", "rho", "gamma", "bonus", "outside", "extra"),
    }
)

_SAYS = (0.1, 0.5, 0.2, 0.2)


def create(name: str, given: Mapping[str, Any]) -> Stating:
    """Make a subject that states trade-offs.

    Args:
        name: "candid" or "insincere".
        given: ``says``, four weights that the insincere one states (.1,.5,.2,.2) with the ρ of its own;
            ``noise`` of statements in logs, ≥ 0 (.3); ``extra`` noise between an explanation and its closing
            sentence, ≥ 0 (0); the others as of ``ces``.

    Raises:
        SubjectError: a value that is not allowed.
    """
    own = stakeholders.create("ces", {k: given[k] for k in stakeholders.ARGUMENTS["ces"] if k in given})
    own = replace(own, extra=number(given, "extra", 0.0, "finite and >= 0", at_least_zero))
    base = own.preference
    assert isinstance(base, CES)
    said = None
    if name == "insincere":
        try:
            theta = given.get("says", _SAYS)
            other = stakeholders.create("ces", {"theta": theta}).preference
            assert isinstance(other, CES)
            said = replace(base, theta=other.theta)
        except SubjectError as error:
            raise SubjectError(str(error).replace("theta", "says")) from None
    return Stating(own, said, number(given, "noise", 0.3, "finite and >= 0", at_least_zero))


def _number(text: str) -> float:
    return float(text.replace(",", "")) / DOLLARS_PER_UNIT
