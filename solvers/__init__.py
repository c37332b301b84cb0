"""How it is asked: framing, elicitation, counterbalancing, temperature plan."""

from fiduciary.solvers.asking import ELICITATIONS
from fiduciary.solvers.choosing import elicit
from fiduciary.solvers.economic_games import strategy_method
from fiduciary.solvers.framing import framing
from fiduciary.solvers.money_pump import pump
from fiduciary.solvers.pairs import ask_pairs

__all__ = ["ELICITATIONS", "ask_pairs", "elicit", "framing", "pump", "strategy_method"]
