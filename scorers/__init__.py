"""What an answer means: one scorer a file, metrics that call the estimators in ``scorers.metrics``."""

from scorers.choice import chosen_option
from scorers.consistency import consistency
from scorers.explanation_agreement import explanation_agreement
from scorers.games import game_play
from scorers.inventory import inventory_answers
from scorers.logprob_agreement import logprob_agreement
from scorers.money_pump import money_lost
from scorers.table import Table, table
from scorers.transitivity import transitive_triads

__all__ = [
    "Table",
    "chosen_option",
    "consistency",
    "explanation_agreement",
    "game_play",
    "inventory_answers",
    "logprob_agreement",
    "money_lost",
    "table",
    "transitive_triads",
]
