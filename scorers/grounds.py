"""On what the figures of a run of choice problems rest: does it read, and was it measured."""

from __future__ import annotations

import numpy as np

from fiduciary.economics.inference.content import content
from fiduciary.economics.inference.grounds import Grounds
from fiduciary.economics.inference.shown import Shown
from fiduciary.scorers.table import Table

_REMEMBERED = 8
_recent: dict[bytes, Grounds] = {}


def grounds(data: Table) -> Grounds:
    """Whether figures of these answers may be shown. The same answers are not tested twice."""
    key = data.digest()
    if key not in _recent:
        while len(_recent) >= _REMEMBERED:
            del _recent[next(iter(_recent))]
        _recent[key] = _grounds(data)
    return _recent[key]


def shown(data: Table) -> Shown:
    """The answers as the tests of content take them: each under the option's own index, with its gains."""
    if data.by_probability:
        answers = np.where(data.answered[:, None] & data.exists, np.nan_to_num(data.probabilities), np.nan)
        answers = answers / np.nansum(answers, axis=1, keepdims=True)
    else:
        answers = data.shares()
    return Shown(
        answers,
        data.position,
        data.welfare,
        data.groups,
        noisy=data.elicitation != "choose",  # an explanation is drawn, and what follows depends on it
    )


def _grounds(data: Table) -> Grounds:
    outside = data.mass_outside[np.isfinite(data.mass_outside)]
    return Grounds(
        content(shown(data)),
        data.n,
        int(data.answered.sum()),
        float(1 - outside.mean()) if len(outside) else float("nan"),
    )
