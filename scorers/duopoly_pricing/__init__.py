"""Repeated pricing against another firm: scorer, metrics, table of a run, report and picture."""
