"""Cutting what a model thought from what it answered.

Reasoning models mark their thought, and servers leak the marks whole, unclosed, or only at their end. What is
between marks is no part of the answer, nor is anything before a closing mark whose opening mark is gone, nor
anything after an opening mark that is never closed.

Forms: tags such as ``<think>``, ``<thinking>``, ``<thought>``, ``<reasoning>``, with or without a namespace
(``<seed:think>``), ``[THINK]``, ``◁think▷``, ``<|START_THINKING|>``, ``<|begin_of_thought|>``; and the
channels of the harmony format, of which only ``final`` is the answer.
"""

from __future__ import annotations

import re

_WORD = r"(?:think(?:ing)?|thoughts?|reasoning|reflection|scratchpad|analysis)"
_MARK = re.compile(
    rf"(?:<|&lt;)(?P<tag>/?)(?:\w{{1,20}}:)?{_WORD}(?:\s[^<>]{{0,60}})?(?:>|&gt;)"
    r"|\[(?P<square>/?)think(?:ing)?\]"
    rf"|◁(?P<triangle>/?){_WORD}▷"
    r"|<[|｜](?P<token>begin|start|end)(?:_|▁)?(?:of(?:_|▁))?(?:think(?:ing)?|thoughts?|reasoning)[|｜]>",
    re.IGNORECASE,
)
_CHANNEL = re.compile(r"<\|channel\|>\s{0,3}(\w{0,20})(?:[^<]|<\|constrain\|>){0,80}(?:<\|message\|>|\Z)")
_CHANNEL_END = re.compile(r"<\|(?:end|return|call|start|channel)\|>")
_BARE_CHANNEL = re.compile(r"\Aanalysis(?=[A-Z])")
_BARE_FINAL = "assistantfinal"
"""Where a server drops the special tokens, the names of the channels run into the text."""

_END_OF_TURN = re.compile(
    r"<\|(?:end|return|im_end|eot_id|eom_id|endoftext|end_of_text|end_of_turn|END_OF_TURN_TOKEN|END_RESPONSE"
    r"|end_of_solution)\|>|</s>|<eos>|<end_of_turn>|<｜end▁of▁sentence｜>"
)
_OTHER_SIDE = re.compile(r"(?<=\S)\s*\n\s*(?:Human|User) ?:")
_ROLE = re.compile(r"\A\s*(?:assistant|model)\s?:?\s*\n", re.IGNORECASE)
_OTHER_TOKEN = re.compile(r"<[|｜][\w▁]{1,40}[|｜]>")


def without_thought(text: str) -> str:
    """The part of a text that is addressed to whoever asked."""
    return _first_turn(_outside_marks(_final_channel(text))).strip()


def _final_channel(text: str) -> str:
    if _BARE_CHANNEL.match(text):
        return text.rpartition(_BARE_FINAL)[2] if _BARE_FINAL in text else ""
    channels = list(_CHANNEL.finditer(text))
    if not channels:
        return text
    finals = []
    for channel in channels:
        if channel[1] == "final":
            end = _CHANNEL_END.search(text, channel.end())
            finals.append(text[channel.end() : end.start() if end else len(text)])
    return "\n".join(finals)


def _outside_marks(text: str) -> str:
    kept: list[str] = []
    begin, inside = 0, False
    for mark in _MARK.finditer(text):
        if mark["token"]:
            closes = mark["token"].lower() == "end"
        else:
            closes = "/" in (mark["tag"], mark["square"], mark["triangle"])
        if closes:
            if not inside:  # Its opening mark is gone: all before it was thought.
                kept.clear()
            begin, inside = mark.end(), False
        elif not inside:
            kept.append(text[begin : mark.start()])
            inside = True
    if not inside:
        kept.append(text[begin:])
    return "\n".join(part for part in kept if part.strip())


def _first_turn(text: str) -> str:
    """What comes before the end of the turn: some models go on and play the other side."""
    text = _ROLE.sub("", _OTHER_SIDE.split(text, maxsplit=1)[0])
    if "<" not in text:
        return text
    for part in _END_OF_TURN.split(text):
        if (answer := _OTHER_TOKEN.sub("\n", part)).strip():
            return answer
    return ""
