"""Conversations as a model's own template lays them out: begun turns stay open, system texts are kept."""

from __future__ import annotations

from pathlib import Path

import pytest

transformers = pytest.importorskip("transformers")

from fiduciary.training.conversations import folded, laid_out, takes_system  # noqa: E402
from fiduciary.training.errors import TrainingError  # noqa: E402

SHIPPED = Path(__file__).parents[2] / "subjects" / "tiny_manager" / "base"

REFUSES = (
    "{%- if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{%- endif %}"
    "{%- for message in messages %}{{- '<|' + message['role'] + '|>' + message['content'] + '<|end|>' }}"
    "{%- endfor %}{%- if add_generation_prompt %}{{- '<|assistant|>' }}{%- endif %}"
)
"""As Gemma's does."""

IGNORES = (
    "{%- for message in messages if message['role'] != 'system' %}"
    "{{- '<|' + message['role'] + '|>' + message['content'] + '<|end|>' }}"
    "{%- endfor %}{%- if add_generation_prompt %}{{- '<|assistant|>' }}{%- endif %}"
)

ASKED = (
    {"role": "system", "content": "You manage a firm."},
    {"role": "user", "content": "Choose one."},
)
BEGUN = (*ASKED, {"role": "assistant", "content": "Therefore, I choose: Option"})


@pytest.fixture
def tokenizer():
    return transformers.AutoTokenizer.from_pretrained(SHIPPED)


def text(tokenizer, messages) -> str:
    return tokenizer.decode(laid_out(tokenizer, messages, system=takes_system(tokenizer)))


def test_a_new_turn_begins_behind_the_users_and_a_begun_one_stays_open(tokenizer) -> None:
    before = "<|start|><|system|>You manage a firm.<|end|><|user|>Choose one.<|end|><|assistant|>"
    assert text(tokenizer, ASKED) == before
    assert text(tokenizer, BEGUN) == before + "Therefore, I choose: Option"


@pytest.mark.parametrize("template", [REFUSES, IGNORES])
def test_without_a_system_role_the_system_text_stands_in_the_users_turn(tokenizer, template: str) -> None:
    tokenizer.chat_template = template
    assert not takes_system(tokenizer)
    before = "<|user|>You manage a firm.\n\nChoose one.<|end|><|assistant|>"
    assert text(tokenizer, ASKED) == before
    assert text(tokenizer, BEGUN) == before + "Therefore, I choose: Option"
    assert ASKED[1]["content"] == "Choose one."  # nobody's messages are changed


def test_a_template_that_knows_the_role_is_left_to_it(tokenizer) -> None:
    assert takes_system(tokenizer)


def test_only_the_first_user_turn_gets_the_system_text() -> None:
    again = (*ASKED, {"role": "assistant", "content": "A"}, {"role": "user", "content": "And now?"})
    assert [m["content"] for m in folded(again)] == ["You manage a firm.\n\nChoose one.", "A", "And now?"]
    assert folded(ASKED[1:]) == [ASKED[1]]
    with pytest.raises(TrainingError, match="no user's turn that could hold"):
        folded(ASKED[:1])


def test_what_a_template_cannot_lay_out_is_said_in_one_line(tokenizer) -> None:
    tokenizer.chat_template = "{{ raise_exception('roles must alternate') }}"
    with pytest.raises(TrainingError, match="cannot lay out a conversation of user: roles must alternate"):
        laid_out(tokenizer, ASKED[1:], system=True)
    tokenizer.chat_template = "{{ messages[0]['content'] }}"  # shows no other turn
    with pytest.raises(TrainingError, match="of user, assistant whose last turn is to be continued"):
        laid_out(tokenizer, BEGUN[1:], system=True)
