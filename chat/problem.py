"""A choice problem to draw into the conversation, in the benchmark's own words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from fiduciary.errors import UsageError
from fiduciary.solvers.asking import instruction
from fiduciary.solvers.choosing import LABELS
from fiduciary.solvers.temperature import TemperaturePlan
from fiduciary.tasks.stakeholder_choice.dataset import VERSION, Design, build
from fiduciary.tasks.stakeholder_choice.framings import FRAMINGS
from fiduciary.tasks.stakeholder_choice.prompts import WORDINGS

N_PROBLEMS, SEED = 1000, 0
"""The task's defaults: what is drawn here is what a run with default arguments asks."""

ANSWERS = ("text", "choose")
"""Ways of asking that say in the message how to answer; a conversation begins no turn for the model, so the
letter of ``choose`` comes as it may."""


@dataclass(frozen=True)
class Drawn:
    """A choice problem as a message.

    Attributes:
        text: what ``inspect eval tasks/stakeholder_choice`` sends for it, to the letter.
        id: the sample's id in the log of such a run.
        number: its place there, from 1 to ``N_PROBLEMS``.
        wording: a key of the task's wordings.
        elicitation: one of ``ANSWERS``.
        version: the task's version.
    """

    text: str
    id: str
    number: int
    wording: str
    elicitation: str
    version: str = VERSION

    def record(self) -> dict[str, str | int]:
        """All but the text, which a saved turn holds as its message."""
        return {
            "task": "stakeholder_choice",
            "version": self.version,
            "seed": SEED,
            "number": self.number,
            "id": self.id,
            "wording": self.wording,
            "elicitation": self.elicitation,
        }


def draw(number: int, wording: str = "plain", elicitation: str = "text") -> Drawn:
    """The problem at one place of the task's default run.

    Raises:
        UsageError: a number outside 1 to ``N_PROBLEMS``, an unknown wording or form of answer.
    """
    if not 1 <= number <= N_PROBLEMS:
        raise UsageError(f"problem must be a number from 1 to {N_PROBLEMS}, got {number}")
    if wording not in WORDINGS:
        raise UsageError(f"wording must be one of {', '.join(WORDINGS)}, got '{wording}'")
    if elicitation not in ANSWERS:
        raise UsageError(f"answer must be one of {', '.join(ANSWERS)}, got '{elicitation}'")
    name, text, labels = _problems(wording)[number - 1]
    return Drawn(f"{text}\n\n{instruction(elicitation, labels)}", name, number, wording, elicitation)


@lru_cache(maxsize=len(WORDINGS))
def _problems(wording: str) -> list[tuple[str, str, str]]:
    """Id, text and labels of every problem: about a second for the first of a wording, none for the rest."""
    design = Design(
        n=N_PROBLEMS,
        seed=SEED,
        trade_offs="default",
        framing="neutral",
        context=False,
        wordings=(wording,),
        elicitation="text",
        plan=TemperaturePlan(),
        order="shuffle",
    )
    return [
        (str(sample.id), str(sample.input), LABELS[: (sample.metadata or {})["n_options"]])
        for sample in build(design)
    ]


__all__ = ["ANSWERS", "FRAMINGS", "N_PROBLEMS", "SEED", "WORDINGS", "Drawn", "draw"]
