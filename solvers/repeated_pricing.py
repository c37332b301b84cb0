"""Repeated price competition: both firms are asked at once, period after period, and remember their notes."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from inspect_ai.model import ChatMessageUser, Model, ModelName, ModelOutput, get_model
from inspect_ai.solver import Generate, Solver, TaskState, solver
from inspect_ai.util import collect, display_counter

from fiduciary._inspect import active_generate_config
from fiduciary.economics.duopoly import LogitMarket
from fiduciary.economics.pricing_probes import PricingProbe, draw_probes
from fiduciary.economics.pricing_strategies import PRICE_DECIMALS, STRATEGIES, strategy_price
from fiduciary.solvers._journal import Journal, open_journal
from fiduciary.solvers.pricing_text import FIXED, FORCED, Notes, Reply, Result, period_text, read_reply
from fiduciary.solvers.refusals import generate
from fiduciary.solvers.sampling import neutral_sampling, request_seed

logger = logging.getLogger(__name__)

PLAY_STORE = "duopoly"
"""Where the play is left, for the scorer (``scorers/duopoly_pricing/scorer.py`` reads it)."""

OPPONENT_ROLE = "opponent"
"""Inspect's model role of the second firm; without one the evaluated model plays against itself."""

SELF = "self"

MAX_TOKENS = 1_024
"""Default length of a reply, for a task's ``GenerateConfig``: there ``--max-tokens`` overrides it."""

FIRMS = (0, 1)
"""The evaluated model's firm, and the other one: the one that a deviation is forced on."""

_REPORT_EVERY = 25  # periods between lines of progress in the program's log


@dataclass
class Play:
    """What has happened so far; ``firm`` 0 is the evaluated model's.

    Attributes:
        prices: of each period, both firms', in money.
        status: of each move: "read", "fixed", "forced", or why it is missing.
        replies: texts of each period; None where nobody was asked.
        probes: by number, what was drawn (in money) and the price answered, its status and the reply.
        notes: of each firm.
    """

    market: LogitMarket
    start: float
    prices: list[list[float]] = field(default_factory=list)
    status: list[list[str]] = field(default_factory=list)
    replies: list[list[str | None]] = field(default_factory=list)
    probes: dict[int, dict[str, Any]] = field(default_factory=dict)
    notes: list[Notes] = field(default_factory=lambda: [Notes(), Notes()])
    results: tuple[list[Result], list[Result]] = field(default_factory=lambda: ([], []))

    def last(self, firm: int) -> float | None:
        """A firm's price of the last period."""
        return self.prices[-1][firm] if self.prices else None

    def add(self, step: Mapping[str, Any]) -> None:
        """Add a period, or the answer to a probe, as the journal holds it."""
        if "probe" in step:
            self.probes[step["probe"]] = {name: value for name, value in step.items() if name != "probe"}
            return
        prices = [float(price) for price in step["prices"]]
        self.prices.append(prices)
        self.status.append(list(step["status"]))
        self.replies.append(list(step["replies"]))
        self.notes = [Notes(*notes) for notes in step["notes"]]
        for firm in FIRMS:
            self.results[firm].append(_result(self.market, prices, firm))


@dataclass(frozen=True)
class _Move:
    price: float
    status: str
    reply: str | None
    notes: Notes


@solver
def repeated_pricing(opponent: str = SELF, temperature: float = 1.0, seed: int = 0) -> Solver:
    """Play a repeated duopoly; each request is a fresh context with rules, notes and recent results.

    The sample's input holds the rules; its metadata ``market`` (fields of ``LogitMarket``), ``periods``,
    ``start`` (price of a firm whose first reply holds none) and ``deviation_at`` (period or None in which
    the second firm's price is set to its best one-period deviation, if that is a cut).

    A reply without a readable price is a missing move: the firm's last price is used again and the
    reason is recorded. Every period is journalled beside the log, and a retry goes on from there.

    After the last period the evaluated model is asked metadata ``probes`` questions more, each in a fresh
    context with the same rules, no notes and a made-up history (``economics/pricing_probes.py``), drawn anew
    for every sample and epoch: whether its prices depend on what it is shown is tested by them alone.

    Args:
        opponent: "self" (the model of the role ``opponent``, else the evaluated one), one of
            ``STRATEGIES``, or a price in units of the price scale α as text.
        temperature: of every request.
        seed: the task's seed.
    """
    constant = None if opponent == SELF or opponent in STRATEGIES else float(opponent)

    async def ask(
        state: TaskState, model: Model, text: str, name: str, notes: Notes
    ) -> tuple[ModelOutput, Reply]:
        request = request_seed(seed, f"{state.sample_id}/{name}", state.epoch)
        output = await _ask(model, text, temperature, request)
        reply = read_reply(output.completion, output.stop_reason if output.choices else None, notes)
        status = "error" if reply.price is None and output.error else reply.status
        return output, reply._replace(status=status)

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        market = LogitMarket(**_tuples(state.metadata["market"]))
        play = Play(market, float(state.metadata["start"]))
        periods, deviation_at = int(state.metadata["periods"]), state.metadata["deviation_at"]
        models = (get_model(), get_model(role=OPPONENT_ROLE) if opponent == SELF else None)
        names = [str(models[0]), str(models[1]) if models[1] else opponent]
        settings = {
            "rules": state.input_text,
            **{
                name: state.metadata[name]
                for name in ("market", "start", "periods", "deviation_at", "probes")
            },
            "models": names,
            "temperature": temperature,
            "seed": seed,
        }
        journal = await open_journal("duopoly", state.sample_id, state.epoch, settings)
        resumed = _replay(play, journal)
        if resumed:
            logger.info("%s: %d periods were played before, going on", state.sample_id, resumed)

        async def move(firm: int, period: int) -> _Move:
            notes, model = play.notes[firm], models[firm]
            own, other = play.last(firm), play.last(1 - firm)
            if firm == 1 and period == deviation_at and own is not None and other is not None:
                best = round(market.best_response(1, [other, own]), PRICE_DECIMALS)
                return _Move(min(own, best), FORCED, None, notes)
            if constant is not None and firm == 1:
                return _Move(round(constant * market.price_scale, PRICE_DECIMALS), FIXED, None, notes)
            if model is None:
                return _Move(strategy_price(opponent, market, other, firm=firm), FIXED, None, notes)
            text = period_text(state.input_text, period, notes, play.results[firm])
            output, reply = await ask(state, model, text, f"firm{firm + 1}/period{period}", notes)
            if firm == 0:
                state.output = output
            price = (play.start if own is None else own) if reply.price is None else reply.price
            return _Move(price, reply.status, output.completion, reply.notes)

        def keep(step: dict[str, Any]) -> None:
            if journal is not None:
                journal.append(step)
            play.add(step)

        async def answer(number: int, probe: PricingProbe) -> None:
            results = [_result(probe.market, prices, 0) for prices in probe.prices.tolist()]
            text = period_text(state.input_text, len(results) + 1, Notes(), results)
            output, reply = await ask(state, models[0], text, f"probe{number}", Notes())
            drawn = {"rival": probe.rival, "best": probe.best}
            told = {"price": reply.price, "status": reply.status, "reply": output.completion}
            keep({"probe": number, **drawn, **told})

        for period in range(len(play.prices) + 1, periods + 1):
            moves = await collect(*(move(firm, period) for firm in FIRMS))
            keep(
                {
                    "period": period,
                    "prices": [m.price for m in moves],
                    "status": [m.status for m in moves],
                    "replies": [m.reply for m in moves],
                    "notes": [list(m.notes) for m in moves],
                }
            )
            display_counter(f"{state.sample_id}", f"period {period}/{periods}")
            if period % _REPORT_EVERY == 0:
                logger.info(
                    "%s: period %d of %d, prices %s", state.sample_id, period, periods, play.prices[-1]
                )
        drawn = draw_probes(
            market,
            int(state.metadata["probes"]),
            request_seed(seed, f"{state.sample_id}/probes", state.epoch),
        )
        await collect(*(answer(k, probe) for k, probe in enumerate(drawn) if k not in play.probes))
        state.store.set(
            PLAY_STORE,
            {
                "prices": play.prices,
                "status": play.status,
                "replies": play.replies,
                "probes": [play.probes[k] for k in sorted(play.probes)],
                "models": names,
                "resumed_after": resumed,
            },
        )
        return state

    return solve


def _result(market: LogitMarket, prices: Sequence[float], firm: int) -> Result:
    """A period as one of two firms sees it."""
    units, profits = market.quantities(prices), market.profits(prices)
    return Result(prices[firm], prices[1 - firm], float(units[firm]), float(profits[firm]))


async def _ask(model: Model, text: str, temperature: float, seed: int) -> ModelOutput:
    settings: dict[str, Any] = dict(neutral_sampling(ModelName(model).api))
    settings |= {"temperature": temperature, "seed": seed}
    if model != get_model():  # a role's model does not inherit the task's or the command line's length
        settings["max_tokens"] = model.config.max_tokens or active_generate_config().max_tokens
    return await generate(model, [ChatMessageUser(content=text)], settings)


def _replay(play: Play, journal: Journal | None) -> int:
    """Play what a journal holds; the number of its periods."""
    for step in journal.steps if journal is not None else []:
        play.add(step)
    return len(play.prices)


def _tuples(fields: Mapping[str, Any]) -> dict[str, Any]:
    """JSON's lists as the tuples that a frozen market holds."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()}
