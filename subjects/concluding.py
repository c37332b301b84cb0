"""How a subject continues a begun turn: the label that follows its own explanation and the closing words.

An explanation of a subject argues for one option, and the label is that option's, whatever it took to get
there. Closing words alone are no explanation: what follows them is a label as if it had been asked for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from fiduciary.subjects.answering import Answer, Subject
from fiduciary.subjects.instruments import Arguer
from fiduciary.subjects.problem_text import Problem, read_problem

_CLOSING = re.compile(r"(?:^|\n)[^\n]*\bI choose:? option *\(?\Z", re.IGNORECASE)
_HEADER = re.compile(r"^Option ([A-Z]):", re.MULTILINE)
_OPTION = re.compile(r"\boption[ :]+[\W_]*([a-z])\b", re.IGNORECASE)
_LEAST = -60.0
"""Log-probability of a label that the explanation rules out: too small to count, and not censored."""

_DRAWS = 2_000


def explanation_of(begun: str) -> str:
    """What a begun turn says before its closing words; empty where it is nothing else."""
    return _CLOSING.sub("", begun).strip()


def concluded(
    subject: object, texts: Sequence[str], explanation: str, temperature: float, rng: np.random.Generator
) -> Answer | None:
    """The label behind an explanation, or None where the texts show no options.

    A subject that adds noise after its explanation (``extra``) keeps to it with the probability that the
    added noise leaves at τ = 1, from 2,000 draws; any other one always. An explanation that argues for none
    or several, a refusal for example, leaves all labels equally likely.

    Args:
        subject: who explained.
        texts: the user's messages, oldest first.
        explanation: what was said before the closing words.
        temperature: τ ≥ 0 at which the label is drawn.
        rng: source of the draw.
    """
    if isinstance(subject, Arguer):
        return subject.conclude(texts, explanation, temperature, rng)
    problem = read_problem(texts)
    letters = problem.letters if problem else () if isinstance(subject, Subject) else _letters(texts)
    if not letters:
        return None
    logs = _logs(subject, problem, letters, explanation)
    drawn = int(np.argmax(logs + temperature * rng.gumbel(size=len(logs))))
    ranked = sorted(zip(letters, logs.tolist(), strict=True), key=lambda pair: -pair[1])
    return Answer(letters[drawn], tuple(ranked))


def _letters(texts: Sequence[str]) -> tuple[str, ...]:
    """Labels of the options of the latest text that shows some."""
    found = (tuple(dict.fromkeys(_HEADER.findall(text))) for text in reversed(texts))
    return next((letters for letters in found if letters), ())


def _logs(subject: object, problem: Problem | None, letters: tuple[str, ...], explanation: str) -> np.ndarray:
    k = len(letters)
    argued = {letter.upper() for letter in _OPTION.findall(explanation)} & set(letters)
    if len(argued) != 1:
        return np.full(k, -np.log(k))
    place = letters.index(argued.pop())
    logs = np.where(np.arange(k) == place, 0.0, _LEAST)
    if problem is not None and isinstance(subject, Subject) and subject.extra > 0:
        values = subject.values(problem)
        draws = np.random.default_rng(0).gumbel(size=(_DRAWS, k))
        kept = (values + draws).argmax(axis=1) == place
        if kept.any():
            closing = (values + (1 + subject.extra) * draws[kept]).argmax(axis=1)
            shares = np.bincount(closing, minlength=k) / len(closing)
            logs = np.log(np.maximum(shares, np.exp(_LEAST)))
    return np.asarray(logs)
