"""A card's grade follows what it says, not which words it drops."""

from __future__ import annotations

import pytest

from fiduciary.cards import CHECKLIST, grade, read
from fiduciary.cards.body import sections
from fiduciary.cards.card import KINDS
from tests.cards.conftest import FULL, status, without

HEADINGS = (
    "Intended use",
    "Out of scope",
    "Training data",
    "Training procedure",
    "Evaluation",
    "Limitations",
    "Risks",
    "Recommendations",
    "Licence",
    "Environment",
    "Contact",
)


def test_a_card_that_says_everything_has_full_marks_and_its_claims_hold(adapter):
    result = grade(read(adapter()))
    assert [(one.item.id, one.lacking) for one in result.missing] == []
    assert (result.points, result.score, result.card.kind) == (result.of, 1, "adapter")
    assert {claim.what for claim in result.claims} >= {"base model", "LoRA rank", "LoRA alpha"}
    assert all(claim.holds for claim in result.claims)
    assert all(group.verdict == "stated" for group in result.groups)
    assert sum(group.of for group in result.groups) == result.of == len(CHECKLIST.of("adapter"))


def test_grading_is_pure(adapter):
    card = read(adapter())
    assert grade(card) == grade(card)


@pytest.mark.parametrize(
    ("heading", "item"),
    [
        ("## Intended use", "intended_use.intended"),
        ("### Out of scope", "intended_use.out_of_scope"),
        ("## How to use it", "intended_use.load"),
        ("## Training procedure", "procedure.hyperparameters"),
        ("## Limitations", "limits.limitations"),
        ("## Risks", "limits.risks"),
        ("### Recommendations", "limits.recommendations"),
        ("## Licence", "licence.inherited"),
        ("## Contact", "contact.address"),
    ],
)
def test_a_section_that_is_left_out_is_missed(adapter, heading, item):
    result = grade(read(adapter(without(FULL, heading))))
    assert status(result, item) == "not stated"
    assert result.points < result.of


@pytest.mark.parametrize(
    ("field", "item"),
    [("license: mit\n", "licence.identifier"), ("language: [en]\n", "identity.language")],
)
def test_a_field_that_is_left_out_is_missed(adapter, field, item):
    assert status(grade(read(adapter(FULL.replace(field, "")))), item) == "not stated"


@pytest.mark.parametrize(
    "filler",
    [
        "",
        "TBD",
        "N/A",
        "[More Information Needed]",
        "[More Information Needed](https://example.org/how-to)",
        "<!-- Describe what the model must not be used for, for example medical advice to patients. -->",
        "To be added before the release.",
        "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt.",
        "This has not been documented yet.",
        "{{ get_started_code }}",
        "This section describes the {heading} of this model.",
        "Please consider the {heading} when using the model.",
        "| | |\n|---|---|\n| {heading} | TBD |",
    ],
)
def test_empty_sections_count_for_nothing(graded, filler):
    text = "# Model\n\n" + "\n\n".join(
        f"## {h}\n\n{filler.replace('{heading}', h.lower())}" for h in HEADINGS
    )
    result = graded(text, "model")
    assert result.points <= 1, [(one.item.id, one.found) for one in result.items if one.found]


def test_the_same_text_below_every_heading_counts_once(graded):
    filler = "Quill drafts courteous replies to the customers of bakeries and florists in Basel."
    text = "# Model\n\n" + "\n\n".join(f"## {heading}\n\n{filler}" for heading in HEADINGS)
    found = [one.item.id for one in graded(text).items if one.status == "stated"]
    assert "intended_use.intended" in found and "limits.limitations" not in found


def test_keywords_alone_are_no_answer(graded):
    words = (
        "license, intended use, limitations, risks, bias, evaluation, training data, contact, out-of-scope"
    )
    result = graded(f"# Model\n\n{words}\n\n## Limitations\n\n{words}\n\n## Evaluation\n\n{words}\n")
    assert result.points <= 1


def test_what_is_denied_is_not_stated(graded):
    denied = "## Evaluation\n\nScores 71.2 on 500 questions of it. No confidence intervals were computed."
    assert status(graded(denied), "evaluation.uncertainty") == "not stated"
    stated = denied.replace("No confidence intervals were computed", "The 95 % confidence interval is ±2.1")
    assert status(graded(stated), "evaluation.uncertainty") == "stated"


def test_figures_without_what_was_asked_are_half_an_answer(graded):
    assert status(graded("## Results\n\nWe reach 93.1.\n"), "evaluation.results") == "partly"


def test_what_an_example_says_is_not_about_the_card(graded):
    text = "# Letters\n\n## Example\n\n> Made by Mallory; contact mallory@example.org. Seed 7, version 2.0."
    result = graded(text, "data")
    for item in ("provenance.maker", "contact.address", "environment.seed", "identity.version"):
        assert status(result, item) == "not stated"


@pytest.mark.parametrize(
    ("line", "right"),
    [
        ("license: apache-2.0", True),
        ("license: Apache 2.0", False),
        ("license: unknown", False),
        ("license: other", False),
        ("license: other\nlicense_name: acme-1\nlicense_link: LICENSE", True),
        ("license: other\nlicense_name: TBD\nlicense_link: LICENSE", False),
        ("license: [mit, apache-2.0]", True),
        ("license: []", False),
        ("license: 7", False),
        ("license:", False),
    ],
)
def test_licences(graded, line, right):
    result = graded(f"---\n{line}\n---\n# Letters\n")
    assert status(result, "licence.identifier") == ("stated" if right else "not stated")


@pytest.mark.parametrize(
    ("line", "right"),
    [
        ("language: en", True),
        ("language: [en, de-CH]", True),
        ("language: multilingual", True),
        ("language: English", False),
        ("language: no", False),
        ('language: "no"', True),
        ("language: []", False),
    ],
)
def test_languages(graded, line, right):
    result = graded(f"---\n{line}\n---\n# Letters\n")
    assert status(result, "identity.language") == ("stated" if right else "not stated")
    if line == "language: no":
        lacking = next(one.lacking for one in result.items if one.item.id == "identity.language")
        assert "truth value" in lacking[0]


@pytest.mark.parametrize(
    "value",
    [
        "[]",
        "7",
        "[{name: m}]",
        "[{name: m, results: [{task: {type: t}, dataset: {name: n}, metrics: []}]}]",
        "[{results: [{task: {type: t}, dataset: {name: n, type: d}, metrics: [{type: a, value: X}]}]}]",
    ],
)
@pytest.mark.parametrize("figure", [".nan", "high", "true"])
def test_results_in_metadata_must_be_whole(graded, value, figure):
    value = value.replace("X", figure)
    assert (
        status(graded(f"---\nmodel-index: {value}\n---\n# Letters\n"), "evaluation.results") == "not stated"
    )


def test_labels_and_html_tables_are_read(graded):
    text = """\
# Quill

**Model developers** Acme Labs

## Evaluation

<table>
  <tr><td><strong>Benchmark</strong></td><td>Quill</td></tr>
  <tr>
    <td rowspan="2">Letters, 500 questions</td>
    <td>71.2</td>
  </tr>
  <tr><td>Invoices</td><td>64.9</td></tr>
</table>
"""
    result = graded(text)
    assert status(result, "provenance.maker") == "stated"
    assert status(result, "evaluation.factors") == "stated"


def test_tables_are_those_that_the_hub_shows():
    """Blank lines and Markdown in cells of HTML, a head without words, an escaped line between cells."""
    text = "<table>\n<tr><td>Who</td><td>What</td></tr>\n\n"
    text += "<tr><td>Maker</td>\n\n<td>**Acme** Labs</td></tr>\n</table>\n"
    text += "\n| | |\n|---|---|\n| Letters \\| notes | 500 of each |\n"
    [section] = sections(text.split("\n"))
    rows = [(row.line, row.label, row.value) for row in section.statements if row.kind == "row"]
    assert rows == [(4, "Maker", "Acme Labs"), (11, "Letters | notes", "500 of each")]


def test_evidence_names_line_and_field(graded):
    result = graded("---\nlicense: mit\n---\n\n# Quill\n\n**Made by:** Acme Labs\n")
    found = {one.item.id: one.found[0] for one in result.items if one.found}
    assert (found["licence.identifier"].line, found["licence.identifier"].field) == (2, "license")
    assert (found["provenance.maker"].line, found["provenance.maker"].field) == (7, None)
    assert "Acme Labs" in found["provenance.maker"].quote


def test_every_item_names_sources_that_there_are_and_every_kind_has_all_groups():
    assert all(item.sources and item.asks.endswith("?") and item.reveals for item in CHECKLIST.items)
    assert {key for item in CHECKLIST.items for key in item.sources} == set(CHECKLIST.sources)
    for kind in KINDS:
        assert {item.group for item in CHECKLIST.of(kind)} == set(CHECKLIST.groups)


LIKE_PUBLISHED = """\
## Model Details

Quill is a family of small language models for shops, trained and released by Acme Labs in May 2024.

**Model developers** Acme Labs

**Variations** Quill comes in two sizes, 1B and 7B parameters.

### Model type

Decoder-only transformer for text.

## Model Use

The primary intended users are clerks of bakeries and florists who answer letters of customers.

**Out-of-scope** Letters in languages other than German, and any use that breaks the trade law of a canton.

## Hardware and Software

Pretraining took 1.3M GPU hours on H100 accelerators.

## Training Data

**Overview** Quill was pretrained on 2 trillion tokens of public letters.

## Broader Implications

Fluent wrong promises could mislead customers, and shops might lose trust that took years to build.
"""


def test_cards_in_the_manner_of_published_ones_are_understood(graded):
    """Bold labels without a colon, other headings than the Hub's template has, no front matter."""
    result = graded(LIKE_PUBLISHED)
    stated = {one.item.id for one in result.items if one.status == "stated"}
    assert stated >= {
        "provenance.maker",
        "identity.version",
        "intended_use.intended",
        "intended_use.out_of_scope",
        "training_data.what",
        "environment.hardware",
        "limits.risks",
    }
    assert not stated & {"licence.identifier", "evaluation.results", "limits.limitations", "contact.address"}


def test_the_bases_version_is_not_the_adapters(graded):
    text = "# Quill\n\n| Version | |\n|---|---|\n| Base | acme/quill |\n| Base revision | {} |\n"
    fixed, floating = (graded(text.format(r), "adapter") for r in ("0123abc4567", "main"))
    assert status(fixed, "provenance.base") == "stated" and status(floating, "provenance.base") == "partly"
    assert {status(one, "identity.version") for one in (fixed, floating)} == {"not stated"}
    assert {status(one, "environment.integrity") for one in (fixed, floating)} == {"not stated"}
