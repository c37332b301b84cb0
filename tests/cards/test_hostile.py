"""Whatever a card holds stays text, and is read in little time and memory."""

from __future__ import annotations

import io
import json
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from fiduciary.cards import front, grade, read
from fiduciary.cards.body import sections
from fiduciary.cards.card import MOST_BYTES, Card
from fiduciary.cards.report import as_markdown, document, show
from fiduciary.errors import UsageError

LAUGHS = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nlicense: mit"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (LAUGHS, "anchors or aliases"),
        ("license: &x mit", "anchors or aliases"),
        ("license: !!python/object/apply:os.system ['touch owned']", "not YAML"),
        ("license: !custom mit", "not YAML"),
        ("a: " + "[" * 5000 + "]" * 5000, "nests deeper"),
        ("a: {b: [c", "not YAML"),
        ("- a\n- b", "not a mapping"),
        ("just text", "not a mapping"),
        ("date: 2026-13-45", "cannot be read"),
        ("x: " + "y" * (front.MOST_CHARACTERS + 1), "characters"),
        ("a: [" + "1," * 60_000 + "1]", "parts"),
        ("? [a, b]\n: c\nlicense: mit", "not YAML|cannot be read|not a mapping"),
    ],
)
def test_front_matter_that_is_refused_leaves_the_text_graded(graded, text, why):
    result = graded(f"---\n{text}\n---\n\n# Quill\n\n**Made by:** Acme Labs\n")
    assert any(re.search(why, trouble) for trouble in result.card.troubles)
    assert result.card.front.values == {}
    assert result.points >= 1


def test_a_field_that_stands_twice_is_told(graded):
    result = graded("---\nlicense: other\nlicense: mit\n---\n# Quill\n")
    assert "license stands twice" in " ".join(result.card.troubles)


def test_without_front_matter_or_end_of_it(graded):
    assert "no front matter" in " ".join(graded("# Quill\n").card.troubles)
    assert "no front matter" in " ".join(graded("---\nlicense: mit\n# Quill\n").card.troubles)


HOSTILE = (
    "\x1b[31mred\x1b[0m \x07\u202eevil\u202c <script>alert(1)</script> [click](javascript:alert(1)) | pipe | "
    "`code` @someone =1+1 ![x](http://tracker.example/x.png)"
)


def test_hostile_text_stays_text_in_every_format(graded):
    result = graded(
        f"---\npretty_name: {json.dumps(HOSTILE)}\nlicense: {json.dumps(HOSTILE)}\n---\n# {HOSTILE}\n\n"
        f"**Developed by:** {HOSTILE}\n\n## Limitations\n\n{HOSTILE} It fails at sums, dates and rivers.\n"
    )
    out = io.StringIO()
    show([result], Console(file=out, force_terminal=True, color_system=None, width=100))
    table = as_markdown([result])
    content = json.dumps(document([result]), ensure_ascii=False)
    for text in (out.getvalue(), table, json.loads(content)["cards"][0]["name"]):
        assert not set(text) & set("\x1b\x07\u202e\u202c")
    assert "<script>" not in table and "](" not in table.replace("\\](", "") and "![" not in table
    assert "\\u001b" not in content and "\u202e" not in content


def test_quotes_are_short(graded):
    result = graded("# Quill\n\n**Developed by:** " + "Acme " * 5_000)
    assert all(len(entry.quote) <= 160 for one in result.items for entry in one.found)


@pytest.mark.parametrize(
    "piece",
    ["<!--", "**a", "[a](", "![", "| a ", "```\n", "<tr><td>", "a: b ", "(((", "> ", "- ", "# x\n", "0 "],
)
def test_large_cards_are_read_in_time(tmp_path, piece):
    path = tmp_path / "README.md"
    path.write_text("# Quill\n\n" + piece * (700_000 // len(piece)))
    start = time.process_time()
    grade(read(path, "model"))
    assert time.process_time() - start < 20


def test_too_large_binary_and_missing_cards_are_refused(tmp_path):
    path = tmp_path / "README.md"
    path.write_bytes(b"x" * (MOST_BYTES + 1))
    with pytest.raises(UsageError, match="at most"):
        read(path)
    path.write_bytes(b"PK\x00\x01")
    with pytest.raises(UsageError, match="is not text"):
        read(path)
    with pytest.raises(UsageError, match="cannot read"):
        read(tmp_path / "gone.md")


def test_other_encodings_are_told_and_read(tmp_path):
    path = tmp_path / "README.md"
    path.write_bytes(
        "---\r\nlicense: mit\r\n---\r\n# Quill\r\n\r\n**Made by:** Caf\xe9 Labs".encode("latin-1")
    )
    card = read(path, "model")
    assert "not UTF-8" in card.troubles[0]
    assert card.front.values == {"license": "mit"}
    assert any(one.item.id == "provenance.maker" and one.found for one in grade(card).items)


@given(st.text(max_size=400), st.sampled_from(["data", "model", "adapter"]))
def test_any_text_is_graded(text, kind):
    card = Card("README.md", kind, sections=sections(text.split("\n")))
    result = grade(card)
    assert 0 <= result.points <= result.of


@given(st.text(alphabet="ab:-[]{}&*!|>'\"#\n ,?%@`0123.", max_size=200))
def test_any_front_matter_is_read_or_refused(text):
    try:
        found = front.load(text)
    except front.FrontError:
        return
    assert all(isinstance(name, str) for name in found.values)
