"""Everything that Inspect finds by name; the distribution's entry point loads this module.

Inspect loads it at every start, also for tasks of others: what is imported here must not load SciPy's parts,
pandas or matplotlib (``import scipy`` alone is cheap: its parts are loaded when they are first used).
"""

from fiduciary._inspect import register_bare
from fiduciary.scorers.allocation.metrics import budget_answers, budget_demand, budget_rationality
from fiduciary.scorers.allocation.scorer import budget_allocations
from fiduciary.scorers.axioms.metrics import axiom_answers_missing, axiom_card
from fiduciary.scorers.axioms.scorer import axiom_answers
from fiduciary.scorers.delegation.metrics import delegation_answers, delegation_losses
from fiduciary.scorers.delegation.scorer import delegated_decisions
from fiduciary.scorers.duopoly_pricing.metrics import pricing_outcomes
from fiduciary.scorers.duopoly_pricing.scorer import pricing
from fiduciary.scorers.economic_games.metrics import (
    beliefs_missing,
    cooperation_rates,
    play_quality,
    rules_right,
    social_preference,
)
from fiduciary.scorers.economic_games.scorer import game_play
from fiduciary.scorers.instruments.metrics import instrument_effects
from fiduciary.scorers.instruments.scorer import argued_choices
from fiduciary.scorers.inventory import inventory_answers, inventory_scores
from fiduciary.scorers.menus.metrics import menu_answers, menu_effects
from fiduciary.scorers.menus.scorer import menu_choices
from fiduciary.scorers.metrics.missing_rate import missing_rate
from fiduciary.scorers.metrics.reads import reads
from fiduciary.scorers.money_pump.metrics import pump_losses, pumps_missing
from fiduciary.scorers.money_pump.scorer import money_lost
from fiduciary.scorers.moral_dilemmas.metrics import dilemma_shares, judgement_gap
from fiduciary.scorers.moral_dilemmas.scorer import dilemma_choices, dilemma_ratings
from fiduciary.scorers.reachable.scorer import best_framing, framed_choice
from fiduciary.scorers.stakeholder_choice.choice import chosen_option
from fiduciary.scorers.stakeholder_choice.consistency import consistency
from fiduciary.scorers.stakeholder_choice.explanation_agreement import explanation_agreement
from fiduciary.scorers.stakeholder_choice.metrics.agreement_rate import agreement_rate
from fiduciary.scorers.stakeholder_choice.metrics.ces_parameters import ces_parameters
from fiduciary.scorers.stakeholder_choice.metrics.consistency_by import consistency_by
from fiduciary.scorers.stakeholder_choice.metrics.consistency_rates import consistency_rates
from fiduciary.scorers.stakeholder_choice.metrics.modal_agreement import modal_agreement
from fiduciary.scorers.stakeholder_choice.metrics.position_effects import position_effects
from fiduciary.scorers.stakeholder_choice.statement_agreement import statement_agreement
from fiduciary.scorers.stated.scorer import said_and_done, says_what_it_does
from fiduciary.scorers.stress import stress_answers
from fiduciary.scorers.stress.metrics import stress_summary
from fiduciary.scorers.supervision import supervised
from fiduciary.scorers.supervision.metrics import supervision_rates
from fiduciary.scorers.transitivity.metrics import pair_consistency, pairs_missing
from fiduciary.scorers.transitivity.scorer import transitive_triads
from fiduciary.solvers import elicit, framing, strategy_method
from fiduciary.solvers.allocation import ask_budgets
from fiduciary.solvers.delegation import ask_chain
from fiduciary.solvers.instruments import ask_with_encouragements
from fiduciary.solvers.inventory import administer
from fiduciary.solvers.money_pump import pump
from fiduciary.solvers.moral_dilemmas import ask_dilemma
from fiduciary.solvers.pairs import ask_pairs
from fiduciary.solvers.repeated_pricing import repeated_pricing
from fiduciary.solvers.stated import ask_stated
from fiduciary.solvers.stress import ask_stress
from fiduciary.subjects.provider import subject
from fiduciary.tasks.allocation.task import allocation
from fiduciary.tasks.axioms.task import axioms
from fiduciary.tasks.dark_tetrad.task import dark_tetrad
from fiduciary.tasks.delegation.task import delegation
from fiduciary.tasks.duopoly_pricing.task import duopoly_pricing
from fiduciary.tasks.economic_games.task import economic_games
from fiduciary.tasks.hexaco100.task import hexaco100
from fiduciary.tasks.instruments.task import instruments
from fiduciary.tasks.menus.task import menus
from fiduciary.tasks.money_pump.task import money_pump
from fiduciary.tasks.moral_dilemmas.task import moral_dilemmas
from fiduciary.tasks.reachable.task import reachable
from fiduciary.tasks.stakeholder_choice.task import stakeholder_choice
from fiduciary.tasks.stated.task import stated
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
    delegated_decisions,
    money_lost,
    stress_answers,
    supervised,
    transitive_triads,
    menu_choices,
    framed_choice,
    axiom_answers,
    argued_choices,
    said_and_done,
)

for _scorer in SCORERS:
    register_bare(_scorer)

__all__ = [
    "SCORERS",
    "administer",
    "agreement_rate",
    "allocation",
    "argued_choices",
    "ask_budgets",
    "ask_chain",
    "ask_dilemma",
    "ask_pairs",
    "ask_stated",
    "ask_stress",
    "ask_with_encouragements",
    "axiom_answers",
    "axiom_answers_missing",
    "axiom_card",
    "axioms",
    "beliefs_missing",
    "best_framing",
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
    "delegated_decisions",
    "delegation",
    "delegation_answers",
    "delegation_losses",
    "dilemma_choices",
    "dilemma_ratings",
    "dilemma_shares",
    "duopoly_pricing",
    "economic_games",
    "elicit",
    "explanation_agreement",
    "framed_choice",
    "framing",
    "game_play",
    "hexaco100",
    "instrument_effects",
    "instruments",
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
    "reachable",
    "reads",
    "repeated_pricing",
    "rules_right",
    "said_and_done",
    "says_what_it_does",
    "social_preference",
    "stakeholder_choice",
    "stated",
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
