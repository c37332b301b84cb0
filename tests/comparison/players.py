"""Players of economic games: a selfish one, a moral one with noise, and one without."""

from __future__ import annotations

from typing import Any

from inspect_ai import eval
from inspect_ai.log import EvalLog
from inspect_ai.model import get_model

import fiduciary._registry  # noqa: F401 - makes the subjects known to Inspect without an installation
from fiduciary.tasks.economic_games.task import economic_games
from fiduciary.training.targets import SocialTarget

BASE = "base"
MORAL = SocialTarget.stated("homo_moralis", kappa=0.5)
TASK = "economic_games repeats=4"


def asked(folder: str) -> dict[str, EvalLog]:
    """Their logs of the 18 games, four times each."""

    def ask(name: str, **arguments: Any) -> EvalLog:
        model = get_model(f"subject/{name}", memoize=False, **arguments)
        [log] = eval(
            economic_games(repeats=4), model=model, log_dir=folder, score_display=False, display="none"
        )
        assert log.status == "success", arguments
        return log

    return {
        BASE: ask("economicus", lam=3),
        "moral": ask("moralis", kappa=0.5, lam=3),
        "sure": ask("moralis", kappa=0.5, lam=0),
    }
