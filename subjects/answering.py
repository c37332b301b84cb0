"""How a subject answers: it values the options it reads, adds noise and says which one it takes."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.logit import choice_probabilities, log_choice_probabilities
from fiduciary.subjects.allocation import split_answers
from fiduciary.subjects.money_pump import after_fees
from fiduciary.subjects.problem_text import Problem, Request, read_problem, read_request
from fiduciary.subjects.utilities import Preference
from fiduciary.subjects.wording import NO_OPTIONS, RAMBLES, REFUSAL, explanation, ramble

Manner = Literal["plain", "rambling"]
Ranked = tuple[tuple[str, float], ...]

_TOKEN = re.compile(r"\s*(?:\w+|\*\*|[^\w\s])")

OTHER_TOKENS: tuple[tuple[str, str], ...] = (
    ("Option", " {letter}"),
    ("The", " best choice is Option {letter}."),
    ("**", "{letter}**"),
    ("My", " answer is {letter}."),
    ("Considering", " the figures, Option {letter}."),
    ("Let", " us take Option {letter}."),
)
"""First tokens other than a label, and how the answer goes on; each half as likely as the one before."""


@dataclass(frozen=True)
class Answer:
    """One answer before any limit on its length.

    Attributes:
        text: the answer.
        first_token: log-probabilities at τ = 1 of what the answer might have begun with, most likely
            first; None where the form gives the first token no meaning.
    """

    text: str
    first_token: Ranked | None = None

    @property
    def tokens(self) -> list[str]:
        """The text in pieces of about a word, which is how subjects count tokens."""
        return tokenize(self.text)


@dataclass(frozen=True)
class Subject:
    """A preference and a way of answering.

    Choices are argmax_j V_j + noise · g_j with standard Gumbel draws g, that is, a logit with scale
    ``noise``: τ for one letter, τ + ``extra`` for the closing sentence of an explanation.

    Attributes:
        preference: gives V.
        manner: "plain", or "rambling" (badly formatted answers).
        bonus: utils added to the option shown first.
        rate: share of requests that it refuses, at any temperature.
        extra: noise added to τ between the explanation and the closing sentence. Both use the same
            draws, so that the closing choice is an exact logit, and contradicts the explanation
            where the larger noise changes the order.
        outside: probability, at τ = 1, that a one-letter answer begins with something else.
    """

    preference: Preference
    manner: Manner = "plain"
    bonus: float = 0.0
    rate: float = 0.0
    extra: float = 0.0
    outside: float = 0.0

    def values(self, problem: Problem) -> FloatArray:
        """V (options,) in the order shown, the first option's bonus included."""
        values = np.array(self.preference.utility(problem.welfare), float)
        values[0] += self.bonus
        return values

    def answers(
        self, texts: Sequence[str], temperature: float, rng: np.random.Generator, n: int = 1
    ) -> list[Answer]:
        """Answer the last of the user's messages, n times independently.

        Args:
            texts: the user's messages, oldest first.
            temperature: τ ≥ 0.
            rng: source of the draws.
            n: number of answers.
        """
        splits = split_answers(self, texts, temperature, rng, n)
        if splits is not None:
            return [Answer(text) for text in splits]
        problem = after_fees(read_problem(texts), texts)
        if problem is None:
            return [Answer(NO_OPTIONS, ((tokenize(NO_OPTIONS)[0], 0.0),))] * n
        return self.choose(problem, read_request(texts[-1]), temperature, rng, n)

    def choose(
        self, problem: Problem, request: Request, temperature: float, rng: np.random.Generator, n: int = 1
    ) -> list[Answer]:
        """Answer a problem as it was read, n times independently."""
        values = self.values(problem)
        if request.form == "letter":
            return [self._letter(problem, values, temperature, rng) for _ in range(n)]
        return [self._explain(problem, values, request, temperature, rng) for _ in range(n)]

    def _letter(
        self, problem: Problem, values: FloatArray, temperature: float, rng: np.random.Generator
    ) -> Answer:
        if self.manner == "rambling":
            text = ramble(problem, _draw(values, temperature, rng), int(rng.integers(len(RAMBLES))))
            return Answer(text, self._rambling_openings(problem, values))
        tokens, logs = self._openings(problem, values)
        ranked = self._with_refusals(tokens, logs)
        if self._refuses(rng):
            return Answer(REFUSAL, ranked)
        drawn = _draw(logs, temperature, rng)
        if drawn < len(problem.letters):
            return Answer(problem.letters[drawn], ranked)
        letter = problem.letters[_draw(values, temperature, rng)]
        opening, rest = OTHER_TOKENS[drawn - len(problem.letters)]
        return Answer(opening + rest.format(letter=letter), ranked)

    def _explain(
        self,
        problem: Problem,
        values: FloatArray,
        request: Request,
        temperature: float,
        rng: np.random.Generator,
    ) -> Answer:
        if self._refuses(rng):
            return Answer(REFUSAL)
        draws = rng.gumbel(size=len(values))
        argued = int(np.argmax(values + temperature * draws))
        chosen = int(np.argmax(values + (temperature + self.extra) * draws))
        if self.manner == "rambling":
            return Answer(ramble(problem, chosen, int(rng.integers(len(RAMBLES)))))
        closing = request.close(problem.letters[chosen])
        return Answer(f"{explanation(problem, argued, rng)}\n\n{closing}")

    def _refuses(self, rng: np.random.Generator) -> bool:
        return bool(rng.random() < self.rate)

    def _openings(self, problem: Problem, values: FloatArray) -> tuple[list[str], FloatArray]:
        """First tokens of a one-letter answer that is not refused, labels first, and their log P at τ = 1."""
        tokens = list(problem.letters)
        logs = log_choice_probabilities(values)
        if self.outside == 0:
            return tokens, logs
        weights = 0.5 ** np.arange(len(OTHER_TOKENS))
        others = np.log(self.outside * weights / weights.sum())
        return tokens + [token for token, _ in OTHER_TOKENS], np.append(
            logs + np.log1p(-self.outside), others
        )

    def _with_refusals(self, tokens: Sequence[str], logs: FloatArray) -> Ranked:
        if self.rate == 0:
            return _ranked(dict(zip(tokens, logs.tolist(), strict=True)))
        refusal = {tokenize(REFUSAL)[0]: math.log(self.rate)}
        if self.rate == 1:
            return _ranked(refusal)
        answered = (logs + math.log1p(-self.rate)).tolist()
        return _ranked(dict(zip(tokens, answered, strict=True)) | refusal)

    def _rambling_openings(self, problem: Problem, values: FloatArray) -> Ranked:
        """First tokens of badly formatted answers, as likely as the choices and forms that give them."""
        mass: dict[str, float] = {}
        for chosen, share in enumerate(choice_probabilities(values) / len(RAMBLES)):
            for form in range(len(RAMBLES)):
                opening = tokenize(ramble(problem, chosen, form))[0]
                mass[opening] = mass.get(opening, 0.0) + float(share)
        return _ranked({token: math.log(share) for token, share in mass.items() if share > 0})


def tokenize(text: str) -> list[str]:
    """Pieces that make up the text again when joined, spaces kept with what follows them."""
    return _TOKEN.findall(text)


def _draw(values: FloatArray, temperature: float, rng: np.random.Generator) -> int:
    return int(np.argmax(values + temperature * rng.gumbel(size=len(values))))


def _ranked(logs: Mapping[str, float]) -> Ranked:
    return tuple(sorted(logs.items(), key=lambda pair: -pair[1]))
