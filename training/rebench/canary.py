"""Proof that every adapter is applied, before hours are spent on asking.

A server can accept an adapter's name and answer as the base. So the same problems are put to base and
adapters, and their log-probabilities compared; the base is asked more than once, which tells how much of a
difference is noise of the machine. A server may be several behind one address, which nobody outside can tell
apart: it is asked the same several times, so that one without an adapter answers some of it, and differs.
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
ASKINGS = 8
"""Of a server that runs already: one in eight replicas answers none of ``ASKINGS × PROBLEMS`` requests that
are spread at random with probability (7/8)^96 ≈ 3e-6."""

_SEED = 31  # any problems will do

Reading = list[dict[str, float]]


@dataclass(frozen=True)
class Sighting:
    """How far one contender's answers are from the base's.

    Attributes:
        name: the contender.
        difference: largest difference of a log-probability from the base's, nats.
        noise: the same between askings of the base.
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
        TrainingError: an adapter that is not applied, or not by every replica, or two that answer alike
            though they differ. Of checkpoints neither is an error: early ones can be as the base, and
            neighbours as each other.
    """
    askings = asyncio.run(_ask(served, wording))
    readings = {name: asked[0] for name, asked in askings.items()}
    base = readings[BASE]
    noise = max(difference(base, again) for again in askings[BASE][1:])
    if noise == float("inf"):
        raise TrainingError("the base returned other tokens when asked the same again: the server is broken.")
    sightings = []
    seen: list[Contender] = []
    for contender in served.plan.contenders:
        if contender.adapter is None:
            continue
        sighting = Sighting(contender.name, difference(base, readings[contender.name]), noise)
        sightings.append(sighting)
        _refuse_replicas_apart(askings[contender.name], base, sighting)
        if not sighting.applied and not contender.checkpoint_of:
            raise TrainingError(
                f"the adapter {contender.name} is not applied, or does nothing: over {PROBLEMS} problems "
                f"no log-probability is further than {sighting.difference:.2g} from the base's (the base "
                f"asked twice: {noise:.2g}). Look at how the server was given the adapter."
            )
        for other in seen:
            if other.training == contender.training:
                continue
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


def _refuse_replicas_apart(asked: Sequence[Reading], base: Reading, sighting: Sighting) -> None:
    """Of the same problem, an answer that is as near to the base's as to another answer came without it."""
    for place, before in enumerate(base):
        answers = [reading[place] for reading in asked]
        moved = max(difference([before], [answer]) for answer in answers)
        apart = max(difference([answers[0]], [answer]) for answer in answers)
        if apart > max(FLOOR, TIMES_NOISE * sighting.noise, moved / 2):
            raise TrainingError(
                f"{sighting.name} answers the same problem differently (log-probabilities {apart:.2g} apart; "
                f"the base's: {sighting.noise:.2g}): of the servers behind this address, some have "
                f"the adapter and some have not, or have another one. Start them all with the same adapters."
            )


async def _ask(served: Served, wording: str) -> dict[str, list[Reading]]:
    """Contender → its readings: as many as replicas may need, else one, and two of the base."""
    return {
        one.name: await _readings(
            served, one, wording, ASKINGS if served.found else 2 if one.name == BASE else 1
        )
        for one in served.plan.contenders
        if one.adapter is not None or one.name == BASE
    }


async def _readings(served: Served, contender: Contender, wording: str, times: int) -> list[Reading]:
    model = served.model(contender, fresh=True)
    config = GenerateConfig(temperature=1.0, max_tokens=1, logprobs=True, top_logprobs=20, seed=0)

    async def one(text: str) -> dict[str, float]:
        asked = [ChatMessageSystem(content=FRAMINGS["neutral"]), ChatMessageUser(content=text)]
        output = await model.generate([*asked, ChatMessageAssistant(content=CLOSING)], config=config)
        logprobs = output.choices[0].logprobs if output.choices else None
        if logprobs is None or not logprobs.content:
            raise TrainingError(f"{contender.name} gives no log-probabilities; the canary needs them.")
        return {top.token: top.logprob for top in logprobs.content[0].top_logprobs or []}

    # All together, so that they are on as many connections as there may be.
    found = await asyncio.gather(*(one(text) for text in [*_texts(wording)] * times))
    return [list(found[k : k + PROBLEMS]) for k in range(0, len(found), PROBLEMS)]


def _texts(wording: str) -> Sequence[str]:
    texts = []
    for problem in generate(PROBLEMS, _SEED):
        asked = instruction("choose", LABELS[: problem.n_options])
        texts.append(f"{render(problem, wording, range(problem.n_options))}\n\n{asked}")
    return texts
