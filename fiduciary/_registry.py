"""Everything that Inspect finds by name; the distribution's entry point loads this module.

Inspect loads it at every start, also for tasks of others: what is imported here must not load SciPy's parts,
pandas or matplotlib (``import scipy`` alone is cheap: its parts are loaded when they are first used).
"""

from fiduciary._inspect import register_bare
from fiduciary.scorers.allocation import budget_allocations
from fiduciary.scorers.choice import chosen_option
from fiduciary.scorers.consistency import consistency
from fiduciary.scorers.dilemmas import dilemma_choices, dilemma_ratings
from fiduciary.scorers.duopoly import pricing
from fiduciary.scorers.explanation_agreement import explanation_agreement
from fiduciary.scorers.games import game_play
from fiduciary.scorers.inventory import inventory_answers, inventory_scores
from fiduciary.scorers.menus import menu_choices
from fiduciary.scorers.metrics import (
    agreement_rate,
    ces_parameters,
    consistency_by,
    consistency_rates,
    cooperation_rates,
    missing_rate,
    modal_agreement,
    play_quality,
    position_effects,
    reads,
    rules_right,
    social_preference,
)
from fiduciary.scorers.metrics.budget_answers import budget_answers
from fiduciary.scorers.metrics.budget_demand import budget_demand
from fiduciary.scorers.metrics.budget_rationality import budget_rationality
from fiduciary.scorers.metrics.dilemma_shares import dilemma_shares
from fiduciary.scorers.metrics.judgement_gap import judgement_gap
from fiduciary.scorers.metrics.menu_answers import menu_answers
from fiduciary.scorers.metrics.menu_effects import menu_effects
from fiduciary.scorers.metrics.pair_consistency import pair_consistency
from fiduciary.scorers.metrics.pairs_missing import pairs_missing
from fiduciary.scorers.metrics.pricing_outcomes import pricing_outcomes
from fiduciary.scorers.metrics.pump_losses import pump_losses
from fiduciary.scorers.metrics.pumps_missing import pumps_missing
from fiduciary.scorers.metrics.supervision_rates import supervision_rates
from fiduciary.scorers.money_pump import money_lost
from fiduciary.scorers.statement_agreement import statement_agreement
from fiduciary.scorers.stress import stress_answers
from fiduciary.scorers.stress.metrics import stress_summary
from fiduciary.scorers.supervision import supervised
from fiduciary.scorers.transitivity import transitive_triads
from fiduciary.solvers import elicit, framing, strategy_method
from fiduciary.solvers.budgets import ask_budgets
from fiduciary.solvers.dilemmas import ask_dilemma
from fiduciary.solvers.duopoly import repeated_pricing
from fiduciary.solvers.inventory import administer
from fiduciary.solvers.money_pump import pump
from fiduciary.solvers.pairs import ask_pairs
from fiduciary.solvers.stress import ask_stress
from fiduciary.subjects.provider import subject
from fiduciary.tasks.allocation.task import allocation
from fiduciary.tasks.dark_tetrad.task import dark_tetrad
from fiduciary.tasks.duopoly_pricing.task import duopoly_pricing
from fiduciary.tasks.economic_games.task import economic_games
from fiduciary.tasks.hexaco100.task import hexaco100
from fiduciary.tasks.menus.task import menus
from fiduciary.tasks.money_pump.task import money_pump
from fiduciary.tasks.moral_dilemmas.task import moral_dilemmas
from fiduciary.tasks.stakeholder_choice.task import stakeholder_choice
from fiduciary.tasks.stress.task import stress
from fiduciary.tasks.transitivity.task import transitivity
from fiduciary.training.rebench.provider import peft

SCORERS = (
    chosen_option,
    consistency,
    explanation_agreement,
    game_play,
    statement_agreement,
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

for _scorer in SCORERS:
    register_bare(_scorer)

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
    "peft",
    "play_quality",
    "position_effects",
    "pricing",
    "pricing_outcomes",
    "pump",
    "pump_losses",
    "pumps_missing",
    "reads",
    "repeated_pricing",
    "rules_right",
    "social_preference",
    "stakeholder_choice",
    "statement_agreement",
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
