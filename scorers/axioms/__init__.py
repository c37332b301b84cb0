"""The card of axioms: scorer, table, metrics, report and picture."""
