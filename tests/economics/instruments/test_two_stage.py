"""One treatment, one instrument: against linearmodels, and what must hold whatever the data are."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from linearmodels.iv import IV2SLS
from scipy import stats

from fiduciary.economics.instruments import anderson_rubin, association, two_stage
from fiduciary.economics.instruments.partial import by_cluster, without

N, GROUPS = 240, 60


def study(seed: int, strength: float = 1.0) -> dict[str, np.ndarray]:
    """A confounded treatment, two covariates, clusters of four."""
    rng = np.random.default_rng(seed)
    groups = np.repeat(np.arange(GROUPS), N // GROUPS)
    z, x = rng.normal(size=N), rng.normal(size=(N, 2))
    u = rng.normal(size=N) + rng.normal(size=GROUPS)[groups]
    d = strength * z + x[:, 0] + u
    y = 2.0 * d - x[:, 1] + u + rng.normal(size=N) * (1 + np.abs(z))
    return {"y": y, "d": d, "z": z, "groups": groups, "covariates": x}


@pytest.mark.parametrize("seed", range(5))
def test_effect_and_clustered_error_are_those_of_linearmodels(seed: int) -> None:
    data = study(seed)
    exog = np.column_stack([np.ones(N), data["covariates"]])
    fit = IV2SLS(data["y"], exog, data["d"], data["z"]).fit(cov_type="clustered", clusters=data["groups"])
    found = two_stage(**data)
    place = exog.shape[1]
    assert found.effect.value == pytest.approx(fit.params.iloc[place], rel=1e-9)
    # linearmodels leaves out the correction for the number of clusters unless it is asked for.
    assert found.effect.stderr == pytest.approx(
        fit.std_errors.iloc[place] * math.sqrt(GROUPS / (GROUPS - 1)), rel=1e-9
    )
    [first] = fit.first_stage.individual.values()
    assert found.first.value == pytest.approx(first.params.iloc[-1], rel=1e-9)


def test_a_constant_for_every_pair_is_a_column_for_every_pair() -> None:
    data = study(3)
    pair = np.arange(N) // 2
    dummies = np.eye(N // 2)[pair]
    fit = IV2SLS(data["y"], dummies, data["d"], data["z"]).fit(cov_type="clustered", clusters=data["groups"])
    found = two_stage(data["y"], data["d"], data["z"], data["groups"], within=pair)
    assert found.effect.value == pytest.approx(fit.params.iloc[-1], rel=1e-8)
    assert found.effect.stderr == pytest.approx(
        fit.std_errors.iloc[-1] * math.sqrt(GROUPS / (GROUPS - 1)), rel=1e-8
    )


def test_the_ends_of_the_robust_set_are_where_its_test_rejects() -> None:
    """The closed form against the test itself: Student's of the clusters' scores, by SciPy."""
    data = study(1)
    found = two_stage(**data)
    assert found.robust.bounded
    y, d, z = without(np.column_stack([data["y"], data["d"], data["z"]]), data["covariates"]).T
    for end in (found.robust.low, found.robust.high):
        scores = by_cluster(z * (y - end * d), data["groups"])
        assert stats.ttest_1samp(scores, 0.0).pvalue == pytest.approx(0.05, rel=1e-6)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.0, 2.0), st.floats(-50, 50))
def test_the_robust_set_holds_exactly_what_its_test_does_not_reject(
    seed: int, strength: float, effect: float
) -> None:
    rng = np.random.default_rng(seed)
    b = strength * 0.3 + rng.normal(size=30)
    a = 2 * b + rng.normal(size=30)
    p = stats.ttest_1samp(a - effect * b, 0.0).pvalue
    if abs(p - 0.05) > 1e-6:
        assert (effect in anderson_rubin(a, b)) == (p > 0.05)
    assert float(a.sum() / b.sum()) in anderson_rubin(a, b), "the estimate itself is never rejected"


def test_the_three_shapes_of_the_set() -> None:
    rng = np.random.default_rng(0)
    noise = rng.normal(size=(2, 40))
    strong = anderson_rubin(6 + noise[0], 3 + noise[1])
    assert strong.bounded and 2.0 in strong and 5.0 not in strong
    nothing = anderson_rubin(noise[0] - noise[0].mean(), noise[1] - noise[1].mean())
    assert nothing.everything and 1e9 in nothing
    gap = anderson_rubin(3 + noise[0], noise[1] - noise[1].mean())
    assert not gap.inside and 0.0 not in gap and 1e9 in gap and -1e9 in gap


def test_least_squares_are_biased_where_two_stages_are_not() -> None:
    """Guards the instrument against being left out: the confounder raises the slope by about a third."""
    slopes, effects = [], []
    for seed in range(60):
        data = study(seed)
        effects.append(two_stage(**data).effect.value)
        slopes.append(association(data["y"], data["d"], data["groups"], data["covariates"]).value)
    error = np.std(effects, ddof=1) / math.sqrt(len(effects))
    assert abs(np.mean(effects) - 2) < 3 * error + 0.02
    assert np.mean(slopes) > 2.3


def test_an_instrument_that_does_not_vary_tells_nothing() -> None:
    data = study(0) | {"z": np.ones(N)}
    found = two_stage(**data)
    assert not found.effect.known and found.robust.everything and found.strength == 0
    assert found.effect.reason == "the instrument does not vary"


def test_scale_of_the_instrument_does_not_matter() -> None:
    data = study(2)
    one, other = two_stage(**data), two_stage(**data | {"z": 40 - 7 * data["z"]})
    assert other.effect.value == pytest.approx(one.effect.value)
    assert other.strength == pytest.approx(one.strength)
    assert (other.robust.low, other.robust.high) == pytest.approx((one.robust.low, one.robust.high))


def test_what_cannot_be_estimated_is_an_error() -> None:
    data = study(0)
    with pytest.raises(ValueError, match="must be finite"):
        two_stage(**data | {"y": np.full(N, np.nan)})
    with pytest.raises(ValueError, match="at least 2 clusters, got 1"):
        two_stage(**data | {"groups": np.zeros(N)})
    with pytest.raises(ValueError, match=r"must be \(n,\)"):
        two_stage(**data | {"z": data["z"][1:]})
