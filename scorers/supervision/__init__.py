"""A second model that judges explanations, and how far it can be trusted.

inspect score LOG --scorer supervised -S principal=nonprofit --model-role supervisor=MODEL --model none/none
fiduciary supervise LOG… --supervisor MODEL --principal nonprofit --out DIR
"""

from fiduciary.scorers.supervision.results import Supervision, load
from fiduciary.scorers.supervision.scorer import supervised

__all__ = ["Supervision", "load", "supervised"]
