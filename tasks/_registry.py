"""Everything that Inspect finds by name; the distribution's entry points load this module."""

# No public function registers one object under two names.
from inspect_ai._util.registry import registry_add, registry_info, registry_unqualified_name

from scorers import chosen_option, consistency, explanation_agreement, logprob_agreement
from scorers.metrics import (
    agreement_rate,
    ces_parameters,
    consistency_by,
    consistency_rates,
    missing_rate,
    modal_agreement,
    position_effects,
)
from solvers import elicit, framing
from subjects import subject
from tasks.stakeholder_choice.task import stakeholder_choice

SCORERS = (chosen_option, consistency, explanation_agreement, logprob_agreement)

# An ordinary installation registers scorers as "scorers/consistency" and so on, but a log keeps the
# part after the slash only. Under that name too, a log can be scored again wherever it was made.
for _scorer in SCORERS:
    _info = registry_info(_scorer)
    registry_add(_scorer, _info.model_copy(update={"name": registry_unqualified_name(_info)}))
    registry_add(_scorer, _info)

__all__ = [
    "SCORERS",
    "agreement_rate",
    "ces_parameters",
    "chosen_option",
    "consistency",
    "consistency_by",
    "consistency_rates",
    "elicit",
    "explanation_agreement",
    "framing",
    "logprob_agreement",
    "missing_rate",
    "modal_agreement",
    "position_effects",
    "stakeholder_choice",
    "subject",
]
