"""Every pair of a choice set, asked in both orders: do the answers come from a preference at all?"""

from fiduciary.tasks.transitivity.task import transitivity

__all__ = ["transitivity"]
