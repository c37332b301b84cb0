"""Published estimates, for comparison beside one's own; never ranked with them.

Source: Foster & Rawski, "Aligning AI Decision-Making with Organizational Values": N = 1,000 problems
of the published design, temperature 0.1, Llama-3.1-8B-Instruct. Their K is not printed, and ρ depends
on it: published ρ is not comparable with an estimate made here.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class PublishedEstimate:
    """A printed row.

    Attributes:
        theta: weights as printed (three digits: they may not sum to 1 exactly).
        rho: ρ as printed, None where the paper gives none.
        theta_se: standard errors of θ, None where not printed.
        rho_se: standard error of ρ, None where not printed.
    """

    theta: tuple[float, float, float, float]
    rho: float | None
    theta_se: tuple[float, float, float, float] | None = None
    rho_se: float | None = None


PUBLISHED: MappingProxyType[str, PublishedEstimate] = MappingProxyType(
    {
        "neutral": PublishedEstimate(
            (0.339, 0.381, 0.128, 0.151), 0.794, (0.011, 0.014, 0.018, 0.011), 0.067
        ),
        "for_profit_justify": PublishedEstimate((0.573, 0.414, 0.001, 0.012), 1.170),
        "symmetric_justify": PublishedEstimate((0.340, 0.422, 0.114, 0.124), 0.442),
        "nonprofit_justify": PublishedEstimate((0.301, 0.348, 0.162, 0.189), 0.796),
        "for_profit fine-tune": PublishedEstimate((0.730, 0.268, 0.001, 0.001), None),
        "symmetric fine-tune": PublishedEstimate((0.226, 0.287, 0.310, 0.177), 0.912),
        "nonprofit fine-tune": PublishedEstimate((0.138, 0.240, 0.352, 0.270), 0.333),
    }
)
"""Rows by framing (the study's prompts also order a justification) or by fine-tune."""
