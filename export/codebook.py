"""The document that goes with the table."""

from __future__ import annotations

import pandas as pd

from fiduciary.export.columns import COLUMNS
from fiduciary.safe_text import markdown

MODEL = """\
## The model behind the estimates

An option offers the four groups x_k = welfare_k + K, with K = `shift`. With the constants of its place and
letter, which `place_constant` and `label_constant` name, an answer at temperature τ follows

    V_j = γ (Σ_k θ_k x_jk^ρ)^(1/ρ) + place constant + label constant        θ_k ≥ 0, Σ_k θ_k = 1, ρ ≤ 1, γ > 0
    P_j = exp(V_j/τ) / Σ_i exp(V_i/τ)                                        over options with a share

and the estimate maximises Σ share · log P, within one `dataset`. For stated choices this is the likelihood.
For probabilities it is a quasi-likelihood: its curvature is no standard error, so take the sandwich,
clustered by `problem`. To weight back to the default population of problems, multiply each choice's part by
`weight`.

The programs beside this file estimate each dataset so, and print `dataset,parameter,estimate`:

| Program | Runs with |
|---|---|
| `estimate.R` | `Rscript estimate.R`; base R (Parquet needs the package arrow, .dta needs haven) |
| `estimate.do` | `stata -b do estimate.do`; Stata 14 or later, .csv or .dta |
| `estimate_biogeme.py` | `python estimate_biogeme.py`; biogeme 3.3 |
| `estimate_xlogit.py` | `python estimate_xlogit.py`; xlogit 0.2 |

They agree with `fiduciary report` where θ lies inside its bounds. At a bound (a θ of 0, ρ of 1), or where
choices are perfectly separated, they stop near the bound; `fiduciary report` says so and gives intervals that
hold there. At a bound `estimate_xlogit.py` cannot go on, and says so.
"""


def codebook(table: pd.DataFrame, file: str) -> str:
    """What the table holds, column by column, as Markdown.

    Args:
        table: as written.
        file: its name.
    """
    lines = [
        "# Codebook",
        "",
        f"`{file}` holds {len(table):,} rows: one for each choice and option, the same number of rows for "
        "every choice. Empty cells (CSV), nulls (Parquet) and missing values (Stata) mean: there is none. "
        "In CSV a text that a spreadsheet would take for a formula begins with an apostrophe.",
        "",
        "## Datasets",
        "",
        "| dataset | model | way of asking | framing | choices | answered | log |",
        "|---:|---|---|---|---:|---:|---|",
    ]
    for number, one in table.groupby("dataset"):
        first = one.iloc[0]
        answered = one.loc[one["share"].notna(), "choice"].nunique()
        names = [markdown(str(first[name] or "–")) for name in ("model", "elicitation", "framing")]
        lines.append(
            f"| {number} | {' | '.join(names)} | {one['choice'].nunique()} | {answered} | "
            f"{markdown(str(first['log']))} |"
        )
    lines += ["", "## Columns", "", "| column | kind | unit | meaning |", "|---|---|---|---|"]
    lines += [f"| `{c.name}` | {c.kind} | {c.unit} | {c.meaning} |" for c in COLUMNS]
    return "\n".join([*lines, "", MODEL])
