"""Everything that Inspect finds by name; the distribution's entry points load this module."""

# No public function registers one object under two names.
from inspect_ai._util.registry import registry_add, registry_info, registry_unqualified_name

from scorers import chosen_option, consistency, explanation_agreement, game_play, logprob_agreement
from scorers.allocation import budget_allocations
from scorers.dilemmas import dilemma_choices, dilemma_ratings
from scorers.duopoly import pricing
from scorers.inventory import inventory_answers, inventory_scores
from scorers.menus import menu_choices
from scorers.metrics import (
    agreement_rate,
    ces_parameters,
    consistency_by,
    consistency_rates,
    cooperation_rates,
    missing_rate,
    modal_agreement,
    play_quality,
    position_effects,
    rules_right,
    social_preference,
)
from scorers.metrics.budget_answers import budget_answers
from scorers.metrics.budget_demand import budget_demand
from scorers.metrics.budget_rationality import budget_rationality
from scorers.metrics.dilemma_shares import dilemma_shares
from scorers.metrics.judgement_gap import judgement_gap
from scorers.metrics.menu_answers import menu_answers
from scorers.metrics.menu_effects import menu_effects
from scorers.metrics.pair_consistency import pair_consistency
from scorers.metrics.pairs_missing import pairs_missing
from scorers.metrics.pricing_outcomes import pricing_outcomes
from scorers.metrics.pump_losses import pump_losses
from scorers.metrics.pumps_missing import pumps_missing
from scorers.metrics.supervision_rates import supervision_rates
from scorers.money_pump import money_lost
from scorers.stress import stress_answers
from scorers.stress.metrics import stress_summary
from scorers.supervision import supervised
from scorers.transitivity import transitive_triads
from solvers import elicit, framing, strategy_method
from solvers.budgets import ask_budgets
from solvers.dilemmas import ask_dilemma
from solvers.duopoly import repeated_pricing
from solvers.inventory import administer
from solvers.money_pump import pump
from solvers.pairs import ask_pairs
from solvers.stress import ask_stress
from subjects import subject
from tasks.allocation.task import allocation
from tasks.dark_tetrad.task import dark_tetrad
from tasks.duopoly_pricing.task import duopoly_pricing
from tasks.economic_games.task import economic_games
from tasks.hexaco100.task import hexaco100
from tasks.menus.task import menus
from tasks.money_pump.task import money_pump
from tasks.moral_dilemmas.task import moral_dilemmas
from tasks.stakeholder_choice.task import stakeholder_choice
from tasks.stress.task import stress
from tasks.transitivity.task import transitivity

SCORERS = (
    chosen_option,
    consistency,
    explanation_agreement,
    game_play,
    logprob_agreement,
    dilemma_choices,
    dilemma_ratings,
    pricing,
    budget_allocations,
    inventory_answers,
    money_lost,
    stress_answers,
    supervised,
    transitive_triads,
    menu_choices,
)

# An ordinary installation registers scorers as "scorers/consistency" and so on, but a log keeps the
# part after the slash only. Under that name too, a log can be scored again wherever it was made.
for _scorer in SCORERS:
    _info = registry_info(_scorer)
    registry_add(_scorer, _info.model_copy(update={"name": registry_unqualified_name(_info)}))
    registry_add(_scorer, _info)

__all__ = [
    "SCORERS",
    "administer",
    "agreement_rate",
    "allocation",
    "ask_budgets",
    "ask_dilemma",
    "ask_pairs",
    "ask_stress",
    "budget_allocations",
    "budget_answers",
    "budget_demand",
    "budget_rationality",
    "ces_parameters",
    "chosen_option",
    "consistency",
    "consistency_by",
    "consistency_rates",
    "cooperation_rates",
    "dark_tetrad",
    "dilemma_choices",
    "dilemma_ratings",
    "dilemma_shares",
    "duopoly_pricing",
    "economic_games",
    "elicit",
    "explanation_agreement",
    "framing",
    "game_play",
    "hexaco100",
    "inventory_answers",
    "inventory_scores",
    "judgement_gap",
    "logprob_agreement",
    "menu_answers",
    "menu_choices",
    "menu_effects",
    "menus",
    "missing_rate",
    "modal_agreement",
    "money_lost",
    "money_pump",
    "moral_dilemmas",
    "pair_consistency",
    "pairs_missing",
    "play_quality",
    "position_effects",
    "pricing",
    "pricing_outcomes",
    "pump",
    "pump_losses",
    "pumps_missing",
    "repeated_pricing",
    "rules_right",
    "social_preference",
    "stakeholder_choice",
    "strategy_method",
    "stress",
    "stress_answers",
    "stress_summary",
    "subject",
    "supervised",
    "supervision_rates",
    "transitive_triads",
    "transitivity",
]
