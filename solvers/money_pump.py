"""Trades for a fee around the ring that a model's own answers come closest to, in one conversation."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from inspect_ai.model import ChatMessage, ChatMessageUser
from inspect_ai.solver import Generate, Solver, TaskState, solver

from fiduciary.economics.consistency.pairs import MOST_OPTIONS, PairedChoices
from fiduciary.economics.money_pump import LENGTH, Ring, ring_of
from fiduciary.solvers.asking import Answer, Question, ask, ask_all, instruction, keep, system_messages
from fiduciary.solvers.choosing import LABELS
from fiduciary.solvers.label_tokens import Watch
from fiduciary.solvers.pairs import pair_questions

PUMP_STORE = "pump"
"""Where the course of the trades is left, for the scorer."""

Read = Callable[[Answer, str], tuple[int, str | None]]
"""Reads an answer asked for under an elicitation: the place that it chooses (0, 1, or −1), and why none."""

_STREAM = 7  # keeps these draws apart from others that start from the same seed


@dataclass(frozen=True)
class Offer:
    """One offer and what came of it.

    Attributes:
        held: option held when the offer was made.
        offered: option offered for it.
        offered_first: whether the offered option was shown first.
        paid: fees paid before, dollars.
        answer: "traded", "kept" or "missing".
        reason: why the answer is missing, or None.
    """

    held: int
    offered: int
    offered_first: bool
    paid: float
    answer: str
    reason: str | None = None


@solver
def pump(read: Read, seed: int = 0) -> Solver:
    """Ask all pairs in fresh contexts, then offer trades around the ring that the answers imply.

    The ring is :func:`economics.money_pump.ring_of` of the answers: three options, each preferred to
    the one before where a circle was drawn; otherwise the three that come closest to one. The option
    held first, and which option each offer shows first, are drawn from the seed. All offers are one
    conversation, which becomes the sample's; it ends with the first trade that is turned down, with an
    answer that cannot be read, or after ``metadata["circles"]`` full circles.

    Reads the sample's metadata: what :func:`solvers.pairs.ask_pairs` reads; ``fee`` in dollars;
    ``circles``; ``offer``, the text of an offer with ``{held}``, ``{offered}``, ``{fee}`` and
    ``{paid}``. Leaves ``store["pump"]``: ``ring``, ``shares``, ``closed``, ``offered_first`` of every
    offer that could have been made, ``offers``, ``ended`` ("refused", "cap", "missing" or "no ring").

    Args:
        read: how an answer is read.
        seed: the task's seed.
    """
    watch = Watch()

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        elicitation = str(state.metadata["elicitation"])
        answers = await ask_all(state, pair_questions(state), seed, watch)
        found = ring_of(_frequency(answers, int(state.metadata["m"]), elicitation, read))
        if found is None:
            state.store.set(PUMP_STORE, {"ended": "no ring", "offers": []})
            return state
        rng = np.random.default_rng([seed, zlib.crc32(str(state.sample_id).encode()), state.epoch, _STREAM])
        ring = found.started(int(rng.integers(LENGTH)))
        offered_first = [bool(x) for x in rng.random(LENGTH * int(state.metadata["circles"])) < 0.5]
        offers, ended = await _trade(state, ring, offered_first, read, seed, watch)
        state.store.set(
            PUMP_STORE,
            {
                "ring": list(ring.options),
                "shares": list(ring.shares),
                "closed": ring.closed,
                "offered_first": offered_first,
                "offers": [asdict(offer) for offer in offers],
                "ended": ended,
            },
        )
        return state

    return solve


async def _trade(
    state: TaskState, ring: Ring, offered_first: list[bool], read: Read, seed: int, watch: Watch
) -> tuple[list[Offer], str]:
    """Make offers until one is turned down; the conversation becomes the sample's."""
    conversation: list[ChatMessage] = list(system_messages(state.messages))
    offers: list[Offer] = []
    fee, elicitation = float(state.metadata["fee"]), str(state.metadata["elicitation"])
    for step, first in enumerate(offered_first):
        held, offered = ring.options[step % LENGTH], ring.options[(step + 1) % LENGTH]
        paid = fee * step
        conversation.append(
            ChatMessageUser(content=_text(state.metadata, held, offered, first, fee, paid, elicitation))
        )
        question = Question(
            f"offer-{step + 1}",
            tuple(conversation),
            elicitation,
            tuple(LABELS[:2]),
            float(state.metadata["temperature"]),
        )
        given = await ask(state, question, seed, watch)
        keep(state, {question.name: given})
        conversation.append(given.turn(question.closing))
        place, reason = read(given, elicitation)
        answer = "missing" if place < 0 else ("traded" if (place == 0) == first else "kept")
        offers.append(Offer(held, offered, first, paid, answer, reason))
        state.messages = conversation
        if answer != "traded":
            return offers, "missing" if answer == "missing" else "refused"
    return offers, "cap"


def _text(
    metadata: dict[str, Any], held: int, offered: int, first: bool, fee: float, paid: float, elicitation: str
) -> str:
    shown = (offered, held) if first else (held, offered)
    terms = metadata["offer"].format(
        held="AB"[shown.index(held)], offered="AB"[shown.index(offered)], fee=f"{fee:,g}", paid=f"{paid:,g}"
    )
    how = instruction(elicitation, LABELS[:2])
    return f"{terms}\n\n{metadata['questions'][f'{shown[0]}-{shown[1]}']}\n\n{how}"


def _frequency(answers: dict[str, Answer], m: int, elicitation: str, read: Read) -> Any:
    """Share of answers for i against j, net of position, (m, m); NaN where either order lacks."""
    rows = []
    for name, answer in answers.items():
        first, second, _ = (int(part) for part in name.split("-"))
        place, _ = read(answer, elicitation)
        rows.append((0, first, second, -1 if place < 0 else (first, second)[place]))
    sets, firsts, seconds, chosen = np.array(rows).T
    counted = PairedChoices.from_answers(
        sets, firsts, seconds, chosen, n_sets=1, m=m, max_options=MOST_OPTIONS
    )
    # One set alone may lack every second order: a habit of place would then pass for a preference.
    return np.where(counted.both_orders[0], counted.frequency[0], np.nan)
