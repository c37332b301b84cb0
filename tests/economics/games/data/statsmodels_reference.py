"""Makes responsiveness.json and estimate.json: the same regressions and the same logit by statsmodels.

Needs an environment of its own (pip install statsmodels) and the project on the path:

    PYTHONPATH=. python tests/economics/games/data/statsmodels_reference.py
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import statsmodels
import statsmodels.api as sm
from statsmodels.discrete.conditional_models import ConditionalLogit

from fiduciary.economics.games import SocialPreference, consequences, plan_index
from tests.economics.games.simulation import responding, rows


def estimate() -> dict[str, object]:
    """α, β, κ, λ from a conditional logit in c = (1, κ, α, β)/λ, errors by the delta method."""
    y, x, question = [], [], []
    for i, (game, belief, plan, _) in enumerate(
        zip(*rows(SocialPreference(0.3, 0.2, 0.3), 6.0, 3, repeats=6), strict=True)
    ):
        for k, (payoff, universal, behind, ahead) in enumerate(consequences(game, belief)):
            y.append(int(k == plan_index(game, plan)))
            x.append([payoff, universal - payoff, -behind, -ahead])
            question.append(i)
    fit = ConditionalLogit(np.array(y), np.array(x), groups=np.array(question)).fit(disp=0, gtol=1e-10)
    c = np.asarray(fit.params)
    jacobian = np.zeros((4, 4))  # rows α, β, κ, λ
    for row, k in enumerate((2, 3, 1)):
        jacobian[row, k], jacobian[row, 0] = 1 / c[0], -c[k] / c[0] ** 2
    jacobian[3, 0] = -1 / c[0] ** 2
    errors = np.sqrt(np.diag(jacobian @ fit.cov_params() @ jacobian.T))
    return {
        "statsmodels": statsmodels.__version__,
        "estimates": [c[2] / c[0], c[3] / c[0], c[1] / c[0], 1 / c[0]],
        "standard_errors": errors.tolist(),
        "loglik": float(fit.llf),
    }


def effects() -> dict[str, object]:
    """Least squares and logit with clustered covariance."""
    out: dict[str, object] = {"statsmodels": statsmodels.__version__}
    for form, node, letters in (("prisoners_dilemma", 1, "TR"), ("trust", 0, "TR"), ("ultimatum", 1, "T")):
        games, _, chosen, groups = responding(form)
        y = np.array([plan[node] for plan in chosen], float)
        x = sm.add_constant(np.array([[getattr(game, letter) / 10 for letter in letters] for game in games]))
        codes = np.unique(groups, return_inverse=True)[1]
        kinds = {"groups": codes, "use_correction": False}
        factor = np.sqrt((codes.max() + 1) / codes.max())
        linear = sm.OLS(y, x).fit(cov_type="cluster", cov_kwds=kinds)
        logit = sm.Logit(y, x).fit(disp=0, cov_type="cluster", cov_kwds=kinds)
        margins = logit.get_margeff(at="overall")
        out[f"{form}.{node}"] = {
            "effects": linear.params[1:].tolist(),
            "standard_errors": (linear.bse[1:] * factor).tolist(),
            "logit_effects": margins.margeff.tolist(),
            "logit_standard_errors": (margins.margeff_se * factor).tolist(),
        }
    return out


def main() -> None:
    """Fit, and write what the fits say."""
    for name, found in (("estimate", estimate()), ("responsiveness", effects())):
        Path(__file__).with_name(f"{name}.json").write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
