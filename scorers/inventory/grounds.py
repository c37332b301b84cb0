"""On what the figures of an inventory rest: do answers depend on the statements, and was enough measured."""

from __future__ import annotations

import math

import numpy as np

from fiduciary.economics.inference.grounds import Grounds
from fiduciary.economics.inference.items import items_content
from fiduciary.scorers.grounds import RECENT
from fiduciary.scorers.inventory.table import Administration


def grounds(data: Administration) -> Grounds:
    """Whether scores, differences and tests of these answers may be shown."""
    _, agreement = data.blocks()
    known = np.isfinite(data.mass_outside)
    mass = 1 - float(data.mass_outside[known].mean()) if known.any() else math.nan
    noisy = data.about["elicitation"] == "text"
    asked, valid = data.agreement.size, int(np.isfinite(data.agreement).sum())
    key = repr((agreement.shape, asked, valid, mass, noisy)).encode() + agreement.tobytes()
    return RECENT.of(key, lambda: Grounds(items_content(agreement.T, noisy=noisy), asked, valid, mass))
