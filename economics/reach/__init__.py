"""How far contexts move a preference, and whether the best of them serves a principal."""

from fiduciary.economics.reach.held_out import HeldOut, held_out
from fiduciary.economics.reach.spread import Estimates, Moved, Spread, estimates_of, moved, spread

__all__ = ["Estimates", "HeldOut", "Moved", "Spread", "estimates_of", "held_out", "moved", "spread"]
