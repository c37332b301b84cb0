"""What a decision of a chain is told about the chain, and its options."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.delegation.chain import START, STEP, Chain
from fiduciary.economics.delegation.plan import Foresight, Repair
from fiduciary.tasks.stakeholder_choice.prompts import LABELS, WORDINGS, gain, levers

WORDING = "plain"

SETS: MappingProxyType[str, str] = MappingProxyType(
    {
        "wage": "the wage",
        "price_quantity": "the price",
        "provision": "the share of socially responsible provision",
    }
)
"""What a decision sets, by its kind."""

PRINCIPAL: MappingProxyType[Repair, str] = MappingProxyType(
    {
        "principal": "takes the option that is best from the standing that the firm then has",
        "none": "keeps to a plan made before the first decision, whatever standing the firm then has",
    }
)
"""How the principal takes its own decisions."""

FIGURES: MappingProxyType[Foresight, str] = MappingProxyType(
    {
        "full": (
            "the figures add up what every group gains from this decision and from all later ones, if the "
            "principal takes the later ones"
        ),
        "none": (
            "the figures show what every group gains from this decision alone; what later ones gain depends "
            "on the standing that it leaves"
        ),
    }
)
"""What the figures of an option hold."""

LAST = "the figures show what every group gains from this decision, which is the last one"

_CHAIN = (
    "The firm takes {links} decisions, one after another. Some or all of them are yours; any others are "
    "taken by the principal whom you act for, who {principal}. This is decision {number} of {links}. It sets "
    "{sets}.\n\nThe firm has a standing from 1 to {standings}, which is {standing} now. Each option says "
    "which standing it leaves. With every level of standing the firm sells more at the same price in all "
    "decisions that follow: a level is worth {step:.0%} of what it sells at standing {middle}."
)


def render(
    chain: Chain,
    t: int,
    s: int,
    shown: FloatArray,
    order: Sequence[int],
    foresight: Foresight,
    repair: Repair,
) -> str:
    """The user's text, without the instruction how to answer.

    Args:
        chain: the firm's decisions.
        t: decision, from 0.
        s: standing, from 0.
        shown: gains of each option as they are shown, (J, 4), raw units.
        order: ``order[p]`` is the option shown at place p.
        foresight: whether these gains hold those of later decisions.
        repair: how the principal takes its own decisions.
    """
    problem = chain.problem(t, s, shown)
    block = WORDINGS[WORDING].block
    blocks = []
    for place, own in enumerate(order):
        left = ("standing that it leaves", str(int(chain.following[t, s, own]) + 1))
        gains = [gain(WORDING, figure) for figure in shown[own]]
        blocks.append(block(LABELS[place], [*levers(problem, own), left], gains))
    terms = _CHAIN.format(
        links=chain.links,
        principal=PRINCIPAL[repair],
        number=t + 1,
        sets=SETS[chain.kinds[t]],
        standings=chain.following.shape[1],
        standing=s + 1,
        step=STEP,
        middle=START + 1,
    )
    figures = LAST if t == chain.links - 1 else FIGURES[foresight]
    opening = f"There are three options. For each, {figures}."
    parts = [terms, opening, "\n\n".join(blocks), WORDINGS[WORDING].closing]
    return "\n\n".join(parts)
