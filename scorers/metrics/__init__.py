"""Numbers over all scores of a run, one metric a file.

Every metric sees unreduced scores: each epoch is an answer of its own, and standard errors are
clustered by problem.
"""

from fiduciary.scorers.metrics.agreement_rate import agreement_rate
from fiduciary.scorers.metrics.ces_parameters import ces_parameters
from fiduciary.scorers.metrics.consistency_by import consistency_by
from fiduciary.scorers.metrics.consistency_rates import consistency_rates
from fiduciary.scorers.metrics.cooperation_rates import cooperation_rates
from fiduciary.scorers.metrics.missing_rate import missing_rate
from fiduciary.scorers.metrics.modal_agreement import modal_agreement
from fiduciary.scorers.metrics.pair_consistency import pair_consistency
from fiduciary.scorers.metrics.pairs_missing import pairs_missing
from fiduciary.scorers.metrics.play_quality import play_quality
from fiduciary.scorers.metrics.position_effects import position_effects
from fiduciary.scorers.metrics.pump_losses import pump_losses
from fiduciary.scorers.metrics.pumps_missing import pumps_missing
from fiduciary.scorers.metrics.reads import reads
from fiduciary.scorers.metrics.rules_right import rules_right
from fiduciary.scorers.metrics.social_preference import social_preference

__all__ = [
    "agreement_rate",
    "ces_parameters",
    "consistency_by",
    "consistency_rates",
    "cooperation_rates",
    "missing_rate",
    "modal_agreement",
    "pair_consistency",
    "pairs_missing",
    "play_quality",
    "position_effects",
    "pump_losses",
    "pumps_missing",
    "reads",
    "rules_right",
    "social_preference",
]
