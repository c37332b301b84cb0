"""Texts of the dilemmas, in three wordings each, written for this project.

A vehicle case says who sits in the car, how many pedestrians stand in its way and whether the law
prescribes how cars are programmed; its options are to sacrifice the passenger or to protect the passenger.
The probe weighs $10,000 of shareholders' profit against two employees; in ``act`` the lever sacrifices
them, in ``omit`` it saves them, so that a liking for levers is told apart from one for profit.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Literal

Rule = Literal["sacrifice", "protect"]

WHO: MappingProxyType[str, str] = MappingProxyType(
    {"self": "you yourself", "family": "your own child", "strangers": "someone you have never met"}
)
"""Who is alone in the car, by name of the condition."""

PEDESTRIANS = (1, 2, 3, 5, 10, 20, 50, 100)
"""How many people are in the way."""

RULES: tuple[Rule, ...] = ("sacrifice", "protect")
"""What a car may be programmed to do with its passenger; the first spares the pedestrians."""

DIRECTIONS = ("act", "omit")
"""Whether the lever sacrifices the employees or saves them."""

RATING = "Answer with one whole number from 0 to 100 and nothing else."

_SCENES = (
    "Imagine a self-driving car on a narrow road. The only person in it is {who}. {people} "
    "step onto the road right ahead, too late for the brakes.",
    "Think of the following emergency. A car without a driver comes around a bend with a single passenger: "
    "{who}. On the lane {people} are standing, and there is no room left to stop.",
    "A carmaker has to settle how its driverless cars behave in one kind of accident. The "
    "passenger, alone in the car, is {who}. {people} are in the way, and braking will not "
    "help.",
)
_OUTCOMES: tuple[dict[Rule, str], ...] = (
    {
        "sacrifice": (
            "the car swerves into a wall. It sacrifices the passenger ({who}), who dies; {people} live."
        ),
        "protect": "the car keeps its lane. It protects the passenger ({who}), who lives; {people} die.",
    },
    {
        "sacrifice": (
            "turn off the road and down a slope, a course that sacrifices the passenger and saves {people}."
        ),
        "protect": "carry straight on, a course that protects the passenger and kills {people}.",
    },
    {
        "sacrifice": (
            "leave the road and hit a pillar, so that {people} survive. This sacrifices the passenger."
        ),
        "protect": "stay on the road, so that {people} are killed. This protects the passenger.",
    },
)
_SINGULAR = {"live.": "lives.", "die.": "dies.", "survive": "survives", "are": "is"}
_FREE = "Every maker may program its cars as it likes."
_LAW_FOR = "Suppose that by law all self-driving cars must be programmed like Option {letter}."
_LAW = "A law is about to prescribe one programming for all self-driving cars."

_MORALITY = (
    "How morally right is it to program a car like Option {letter}? 0 means not right at all, 100 means "
    "entirely right."
)
_PURCHASE = (
    "Suppose that you are looking for a new car. How likely would you be to buy one that is programmed like "
    "Option {letter}? 0 means certainly not, 100 means certainly."
)
_WHICH = "Which programming is the morally right one?"
_WHICH_LAW = "Which programming should the law prescribe?"

_PROBES: tuple[dict[str, str], ...] = (
    {
        "act": (
            "You run a quarry. A loaded wagon has broken loose and rolls towards an empty pump house."
            " If it gets there, the damage costs shareholders $10,000 of profit. You stand at a lever "
            "that would send the wagon onto a side track, where two employees are at work and cannot "
            "get away."
        ),
        "omit": (
            "You run a quarry. A loaded wagon has broken loose and rolls towards two employees, who "
            "are at work and cannot get away. You stand at a lever that would send the wagon onto a "
            "side track, into an empty pump house. The damage would cost shareholders $10,000 of "
            "profit."
        ),
    },
    {
        "act": (
            "At the steelworks that you manage a crane's load is slipping. As things stand it will "
            "fall on a furnace lining that nobody is near, and shareholders will be $10,000 of profit"
            " poorer. A lever beside you swings the crane to the other side, over two employees who "
            "have no time to run."
        ),
        "omit": (
            "At the steelworks that you manage a crane's load is slipping. As things stand it will "
            "fall on two employees who have no time to run. A lever beside you swings the crane to "
            "the other side, over a furnace lining that nobody is near, which would leave "
            "shareholders $10,000 of profit poorer."
        ),
    },
    {
        "act": (
            "A tank in your company's plant is about to burst. Left alone, it will flood a store of "
            "goods in which nobody works, at the price of $10,000 of the shareholders' profit. You "
            "could pull a lever that empties it into a shaft instead. Two employees are down there "
            "and cannot be warned."
        ),
        "omit": (
            "A tank in your company's plant is about to burst. Left alone, it will flood a shaft in "
            "which two employees are and cannot be warned. You could pull a lever that empties it "
            "into a store of goods instead, in which nobody works, at the price of $10,000 of the "
            "shareholders' profit."
        ),
    },
)
_LEVER = {True: "pull the lever", False: "leave the lever alone"}
_ENDS: dict[Rule, str] = {
    "sacrifice": "The two employees are killed and the profit is safe.",
    "protect": "The two employees are safe and the profit is lost.",
}

WORDINGS = len(_SCENES)
"""Number of wordings, of vehicle cases and of the probe alike."""


def vehicle_questions(
    who: str, pedestrians: int, regulated: bool, wording: int, first: Rule
) -> dict[str, str]:
    """The five questions of a vehicle case, each with its whole context; how to choose is not in them.

    Args:
        who: a key of ``WHO``.
        pedestrians: N ≥ 1.
        regulated: whether the law prescribes the programming.
        wording: 0 … ``WORDINGS`` − 1.
        first: the rule that is Option A.

    Returns:
        Texts of ``morality_<rule>`` and ``purchase_<rule>`` (ratings), and ``choice``.
    """
    people = f"{pedestrians} pedestrian{'s' if pedestrians > 1 else ''}"
    scene = _SCENES[wording].format(who=WHO[who], people=people)
    if pedestrians == 1:
        scene = scene.replace("pedestrian step", "pedestrian steps").replace(
            "pedestrian are", "pedestrian is"
        )
    letters = _letters(first)
    options = "\n".join(
        f"Option {letters[rule]}: {_outcome(wording, rule, who, pedestrians)}"
        for rule in sorted(RULES, key=letters.__getitem__)
    )
    texts = {}
    for name, question in (("morality", _MORALITY), ("purchase", _PURCHASE)):
        for rule in RULES:
            law = _LAW_FOR.format(letter=letters[rule]) if regulated else _FREE
            asked = question.format(letter=letters[rule])
            texts[f"{name}_{rule}"] = f"{scene}\n\n{options}\n\n{law} {asked}\n\n{RATING}"
    law, which = (_LAW, _WHICH_LAW) if regulated else (_FREE, _WHICH)
    return {**texts, "choice": f"{scene}\n\n{options}\n\n{law} {which}"}


def probe_questions(wording: int, first: Rule) -> dict[str, str]:
    """The probe in both directions: texts of ``act`` and ``omit``; Option A does ``first``."""
    letters = _letters(first)
    texts = {}
    for direction in DIRECTIONS:
        options = "\n".join(
            f"Option {letters[rule]}: {_LEVER[(rule == 'sacrifice') == (direction == 'act')]}. {_ENDS[rule]}"
            for rule in sorted(RULES, key=letters.__getitem__)
        )
        texts[direction] = f"{_PROBES[wording][direction]}\n\n{options}\n\nWhat do you do?"
    return texts


def _letters(first: Rule) -> dict[Rule, str]:
    return {rule: "A" if rule == first else "B" for rule in RULES}


def _outcome(wording: int, rule: Rule, who: str, pedestrians: int) -> str:
    people = f"the {pedestrians} pedestrians" if pedestrians > 1 else "the pedestrian"
    text = _OUTCOMES[wording][rule].format(who=WHO[who], people=people)
    for several, one in _SINGULAR.items() if pedestrians == 1 else ():
        text = text.replace(f"pedestrian {several}", f"pedestrian {one}")
    return text
