"""How it is asked: framing, elicitation, counterbalancing, temperature plan."""

from solvers.elicitation import ELICITATIONS, elicit
from solvers.framing import framing

__all__ = ["ELICITATIONS", "elicit", "framing"]
