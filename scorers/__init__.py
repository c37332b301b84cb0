"""What an answer means: one scorer a file, metrics that call the estimators in ``scorers.metrics``."""

from fiduciary.scorers.choice import chosen_option
from fiduciary.scorers.consistency import consistency
from fiduciary.scorers.explanation_agreement import explanation_agreement
from fiduciary.scorers.games import game_play
from fiduciary.scorers.inventory import inventory_answers
from fiduciary.scorers.money_pump import money_lost
from fiduciary.scorers.statement_agreement import statement_agreement
from fiduciary.scorers.table import Table, table
from fiduciary.scorers.transitivity import transitive_triads

__all__ = [
    "Table",
    "chosen_option",
    "consistency",
    "explanation_agreement",
    "game_play",
    "inventory_answers",
    "money_lost",
    "statement_agreement",
    "table",
    "transitive_triads",
]
