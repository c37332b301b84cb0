"""How it is asked: framing, elicitation, counterbalancing, temperature plan."""

from solvers.elicitation import ELICITATIONS, elicit
from solvers.framing import framing
from solvers.games import strategy_method
from solvers.money_pump import pump
from solvers.pairs import ask_pairs

__all__ = ["ELICITATIONS", "ask_pairs", "elicit", "framing", "pump", "strategy_method"]
