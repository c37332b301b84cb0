"""One answer to a question with labelled options, read: what the scorers of all such questions start from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from fiduciary.economics.inference.grounds import LEAST_MASS
from fiduciary.scorers.answers import Kept
from fiduciary.scorers.labels import LABELS, label_probabilities
from fiduciary.scorers.reading.argued import argued_place
from fiduciary.scorers.reading.choice import NO_PLACE, Reading, read_choice
from fiduciary.scorers.reading.text import REFUSAL, answer_of

EXPLAINED = "/explained"
"""Follows the name of a question's explained answer, where two were asked for (``solvers/asking.py``)."""

OUTSIDE = "outside the labels"
"""Reason of an answer whose labels hold less than that."""

STATES = ("complete", "cut off", "refused", "thought only", "error")
"""What became of an explanation. Only a complete one counts in the headline estimate: a forced label must not
fill in a missing answer."""

_REASONS = {"cut off": "truncated", "refused": "refused", "thought only": "thought only", "error": "error"}


@dataclass(frozen=True)
class Labelled:
    """What one answer says, by displayed place.

    Attributes:
        elicitation: how it was asked for: ``choose``, ``explain`` or ``text``.
        stated: how the text was read, its ``place`` the displayed one; of ``choose``, the token drawn.
        argued: place of the option that the explanation argues for, or −1.
        state: one of ``STATES``; None where no explanation was asked for.
        by_place: probability of the option at each place at τ = 1, None where its label was not returned;
            None altogether without log-probabilities.
        outside: probability of all other tokens; NaN without log-probabilities.
    """

    elicitation: str
    stated: Reading
    argued: int = NO_PLACE
    state: str | None = None
    by_place: tuple[float | None, ...] | None = None
    outside: float = float("nan")

    @property
    def by_probability(self) -> bool:
        """Whether log-probabilities, not a stated choice, are the answer."""
        return self.elicitation != "text"

    @property
    def valid(self) -> bool:
        """Whether there is an answer to score."""
        if not self.by_probability:
            return self.stated.place >= 0
        return self.measured and self.state in (None, "complete")

    @property
    def measured(self) -> bool:
        """Whether the labels hold enough of the probability for it to be an answer."""
        return self.by_place is not None and 1 - self.outside >= LEAST_MASS

    @property
    def reason(self) -> str | None:
        """Why there is no answer to score."""
        if self.valid:
            return None
        if self.by_place is not None and self.state in (None, "complete"):
            return OUTSIDE
        if self.elicitation == "explain":
            return _REASONS.get(self.state or "error", "no log-probabilities")
        return self.stated.reason or "no answer"

    def tempered(self, temperature: float) -> tuple[float, ...] | None:
        """P_j^(1/τ) / Σ P^(1/τ) by place, a label that was not returned counted as 0; None without any."""
        if not self.valid or self.by_place is None:
            return None
        most = max(p for p in self.by_place if p is not None)
        raised = [((p or 0.0) / most) ** (1 / temperature) for p in self.by_place]
        return tuple(p / sum(raised) for p in raised)


def read_labelled(kept: Kept | None, elicitation: str, labels: Sequence[str] = LABELS) -> Labelled:
    """Read one kept answer.

    Args:
        kept: the answer, or None where nothing came back.
        elicitation: ``choose``, ``explain`` or ``text``.
        labels: of the options, in the order shown.
    """
    k, explained = len(labels), elicitation != "choose"
    if kept is None or kept.error or kept.stop_reason is None:
        return Labelled(elicitation, Reading(reason="error"), state="error" if explained else None)
    place_of = {LABELS.index(name): place for place, name in enumerate(labels) if name in LABELS}
    read = read_choice(kept.text, k, explained, kept.stop_reason)
    stated = replace(read, place=place_of.get(read.place, NO_PLACE))
    answer = Labelled(elicitation, stated)
    if explained:
        state = state_of(kept, stated.place >= 0)
        argued = place_of.get(argued_place(kept.text, k), NO_PLACE)
        answer = replace(answer, argued=argued, state=state)
    if elicitation == "text":
        return answer
    found = label_probabilities(kept.logprobs, labels)
    if found is not None:
        return replace(answer, by_place=found.by_place, outside=found.outside)
    if not explained:
        why = OUTSIDE if kept.logprobs else "no log-probabilities"
        answer = replace(answer, stated=Reading(reason=why))
    return answer


def state_of(kept: Kept, states_choice: bool) -> str:
    """What became of an explanation: one of ``STATES``.

    Words of refusal count where no choice is stated: "I cannot ignore what employees lose" is none.
    """
    if kept.error or kept.stop_reason is None:
        return "error"
    said = answer_of(kept.text)
    if kept.stop_reason == "content_filter" or (not states_choice and REFUSAL.search(said)):
        return "refused"
    if not said:
        return "thought only"
    return "cut off" if kept.stop_reason in ("max_tokens", "model_length") else "complete"
