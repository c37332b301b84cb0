"""Numbers over all scores of a run, one metric a file.

Every metric sees unreduced scores: each epoch is an answer of its own, and standard errors are
clustered by problem.
"""

from scorers.metrics.agreement_rate import agreement_rate
from scorers.metrics.ces_parameters import ces_parameters
from scorers.metrics.consistency_by import consistency_by
from scorers.metrics.consistency_rates import consistency_rates
from scorers.metrics.missing_rate import missing_rate
from scorers.metrics.modal_agreement import modal_agreement
from scorers.metrics.position_effects import position_effects

__all__ = [
    "agreement_rate",
    "ces_parameters",
    "consistency_by",
    "consistency_rates",
    "missing_rate",
    "modal_agreement",
    "position_effects",
]
