"""What a task sets, once for all tasks, so that a run asks faster.

Connections and log buffers are not among it: by Inspect's defaults the first grow until a server refuses, and
the second keep up with the number of samples. The log of a running sample, which costs most, is no setting
of a task; without it a killed run would ask some questions again.
"""

from __future__ import annotations

import gc

from fiduciary._inspect import run_is_set_up


def spare_the_collector() -> None:
    """Leave what is loaded before a run out of garbage collections, which would walk it again and again.

    Modules and classes, some 300,000 objects, live as long as the process; looking for garbage among them
    takes a tenth of a run of short answers. Only for a task that a run makes, and once in a process: whoever
    makes tasks in a program of their own decides this there.
    """
    if run_is_set_up() and gc.get_freeze_count() == 0:
        gc.freeze()
