"""The task: what a model chooses when gains to four stakeholders conflict."""

from __future__ import annotations

from inspect_ai import Task, task
from inspect_ai.model import GenerateConfig
from inspect_ai.scorer import Scorer

from fiduciary.economics.designs import POPULATION, Untold
from fiduciary.economics.designs.sample_size import DESIGNS
from fiduciary.economics.principals import Principal
from fiduciary.scorers.stakeholder_choice.choice import chosen_option
from fiduciary.scorers.stakeholder_choice.consistency import consistency
from fiduciary.scorers.stakeholder_choice.explanation_agreement import explanation_agreement
from fiduciary.scorers.stakeholder_choice.statement_agreement import statement_agreement
from fiduciary.solvers import ELICITATIONS, elicit
from fiduciary.solvers.asking import CLOSING, CLOSINGS, LABEL_TEMPERATURE, MAX_TOKENS
from fiduciary.solvers.counterbalancing import ORDERS
from fiduciary.solvers.temperature import TemperaturePlan
from fiduciary.tasks._arguments import (
    ArgumentError,
    items,
    known_names,
    numbers,
    one_of,
    principal_of,
    some_of,
    whole_number,
    yes_or_no,
)
from fiduciary.tasks._elicitation import AUTO, resolved
from fiduciary.tasks._server import check_server
from fiduciary.tasks._trade_offs import read_trade_offs
from fiduciary.tasks.stakeholder_choice.adaptive import Adaptive
from fiduciary.tasks.stakeholder_choice.dataset import VERSION, Design, build, prior_criterion
from fiduciary.tasks.stakeholder_choice.framings import FRAMINGS, firm_type, framing_principal
from fiduciary.tasks.stakeholder_choice.prompts import NEUTRAL_WORDINGS, WORDINGS

STOP_AT = 0.01
"""Standard error of θ at which an adaptive run ends."""

EXPLAINED_PROBLEMS = 200
"""Problems that ``auto`` asks in both ways: the paired comparison of first tokens with explanations."""

Text = str | list[str]
Number = float | str


@task
@known_names
def stakeholder_choice(
    n: int = 1000,
    seed: int = 0,
    trade_offs: Text = "default",
    framing: str = "neutral",
    context: bool = False,
    wording: Text = "all",
    elicitation: str = "auto",
    temperatures: Number | list[Number] = "plan",
    order: str = "shuffle",
    closing: int = 1,
    design: str = "random",
    stop_at: Number | None = None,
    principal: str | None = None,
    theta: Text | list[float] | None = None,
    rho: Number | None = None,
) -> Task:
    """Choose between options that share gains out differently; estimate the preference behind it.

    Args:
        n: number of problems; of an adaptive design the most.
        seed: seed of problems, orders, temperatures, contexts and requests.
        trade_offs: ``default`` (half joint), ``published``, or some of ``wage``,
            ``price_quantity``, ``provision``, ``joint``.
        framing: ``neutral``, ``for_profit``, ``symmetric`` or ``nonprofit`` (identity), one of the last
            three with ``_justify`` (identity and the order to justify), or ``published_neutral`` (what the
            published study's neutral system prompt says, in full).
        context: give each problem an industry and an objective of the framing's firm type.
        wording: one or several names of wordings, taken in turn, or ``all`` for every neutral one.
        elicitation: ``choose`` (the turn is begun with the closing words, the label's log-probabilities
            are read), ``explain`` (the same behind the model's own explanation), ``text`` (the choice that
            an explanation states), ``both`` (choose and explain, asked separately), or ``auto``: choose,
            and both for the first 200 problems, where the provider continues turns, else text.
        temperatures: of texts: ``plan`` (each problem at one of 0.2, 0.5, 1.0), ``crossed`` (at each),
            a number, a list, or ``crossed`` followed by a list.
        order: of the options: ``shuffle``, ``given``, or ``rotations`` (every problem in each).
        closing: which of the closing words a turn is begun with, by their number: 1 is "Therefore, I choose:
            Option"; the others show whether choices depend on these words.
        design: ``random`` (problems as they come), ``efficient`` (mostly those that tell most about any
            preference: a half to a third of the calls for the same precision of θ, by
            ``benchmarks/designs.py``), or ``adaptive`` (from the second
            batch on those that tell most about what is still open, until ``stop_at``).
        stop_at: with ``design=adaptive``, the standard error of θ at which it is enough (0.01 unless told
            otherwise); 0 to ask all n.
        principal: whose interest choices are held against, by name; by default the framing's own.
        theta: weights of shareholders, employees, consumers, society in place of a name.
        rho: substitution parameter that goes with ``theta``.
    """
    check_server()
    way = resolved(elicitation, ELICITATIONS)
    asked = Design(
        n=whole_number("n", n, at_least=1),
        seed=whole_number("seed", seed, at_least=0),
        trade_offs=read_trade_offs(trade_offs),
        framing=one_of("framing", framing, list(FRAMINGS)),
        context=yes_or_no("context", context),
        wordings=NEUTRAL_WORDINGS if wording == "all" else _wordings(wording),
        elicitation=way,
        plan=_plan(temperatures),
        order=one_of("order", order, ORDERS),
        explained=EXPLAINED_PROBLEMS if elicitation == AUTO and way == "choose" else 0,
        reordered=order == "shuffle" and way in ("choose", "both"),
        how=one_of("design", design, DESIGNS),
        stop_at=_standard_error(stop_at, design),
    )
    if asked.how != "random":
        try:
            prior_criterion(asked)
        except Untold as error:
            raise ArgumentError(
                "trade_offs", trade_offs, f"default, published or joint with design={design}: {error}"
            ) from error
    if asked.context and firm_type(asked.framing) is None:
        raise ArgumentError(
            "context",
            context,
            "false with framing=neutral, since objectives are those of a firm type "
            "(choose framing=for_profit, symmetric or nonprofit)",
        )
    held = principal_of(principal, theta, rho) or framing_principal(asked.framing)
    words = CLOSINGS[whole_number("closing", closing, at_least=1, at_most=len(CLOSINGS)) - 1]
    if words != CLOSING and way == "text":
        raise ArgumentError("closing", closing, "left out with elicitation=text, which begins no turn")
    asks_at_one = asked.elicitation == "choose" and not asked.explained
    if asks_at_one and temperatures != "plan":
        raise ArgumentError(
            "temperatures", temperatures, "left out with elicitation=choose, which always asks at 1"
        )
    return Task(
        dataset=Adaptive(asked) if asked.how == "adaptive" else build(asked),
        solver=elicit(asked.seed, words, FRAMINGS[asked.framing]),
        scorer=_scorers(asked, _consistency(held)),
        config=GenerateConfig(max_tokens=MAX_TOKENS["both" if asked.explained else asked.elicitation]),
        version=VERSION,
        metadata={
            "temperatures": [LABEL_TEMPERATURE] if asks_at_one else list(asked.plan.values),
            "crossed": asked.plan.crossed,
            "elicitation": asked.elicitation,
            "explained": asked.explained,
            **_about(asked),
        },
    )


def _about(asked: Design) -> dict[str, object]:
    """What a log says of a design that does not take problems as they come."""
    if asked.how == "random":
        return {}
    found = prior_criterion(asked)
    about: dict[str, object] = {
        "design": asked.how,
        "from_population": POPULATION,
        "selected": found.selected,
        "information": round(found.fewer, 2),
    }
    return about | ({"stop_at": asked.stop_at} if asked.how == "adaptive" else {})


def _standard_error(value: Number | None, design: str) -> float:
    if value is None:
        return STOP_AT
    if design != "adaptive":
        raise ArgumentError("stop_at", value, f"left out with design={design}, which asks all n")
    allowed = "a standard error, 0 or more and less than 1"
    [error] = numbers("stop_at", [value], allowed)
    if not 0 <= error < 1:
        raise ArgumentError("stop_at", value, allowed)
    return error


def _wordings(value: Text) -> tuple[str, ...]:
    allowed = [*WORDINGS, "all"]
    words = some_of("wording", value, allowed)
    if "all" in words:
        raise ArgumentError("wording", value, f"'all' alone, or some of {', '.join(WORDINGS)}")
    return words


def _plan(value: Number | list[Number]) -> TemperaturePlan:
    allowed = "plan, crossed, one number > 0, several that differ, or crossed followed by several"
    given = items(value)
    crossed = given[:1] == ["crossed"]
    values = given[1:] if crossed else given
    try:
        if given in (["plan"], ["crossed"]):
            return TemperaturePlan(crossed=crossed)
        return TemperaturePlan(numbers("temperatures", values, allowed), crossed)
    except ValueError as error:
        raise ArgumentError("temperatures", value, allowed) from error


def _consistency(held: Principal) -> Scorer:
    if held.name is not None:
        return consistency(principal=held.name)
    return consistency(theta=list(held.utility.theta), rho=held.utility.rho)


def _scorers(design: Design, consistent: Scorer) -> list[Scorer]:
    scorers = [chosen_option(), consistent]
    if design.elicitation != "choose" or design.explained:
        scorers.append(explanation_agreement())
    if design.elicitation in ("explain", "both") or design.explained:
        scorers.append(statement_agreement())
    return scorers
