"""The card: one finding an axiom, in one order."""

from __future__ import annotations

from collections.abc import Mapping

from fiduciary.economics.axioms.answers import AxiomAnswers
from fiduciary.economics.axioms.completeness import completeness
from fiduciary.economics.axioms.continuity import continuity
from fiduciary.economics.axioms.finding import Finding
from fiduciary.economics.axioms.independence import independence
from fiduciary.economics.axioms.items import SIZES
from fiduciary.economics.axioms.monotonicity import monotonicity
from fiduciary.economics.axioms.reflexivity import reflexivity
from fiduciary.economics.axioms.transitivity import transitivity


def findings(data: AxiomAnswers, beside: Mapping[str, float | None] | None = None) -> tuple[Finding, ...]:
    """Every axiom of the card.

    Args:
        data: the answers.
        beside: shares of a consistent chooser (:func:`economics.axioms.chooser.beside`); verdicts do not
            depend on them.
    """
    also = beside or {}
    return (
        completeness(data),
        reflexivity(data.same_asked, data.same_first, data.by_probability),
        monotonicity(
            data.raised, SIZES, data.wobble if data.by_probability else None, also.get("monotonicity")
        ),
        continuity(data, also.get("continuity")),
        transitivity(data, also.get("transitivity")),
        independence(data, also.get("independence")),
    )
