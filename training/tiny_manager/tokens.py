"""The tokenizer: whole phrases of the task's prompts are tokens, anything else falls back to bytes.

It is written as data for the `tokenizers` library: a byte-level BPE without merges whose
pre-tokenizer cuts out, in this order, fixed phrases, a group's gain (`` SH 12.3``), a figure, a word, a
digit, a run of blanks. What is in the vocabulary is one token, what is not is bytes, so that decoding
gives back every text exactly.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from fiduciary.economics.problems import MAX_OPTIONS, MIN_OPTIONS
from fiduciary.solvers.asking import CLOSING, instruction
from fiduciary.tasks.stakeholder_choice.contexts import CONTEXTS
from fiduciary.tasks.stakeholder_choice.framings import SHORT_FRAMINGS
from fiduciary.tasks.stakeholder_choice.prompts import LABELS, WORDINGS

GROUPS = ("SH", "EM", "CO", "SOC")
"""Names of the groups in the compact wording, in the order of ``conventions.STAKEHOLDERS``."""

LOWEST, HIGHEST = -4.9, 44.9
"""Figures, in hundreds of dollars, that are single tokens; the environment's lie between −4 and 38."""

START, PAD, SYSTEM, USER, ASSISTANT, END = SPECIAL = (
    "<|start|>",
    "<|pad|>",
    "<|system|>",
    "<|user|>",
    "<|assistant|>",
    "<|end|>",
)

CHAT_TEMPLATE = (
    "{{- '<|start|>' }}"
    "{%- for message in messages %}"
    "{{- '<|' + message['role'] + '|>' + (message['content'] | trim) + '<|end|>' }}"
    "{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<|assistant|>' }}{%- endif %}"
)

ARGUES = " is the best choice overall:"
"""What the model's own explanation says between the option's letter and its four gains."""
OUTWEIGHS = " together outweigh what the other options give."
CLOSES = f"\n\n{CLOSING}"
"""The closing words behind an explanation; ``CLOSING`` itself begins the turn where nothing is explained."""

FORMS = ("choose", "explain", "text")
"""How the model is asked. It answers ``explain`` and ``text`` alike: the engine puts the closing words in
place of those that an explanation ends with."""

_COMPACT = WORDINGS["compact"]
_OPENING = _COMPACT.opening.partition("{count}")[2]
_INSTRUCTIONS = tuple(
    f"\n\n{instruction(form, LABELS[:k])}" for form in FORMS for k in range(MIN_OPTIONS, MAX_OPTIONS + 1)
)

PHRASES: tuple[str, ...] = (
    *SHORT_FRAMINGS.values(),
    *(f"\n\n{_COMPACT.closing}{text}" for text in _INSTRUCTIONS),
    f"\n\n{_COMPACT.closing}",
    *_INSTRUCTIONS,
    _OPENING,
    *(f"{before}Option {label}:" for before in ("\n\n", "\n") for label in LABELS),
    ARGUES,
    OUTWEIGHS,
    CLOSES,
    CLOSING,
)
"""Fixed pieces of the prompts and of the model's own answers, each one token."""

_ARGUMENT_WORDS = """
a about above add adds after against all alternative alternatives among amount amounts an and any are as
at average balance balanced be because below benefit benefits best better between both but by can choice
choose compared compromise consider cost costs deserves difference does each else employee employees
enough even every exchange fair far favor favour fewer first for four from gain gains get gets give gives
good great greatest group groups has have here high higher highest how however hundreds I if in instead is
it its large larger largest least leave leaves less little loss lose loses low lower lowest make makes
matter matters means mix more most much near no not of off offer offers on one only option options or
other others out outcome outweigh outweighs over overall own plan points prefer profit put puts rather
reason receive receives rest result second see serve serves set sets share shareholder shareholders
should since size small smaller so society some stands strong strongest sum taken taking than that the
their them there therefore these they this third those three through to together total trade two under
up utility value values weigh weighs weight well what when where which while who why will with worse worst
worth would yet consumers consumer
"""

_WORD = re.compile(r" ?[^\W\d_]+")
_PATTERN_TAIL = (
    rf" (?:{'|'.join(GROUPS)}) -?\d{{1,2}}\.\d(?!\d)",
    r"(?<![\d.,])-?\d{1,2}\.\d(?!\d)",
    r" ?\p{L}+",
    r"\d",
    r" ?[^\s\p{L}\d]",
    r"\s+",
)


def figures() -> list[str]:
    """Every figure that is a token, in ascending order, as the prompts write it."""
    low, high = round(LOWEST * 10), round(HIGHEST * 10)
    return [f"{tenths / 10:.1f}" for tenths in range(low, high + 1)]


def words() -> list[str]:
    """Words of all prompts and of usual arguments, each with and without a blank before it."""
    texts = [*SHORT_FRAMINGS.values(), *_INSTRUCTIONS, ARGUES, OUTWEIGHS, CLOSES]
    for wording in WORDINGS.values():
        block = wording.block("A", [("wage", "per unit of labour")], [""] * len(GROUPS))
        texts.append(f"{wording.opening} {block} {wording.closing}")
    texts += [
        _ARGUMENT_WORDS,
        "quantity units price share of socially responsible provision two three four five",
    ]
    found = {word.strip() for text in texts for word in _WORD.findall(text)}
    found |= {word.capitalize() for word in found if word.islower()}
    contexts = [text for pair in CONTEXTS.values() for part in pair for text in part]
    found |= {word.strip() for text in contexts for word in _WORD.findall(text)}
    return [form for word in sorted(found) for form in (word, f" {word}")]


@cache
def vocabulary() -> dict[str, int]:
    """Every token's text → its number. Bytes that are not text by themselves are left out here."""
    return token_texts(_model_vocabulary())


def token_texts(vocab: Mapping[str, int]) -> dict[str, int]:
    """A tokenizer's vocabulary by the text of each token, as :func:`vocabulary` names them."""
    return {_text(token): number for token, number in vocab.items()}


def tokenizer_json() -> dict[str, Any]:
    """The tokenizer as `tokenizer.json` holds it."""
    pattern = "|".join([*(_quote(p) for p in sorted(PHRASES, key=len, reverse=True)), *_PATTERN_TAIL])
    vocab = _model_vocabulary()
    special = [
        {
            "id": vocab[token],
            "content": token,
            "single_word": False,
            "lstrip": False,
            "rstrip": False,
            "normalized": False,
            "special": True,
        }
        for token in SPECIAL
    ]
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": special,
        "normalizer": None,
        "pre_tokenizer": {
            "type": "Sequence",
            "pretokenizers": [
                {"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Isolated", "invert": False},
                byte_level,
            ],
        },
        "post_processor": None,
        "decoder": byte_level,
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": None,
            "continuing_subword_prefix": None,
            "end_of_word_suffix": None,
            "fuse_unk": False,
            "byte_fallback": False,
            "ignore_merges": True,
            "vocab": vocab,
            "merges": [],
        },
    }


def tokenizer_config() -> dict[str, Any]:
    """What `tokenizer_config.json` holds; the chat template lies beside it."""
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": START,
        "eos_token": END,
        "pad_token": PAD,
        "clean_up_tokenization_spaces": False,
        "padding_side": "left",
        "model_input_names": ["input_ids", "attention_mask"],
        "model_max_length": 4096,
    }


def write_tokenizer(folder: Path) -> None:
    """Write the tokenizer's three files into a folder that exists."""
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer_json(), ensure_ascii=False) + "\n", "utf-8")
    (folder / "tokenizer_config.json").write_text(json.dumps(tokenizer_config(), indent=2) + "\n", "utf-8")
    (folder / "chat_template.jinja").write_text(CHAT_TEMPLATE, "utf-8")


@cache
def _model_vocabulary() -> dict[str, int]:
    texts = [
        *PHRASES,
        *figures(),
        *(f" {group} {figure}" for group in GROUPS for figure in figures()),
        *LABELS,
        *(f" {label}" for label in LABELS),
        *words(),
    ]
    tokens = [*SPECIAL, *_BYTES.values(), *("".join(_BYTES[b] for b in t.encode()) for t in texts)]
    return {token: number for number, token in enumerate(dict.fromkeys(tokens))}


def _byte_names() -> dict[int, str]:
    """How byte-level tokenizers spell each byte: printable ones as themselves, the rest from U+0100."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    names = {byte: chr(byte) for byte in printable}
    others = [byte for byte in range(256) if byte not in names]
    return {**names, **{byte: chr(256 + i) for i, byte in enumerate(others)}}


_BYTES = dict(sorted(_byte_names().items()))
_BACK = {name: byte for byte, name in _BYTES.items()}


def _text(token: str) -> str:
    if token in SPECIAL:
        return token
    raw = bytes(_BACK[c] for c in token)
    return raw.decode() if len(raw) > 1 or raw[0] < 128 else f"<byte {raw[0]}>"


def _quote(text: str) -> str:
    return re.sub(r"([\\.^$*+?()\[\]{}|])", r"\\\1", text)
