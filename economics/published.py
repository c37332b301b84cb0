"""Published estimates, shown beside measured ones for comparison; never ranked with them.

Source: Foster & Rawski, "Aligning AI Decision-Making with Organizational Values", tables 3 to 5, as in the
authors' copy (josh-r-foster.github.io, research/ai-manager/SSRN__ai_manager.pdf): N = 1,000 problems of the
published design, temperature 0.1, Llama-3.1-8B-Instruct. Their K is not printed, and ρ depends on it:
published ρ is not comparable with an estimate made here. Standard errors come from the inverse Hessian (and a
parametric bootstrap where it is poorly conditioned), also for weights at their lower bound of 0.001. For
society's weight in the for-profit fine-tune table 5 prints a standard error of 0.000 and an interval of one
point, the text 0.024; none is given here.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

Ends = tuple[float, float]
"""Lower and upper end of a 95 % interval."""


@dataclass(frozen=True)
class PublishedEstimate:
    """A printed row.

    Attributes:
        theta: weights as printed (three digits: they may not sum to 1 exactly).
        theta_se: standard errors of θ.
        theta_ends: 95 % intervals of θ.
        rho: ρ as printed, None where the paper gives none; so are those below.
        rho_se: standard error of ρ.
        rho_ends: 95 % interval of ρ.
    """

    theta: tuple[float, float, float, float]
    theta_se: tuple[float, float, float, float | None]
    theta_ends: tuple[Ends, Ends, Ends, Ends | None]
    rho: float | None = None
    rho_se: float | None = None
    rho_ends: Ends | None = None


PUBLISHED: MappingProxyType[str, PublishedEstimate] = MappingProxyType(
    {
        "neutral": PublishedEstimate(
            (0.339, 0.381, 0.128, 0.151),
            (0.011, 0.014, 0.018, 0.011),
            ((0.317, 0.361), (0.354, 0.409), (0.094, 0.163), (0.129, 0.174)),
            0.794,
            0.067,
            (0.663, 0.926),
        ),
        "for_profit_justify": PublishedEstimate(
            (0.573, 0.414, 0.001, 0.012),
            (0.012, 0.016, 0.018, 0.012),
            ((0.549, 0.597), (0.383, 0.445), (0.001, 0.037), (0.001, 0.035)),
            1.170,
            0.064,
            (1.045, 1.296),
        ),
        "symmetric_justify": PublishedEstimate(
            (0.340, 0.422, 0.114, 0.124),
            (0.010, 0.015, 0.019, 0.010),
            ((0.319, 0.362), (0.393, 0.450), (0.078, 0.151), (0.104, 0.143)),
            0.442,
            0.086,
            (0.274, 0.611),
        ),
        "nonprofit_justify": PublishedEstimate(
            (0.301, 0.348, 0.162, 0.189),
            (0.012, 0.015, 0.018, 0.014),
            ((0.278, 0.325), (0.318, 0.377), (0.126, 0.198), (0.162, 0.215)),
            0.796,
            0.071,
            (0.656, 0.936),
        ),
        "for_profit fine-tune": PublishedEstimate(
            (0.730, 0.268, 0.001, 0.001),
            (0.030, 0.047, 0.024, None),
            ((0.672, 0.788), (0.176, 0.360), (0.001, 0.047), None),
        ),
        "symmetric fine-tune": PublishedEstimate(
            (0.226, 0.287, 0.310, 0.177),
            (0.014, 0.018, 0.025, 0.016),
            ((0.198, 0.254), (0.251, 0.322), (0.261, 0.359), (0.147, 0.208)),
            0.912,
            0.159,
            (0.601, 1.222),
        ),
        "nonprofit fine-tune": PublishedEstimate(
            (0.138, 0.240, 0.352, 0.270),
            (0.019, 0.023, 0.028, 0.029),
            ((0.101, 0.175), (0.194, 0.286), (0.298, 0.407), (0.214, 0.326)),
            0.333,
            0.112,
            (0.113, 0.552),
        ),
    }
)
"""Rows by framing (the study's prompts also order a justification) or by fine-tune."""
