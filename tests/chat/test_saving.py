"""A conversation as a file, and one column as HTML."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from fiduciary.chat import markup
from fiduciary.chat.conversation import (
    COMPLETE,
    FAILED,
    STOPPED,
    Conversation,
    Models,
    Reply,
    Settings,
)
from fiduciary.chat.saving import file_name, note, to_json, to_markdown

URL = "http://127.0.0.1:8000/v1"
SENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
NOW = datetime(2026, 1, 2, 3, 10, 0, tzinfo=UTC)
PROBLEM: dict[str, str | int] = {
    "task": "stakeholder_choice",
    "seed": 0,
    "id": "joint-1",
    "number": 3,
    "wording": "plain",
    "elicitation": "text",
    "version": "1-A",
}


def _conversation(message: str = "Which?", text: str = "Option A.") -> Conversation:
    asked = Conversation(Models("base", ("kind", "mean"))).asked(
        message, Settings(0.5, "You manage.", 64), PROBLEM, SENT
    )
    return asked.with_replies(
        {
            "base": Reply(text, COMPLETE, "stop", None, 1.25, 10, 3),
            "kind": Reply(text, FAILED, None, "the server is gone", 0.5),
            "mean": Reply(text, STOPPED, None, None, 2.0),
        }
    )


def test_json_holds_all_that_was_said_and_how() -> None:
    saved = json.loads(to_json(_conversation(), URL, NOW))
    assert (saved["format"], saved["server"], saved["saved"]) == (1, URL, "2026-01-02T03:10:00+00:00")
    assert (saved["base"], saved["adapters"]) == ("base", ["kind", "mean"])
    (turn,) = saved["turns"]
    assert turn["time"] == "2026-01-02T03:04:05+00:00"
    assert turn["settings"] == {"temperature": 0.5, "system": "You manage.", "max_tokens": 64}
    assert turn["problem"] == PROBLEM and turn["message"] == "Which?"
    assert list(turn["replies"]) == ["base", "kind", "mean"]
    assert turn["replies"]["base"] == {
        "text": "Option A.",
        "state": "complete",
        "finish": "stop",
        "error": None,
        "seconds": 1.25,
        "tokens_in": 10,
        "tokens_out": 3,
    }
    assert turn["replies"]["kind"]["error"] == "the server is gone"


def test_markdown_reads_in_order() -> None:
    text = to_markdown(_conversation(), URL, NOW)
    words = [
        "2026-01-02T03:10:00+00:00",
        f"`{URL}`",
        "`kind`, `mean`",
        "## 1",
        "Temperature: 0.5",
        "3 of seed 0 (`joint-1`",
        "You manage.",
        "Which?",
        "### `base`",
        "3 tokens, 1.2 s",
        "### `kind`",
        "failed: the server is gone",
        "### `mean`",
        "stopped",
    ]
    places = [text.index(word) for word in words]
    assert places == sorted(places)


def test_an_empty_conversation_can_be_saved() -> None:
    empty = Conversation(Models("base"))
    assert json.loads(to_json(empty, URL, NOW))["turns"] == []
    assert "Adapters: none" in to_markdown(empty, URL, NOW)
    assert re.fullmatch(r"chat-\d{8}-\d{6}\.md", file_name(empty, "md"))
    assert file_name(_conversation(), "json") == "chat-20260102-030405.json"


# Without lone surrogates, which no JSON of a server can hold, and carriage returns, which are line ends.
TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")
)


@given(TEXT)
def test_json_keeps_every_character(text: str) -> None:
    saved = json.loads(to_json(_conversation(text=text), URL, NOW))
    assert saved["turns"][0]["replies"]["base"]["text"] == text


@given(TEXT | st.lists(st.sampled_from(["```", "`", "# x", "<b>", "\n", "~~~", "text"])).map("".join))
def test_no_text_escapes_from_its_block_of_markdown(text: str) -> None:
    """Read as Markdown's own rule for fences reads it: a block ends at a line of as many backticks."""
    lines = to_markdown(_conversation(text=text), URL, NOW).split("\n")
    start = lines.index("### `base`") + 2
    fence = re.fullmatch("(`{3,})text", lines[start])
    assert fence is not None
    ends = re.compile(f" {{0,3}}`{{{len(fence[1])},}}\\s*")
    end = next(i for i in range(start + 1, len(lines)) if ends.fullmatch(lines[i]))
    assert "\n".join(lines[start + 1 : end]) == text
    assert lines[end] == fence[1]


@given(TEXT)
def test_html_shows_every_character_and_makes_no_element(text: str) -> None:
    plain, other = (markup.column(_conversation(text=one), "base") for one in ("", text))
    tags = re.compile("<[^>]*>")
    assert tags.findall(other) == tags.findall(plain)
    inside = re.search('<article class="model"[^>]*><div class="text">(.*?)</div>', other, re.DOTALL)
    assert inside is not None and unescape(inside[1]) == text


def test_html_in_names_and_errors_is_text() -> None:
    name = "<i>\"x'</i>"
    asked = Conversation(Models(name)).asked("x", Settings())
    html = markup.column(asked.with_replies({name: Reply("", FAILED, None, "<script>")}), name)
    assert "<i>" not in html and "<script>" not in html
    assert "failed: &lt;script&gt;" in html


def test_notes() -> None:
    assert note(Reply("x", COMPLETE, "stop")) == ""
    assert note(Reply("x", COMPLETE, "length", tokens_out=64)) == "cut off at the longest reply, 64 tokens"
    assert note(Reply("", FAILED, error="gone", seconds=1)) == "failed: gone, 1.0 s"
