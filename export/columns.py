"""What stands in the exported table: every column with its kind, its unit and what it means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fiduciary.economics.conventions import ABBREVIATIONS, DOLLARS_PER_UNIT, STAKEHOLDERS

Kind = Literal["text", "whole", "number"]

LONGEST_NAME = 32
"""Characters of a column's name that Stata takes."""


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        name: lower case, at most 32 characters.
        kind: ``text``, ``whole`` (a whole number) or ``number``; each may be empty.
        unit: of its values; "–" where they have none.
        label: a few words, at most 80 characters, for Stata.
        meaning: what it holds, and when it is empty.
    """

    name: str
    kind: Kind
    unit: str
    label: str
    meaning: str


def _groups(stem: str, unit: str, label: str, meaning: str) -> tuple[Column, ...]:
    return tuple(
        Column(f"{stem}_{short.lower()}", "number", unit, f"{label} {group}", meaning.format(group))
        for short, group in zip(ABBREVIATIONS, STAKEHOLDERS, strict=True)
    )


COLUMNS = (
    Column(
        "dataset",
        "whole",
        "–",
        "number of run and way of asking",
        "1, 2, … for each run and way of asking: what one estimate is made from",
    ),
    Column("log", "text", "–", "name of the log's file", "file that the answers come from"),
    Column("run", "text", "–", "id of the run", "Inspect's id of the run (eval_id)"),
    Column("created", "text", "ISO 8601", "when the run began", "when the run began"),
    Column(
        "status", "text", "–", "how the run ended", "how the run ended: only `success` asked all problems"
    ),
    Column("model", "text", "–", "model asked", "the model as the log names it"),
    Column("task_version", "text", "–", "version of the task", "N-X; other N are not comparable"),
    Column(
        "framing", "text", "–", "identity in the prompt", "identity that the prompts gave; `neutral` is none"
    ),
    Column("seed", "whole", "–", "seed of the task", "seed of problems and orders"),
    Column(
        "elicitation",
        "text",
        "–",
        "way of asking",
        "`choose` (probabilities of the labels without an explanation), `explain` (the same behind the "
        "model's own explanation), `text` (the choice that a text states). A problem asked in both ways "
        "stands in two datasets",
    ),
    Column("sample", "text", "–", "id of the sample", "the log's id of the sample"),
    Column("epoch", "whole", "–", "epoch of the sample", "1, 2, … where samples were asked repeatedly"),
    Column(
        "choice",
        "whole",
        "–",
        "number of the choice",
        "one number for each sample and way of asking, unique in the file: what other programs call a choice "
        "situation or observation",
    ),
    Column(
        "problem",
        "text",
        "–",
        "id of the problem",
        "the same for all choices on one problem; cluster standard errors by it",
    ),
    Column(
        "trade_off", "text", "–", "levers that differ", "which of the firm's levers the options differ in"
    ),
    Column("wording", "text", "–", "wording of the problem", "how the problem was worded"),
    Column(
        "temperature",
        "number",
        "–",
        "temperature tau of the answer",
        "τ at which the answer was sampled; 1 for `choose`",
    ),
    Column(
        "shift",
        "number",
        "raw units",
        "positivity shift K",
        "K of x = welfare + K; what ρ means depends on it",
    ),
    Column(
        "weight",
        "number",
        "–",
        "weight of the problem",
        "how often the problem counts where θ of the default population of problems is wanted; 1 in a random "
        "design. θ as reported does not use it",
    ),
    Column(
        "batch",
        "whole",
        "–",
        "batch of an adaptive design",
        "0 where no answer chose the problem, then the number of the adaptive design's batch",
    ),
    Column("n_options", "whole", "options", "options of the problem", "number of options shown"),
    Column(
        "display_order",
        "text",
        "–",
        "options in the order shown",
        "the options' numbers from the first place to the last, such as `2 1 3`",
    ),
    Column(
        "option",
        "whole",
        "–",
        "number of the option",
        "1 … n_options in the problem's own order; higher numbers only fill up",
    ),
    Column(
        "available",
        "whole",
        "0 or 1",
        "whether the option was shown",
        "1 where the option was shown. 0 in rows that only give every choice the same number of rows; what "
        "differs between options is empty there",
    ),
    Column("place", "whole", "–", "place of the option", "1 for the option shown first"),
    Column("label", "text", "–", "letter of the option", "letter that named the option"),
    *_groups("welfare", "raw units", "gain of", "gain of {}, as displayed, in the units of the theory"),
    *_groups(
        "dollars",
        "US dollars",
        "gain of, dollars,",
        f"the same as shown to the model: {DOLLARS_PER_UNIT} × raw",
    ),
    Column(
        "place_constant",
        "text",
        "–",
        "constant of the place",
        "name of the constant that the estimate gives this place, such as `place_2_of_4`; empty for the "
        "reference",
    ),
    Column(
        "label_constant",
        "text",
        "–",
        "constant of the letter",
        "the same for the letter, where letters are told apart from places; else empty",
    ),
    Column(
        "chosen",
        "whole",
        "0 or 1",
        "whether the option was chosen",
        "1 for the option that was stated, or drawn as the one token; 0 for the others. Empty for all "
        "options of a choice where there is none",
    ),
    Column(
        "probability",
        "number",
        "0 to 1",
        "probability of the label at tau = 1",
        "probability of the option's label at temperature 1, among the labels returned. Empty where it was "
        "not read, or not among the tokens that the server returned: censored, not 0",
    ),
    Column(
        "outside",
        "number",
        "0 to 1",
        "probability outside the labels",
        "probability of tokens that are no label; of the whole choice",
    ),
    Column(
        "share",
        "number",
        "0 to 1",
        "what the estimate counts",
        "what the estimate counts for the option: of stated choices 1 or 0, of probabilities these at "
        "the answer's temperature. Sums to 1 over a choice. Empty where an option is left out (its "
        "probability was not read) or the whole answer is missing",
    ),
    Column(
        "missing",
        "text",
        "–",
        "why the answer is missing",
        "why the answer is missing; empty where it is not. The rows stay, with `chosen` and `share` empty",
    ),
)
"""All columns, in the order in which they stand."""
