"""Can chosen and rejected be told apart without reading? By style alone, and by length alone."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import scipy

from fiduciary.economics.arrays import FloatArray, IntArray
from fiduciary.economics.inference import share
from fiduciary.tasks.stakeholder_choice.prompts import GROUPS
from fiduciary.training.checks import STYLE_SAMPLE
from fiduciary.training.reasoning import names_used
from fiduciary.training.screening import choices
from fiduciary.training.screening.table import Rows
from fiduciary.training.screening.verdicts import FINE, NOTE, PROBLEM, Check, not_applicable, plain
from fiduciary.training.style import FOLDS, correct, features, mask

LARGE = 0.6
"""Accuracy that the lower end of the interval must exceed for a problem; ½ is chance."""

PERMUTATIONS = 499
SIGNIFICANT = 0.01
_SEED = 0x57F1E
_TELLS = 5
_RIDGE = 4.0  # of least squares; the first Newton step of the logistic regression with ridge 1

_STYLE = frozenset(
    """
    a about above absolutely after again against all also although am an and any are as assist at be
    because been before being below between both but by can cannot certainly clearly conclusion could
    course definitely did do does doing down during each either even ever every exactly feel few finally
    first for free from further glad great had happy has have having he help her here hers him his hope
    how however i if important in indeed instead into is it its itself just language let like many may
    maybe me might model more moreover most much must my no nor not note now of off on once only or
    other our out over overall own perhaps please probably quite rather really remember same second
    shall she should simply since so some sorry still such summary sure than thank thanks that the their
    them then there therefore these they third this those though through thus to too truly under
    unfortunately until up us very was we well were what when where whether which while who whom whose
    why will with within without would yes yet you your apologize apologise ai
    """.split()
)
"""Words that carry style rather than content: function words and stock phrases."""

_WORD = re.compile(r"[^\W\d_]+")


def style(rows: Rows) -> Check:
    """Whether a classifier finds the chosen response by style alone."""
    name, title = "style", "Style shortcut"
    good, bad = _pairs(rows)
    if len(good) < 2 * FOLDS:
        return not_applicable(name, title, _why(rows, len(good)))
    rng = np.random.default_rng(_SEED)
    some = rng.permutation(len(good))[:STYLE_SAMPLE].tolist()
    are_choices = choices.are_choices(rows.asked, rows.response)
    texts = [_masked(pair[k], are_choices) for pair in (good, bad) for k in some]
    x, words = features(texts)
    n = len(some)
    fold = rng.permutation(n) % FOLDS
    right = correct(x, fold)
    accuracy = float(right.mean())
    found = share(right.mean(axis=0), 1.0, np.arange(n))
    low, high = found.low, found.high
    difference = x[:n] - x[n:]
    p = _permutation_p(difference, fold, rng)
    tells = _tells(difference, words)
    found = [f"{word} ({'more' if t > 0 else 'less'} in chosen)" for word, t in tells]
    verdict = PROBLEM if low > LARGE and p < SIGNIFICANT else NOTE if low > 0.5 and p < SIGNIFICANT else FINE
    what = "letters, figures and names" if are_choices else "words of content"
    text = f"A classifier that does not see {what} finds the role of {accuracy:.1%} of held-out responses"
    text += f" (50 % is chance, p = {p:.2g})"
    return Check(
        name,
        title,
        verdict,
        text + (f"; it goes by {', '.join(found)}." if verdict != FINE and found else "."),
        f"accuracy above {LARGE:.0%}, by the lower end of its interval, and p < {SIGNIFICANT:g}",
        f"ridge logistic regression on counts of words, marks and lengths, {FOLDS} folds, both responses of "
        f"a pair on the same side; interval over pairs; p by {PERMUTATIONS} exchanges of roles within pairs, "
        f"of its first step",
        n,
        accuracy,
        low=low,
        high=high,
        p=p,
        baseline=0.5,
        details={"tells": [{"word": word, "t": t} for word, t in tells]},
    )


def length_only(rows: Rows) -> Check:
    """Whether the longer, or the shorter, of two responses is the chosen one."""
    name, title = "length_only", "Length shortcut"
    good, bad = _pairs(rows)
    n = len(good)
    if n < 2 * FOLDS:
        return not_applicable(name, title, _why(rows, n))
    are_choices = choices.are_choices(rows.asked, rows.response)
    raw = _signs(good, bad)
    # Figures and names differ in length and are what is chosen: only the rest can be a shortcut.
    sign = _signs(*([_masked(t, True) for t in own] for own in (good, bad))) if are_choices else raw
    fold = np.random.default_rng(_SEED).permutation(n) % FOLDS
    right = np.empty(n)
    for k in range(FOLDS):
        rule = np.sign(sign[fold != k].sum())
        right[fold == k] = 0.5 + 0.5 * rule * sign[fold == k]
    accuracy = float(right.mean())
    found = share(right, 1.0, np.arange(n))
    low, high = found.low, found.high
    untied = int((sign != 0).sum())
    p = float(scipy.stats.binomtest(int((sign > 0).sum()), untied).pvalue) if untied else 1.0
    rule_ = "longer" if sign.sum() > 0 else "shorter"
    untouched = float(np.mean(0.5 + 0.5 * np.sign(raw.sum()) * raw))
    where = f", letters, figures and names left out ({untouched:.1%} with them)" if are_choices else ""
    return Check(
        name,
        title,
        PROBLEM if low > LARGE and p < SIGNIFICANT else NOTE if low > 0.55 and p < SIGNIFICANT else FINE,
        f"Taking the {rule_} response finds the chosen one in {accuracy:.1%} of held-out pairs{where}; 50 % "
        f"is chance, p = {p:.2g}.",
        f"accuracy above {LARGE:.0%}, by the lower end of its interval; a note above 55 %",
        f"direction learned on {FOLDS - 1} of {FOLDS} folds, by characters, ties half; Korn & Graubard's "
        f"interval; sign test",
        n,
        accuracy,
        low=low,
        high=high,
        p=p,
        baseline=0.5,
        details={"ties": n - untied, "accuracy_of_whole_texts": untouched},
    )


def _signs(good: Sequence[str], bad: Sequence[str]) -> IntArray:
    """Which response of each pair has more characters: 1 the good one, −1 the bad one."""
    return np.sign([len(a) - len(b) for a, b in zip(good, bad, strict=True)]).astype(np.int64)


def _pairs(rows: Rows) -> tuple[Sequence[str], Sequence[str]]:
    """Good and bad responses side by side; labelled ones are put together at random."""
    if rows.rejected is not None:
        return rows.response, rows.rejected
    if rows.label is None:
        return (), ()
    rng = np.random.default_rng(_SEED)
    label = np.array(rows.label)
    good, bad = (rng.permutation(np.flatnonzero(label == one)) for one in (True, False))
    n = min(len(good), len(bad))
    return [rows.response[k] for k in good[:n]], [rows.response[k] for k in bad[:n]]


def _masked(text: str, are_choices: bool) -> str:
    if are_choices:
        return mask(text, names_used(list(GROUPS)))
    return _WORD.sub(lambda found: found[0] if found[0].lower() in _STYLE else " _word_ ", mask(text))


def _permutation_p(difference: FloatArray, fold: IntArray, rng: np.random.Generator) -> float:
    """p of the accuracy under exchanges of chosen and rejected within pairs.

    Exchanging a pair turns the sign of its differences, and least squares on them are linear in the signs,
    so that all permutations are fitted at once.
    """
    n = len(difference)
    signs = np.concatenate([np.ones((n, 1)), rng.choice([-1.0, 1.0], (n, PERMUTATIONS))], axis=1)
    right = np.zeros(PERMUTATIONS + 1)
    for k in range(FOLDS):
        held = fold == k
        taught = difference[~held]
        w = np.linalg.solve(taught.T @ taught + _RIDGE * np.eye(taught.shape[1]), taught.T @ signs[~held])
        score = (difference[held] @ w) * signs[held]
        right += np.where(np.abs(score) < 1e-12, 0.5, score > 0).sum(axis=0)
    return float((right >= right[0] - 1e-9).mean())


def _tells(difference: FloatArray, words: Sequence[str]) -> list[tuple[str, float]]:
    """What differs most between chosen and rejected: word and paired t statistic."""
    sd = difference.std(axis=0, ddof=1)
    t = np.divide(
        difference.mean(axis=0) * len(difference) ** 0.5, sd, out=np.zeros(len(sd)), where=sd > 1e-9
    )
    # What is always different has no spread.
    always = (sd <= 1e-9) & (np.abs(difference.mean(axis=0)) > 1e-9)
    t[always] = np.sign(difference.mean(axis=0))[always] * 1e6
    best = np.argsort(-np.abs(t), kind="stable")[:_TELLS].tolist()
    return [(plain(words[j], 40), round(float(t[j]), 2)) for j in best if abs(t[j]) > 3]


def _why(rows: Rows, n: int) -> str:
    if rows.rejected is None and rows.label is None:
        return "The data do not say that any response is worse than another."
    return f"Too few pairs to say ({n}; {2 * FOLDS} are needed)."
