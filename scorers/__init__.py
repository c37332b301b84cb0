"""What an answer means: one scorer a file, metrics that call the estimators in ``scorers.metrics``."""

from scorers.choice import chosen_option
from scorers.consistency import consistency
from scorers.explanation_agreement import explanation_agreement
from scorers.logprob_agreement import logprob_agreement
from scorers.table import Table, table

__all__ = [
    "Table",
    "chosen_option",
    "consistency",
    "explanation_agreement",
    "logprob_agreement",
    "table",
]
