"""Proof that every adapter is applied, before hours are spent on asking.

A server can accept an adapter's name and answer as the base. So the same problems are put to base and
adapters, and their log-probabilities compared; the base is asked twice, which tells how much of a
difference is noise of the machine.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from inspect_ai.model import ChatMessageAssistant, ChatMessageSystem, ChatMessageUser, GenerateConfig

from fiduciary.economics.problems import generate
from fiduciary.solvers.asking import CLOSING, instruction
from fiduciary.tasks.stakeholder_choice.framings import FRAMINGS
from fiduciary.tasks.stakeholder_choice.prompts import LABELS, render
from fiduciary.training.errors import TrainingError
from fiduciary.training.rebench.plan import BASE, Contender
from fiduciary.training.rebench.servers import Served

PROBLEMS = 12
FLOOR = 1e-3  # nats; smaller differences are rounding
TIMES_NOISE = 5.0

_SEED = 31  # any problems will do

Reading = list[dict[str, float]]


@dataclass(frozen=True)
class Sighting:
    """How far one contender's answers are from the base's.

    Attributes:
        name: the contender.
        difference: largest difference of a log-probability from the base's, nats.
        noise: the same between two askings of the base.
    """

    name: str
    difference: float
    noise: float

    @property
    def applied(self) -> bool:
        """Whether the difference is more than noise."""
        return self.difference > max(FLOOR, TIMES_NOISE * self.noise)


def canary(served: Served, wording: str) -> list[Sighting]:
    """Ask base and adapters the same, and stop where an adapter changes nothing.

    Args:
        served: where they answer.
        wording: of the problems; one that the base understands.

    Raises:
        TrainingError: an adapter that is not applied, or two that answer alike though they differ.
    """
    readings = asyncio.run(_ask(served, wording))
    base = readings[BASE]
    noise = difference(base, readings[f"{BASE} again"])
    if noise == float("inf"):
        raise TrainingError("the base returned other tokens when asked the same again: the server is broken.")
    sightings = []
    seen: list[Contender] = []
    for contender in served.plan.contenders:
        if contender.adapter is None:
            continue
        sighting = Sighting(contender.name, difference(base, readings[contender.name]), noise)
        sightings.append(sighting)
        if not sighting.applied:
            raise TrainingError(
                f"the adapter {contender.name} is not applied, or does nothing: over {PROBLEMS} problems "
                f"no log-probability is further than {sighting.difference:.2g} from the base's (the base "
                f"asked twice: {noise:.2g}). Look at how the server was given the adapter."
            )
        for other in seen:
            apart = difference(readings[other.name], readings[contender.name])
            if other.digest != contender.digest and apart <= max(FLOOR, TIMES_NOISE * noise):
                raise TrainingError(
                    f"the adapters {other.name} and {contender.name} answer alike (largest difference "
                    f"{apart:.2g}) though their weights differ: one of them is served under both names."
                )
        seen.append(contender)
    return sightings


def difference(one: Reading, other: Reading) -> float:
    """Largest difference of the log-probability of a token that both readings name."""
    return max(
        (abs(a[token] - b[token]) for a, b in zip(one, other, strict=True) for token in a.keys() & b.keys()),
        default=float("inf"),
    )


async def _ask(served: Served, wording: str) -> dict[str, Reading]:
    asked = {f"{BASE} again": served.plan.contenders[0]} | {c.name: c for c in served.plan.contenders}
    return {
        name: await _reading(served, contender, wording)
        for name, contender in asked.items()
        if contender.adapter is not None or contender.name == BASE
    }


async def _reading(served: Served, contender: Contender, wording: str) -> Reading:
    model = served.model(contender, fresh=True)
    config = GenerateConfig(temperature=1.0, max_tokens=1, logprobs=True, top_logprobs=20, seed=0)

    async def one(text: str) -> dict[str, float]:
        asked = [ChatMessageSystem(content=FRAMINGS["neutral"]), ChatMessageUser(content=text)]
        output = await model.generate([*asked, ChatMessageAssistant(content=CLOSING)], config=config)
        logprobs = output.choices[0].logprobs if output.choices else None
        if logprobs is None or not logprobs.content:
            raise TrainingError(f"{contender.name} gives no log-probabilities; the canary needs them.")
        return {top.token: top.logprob for top in logprobs.content[0].top_logprobs or []}

    return list(await asyncio.gather(*(one(text) for text in _texts(wording))))


def _texts(wording: str) -> Sequence[str]:
    texts = []
    for problem in generate(PROBLEMS, _SEED):
        asked = instruction("choose", LABELS[: problem.n_options])
        texts.append(f"{render(problem, wording, range(problem.n_options))}\n\n{asked}")
    return texts
