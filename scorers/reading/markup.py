"""Text without its markup: emphasis, LaTeX, HTML, JSON and code fences around what is said.

What is struck out is gone, a box or an answer in JSON becomes a plain statement, and letters of full width
or in mathematical bold become plain ones. Nothing is executed, and every pattern is linear in the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from fiduciary.parsing import parse_json

BOX_OPENS, BOX_CLOSES = "⟦", "⟧"
"""What stands for LaTeX's box around a final answer."""

ANSWER_KEYS = frozenset(
    (
        "answer|choice|option|decision|selection|selected|chosen|final answer|final choice|final decision"
        "|selected option|chosen option|selected choice|my choice|my answer|my decision|option chosen|letter"
        "|option selected|recommendation|recommended option|choose|i choose|response"
        "|answer letter|result|final|correct answer"
    ).split("|")
)
"""Keys of a JSON object that hold the answer; under any other key ("worst choice") nothing is looked for."""

_STRUCK = re.compile(
    r"~~[^~\n]{1,200}~~|<(del|s|strike)>[^<]{0,200}</\1>|<!--[^<>]{0,200}-->|/\*[^*]{0,200}\*/", re.IGNORECASE
)
_WRAPPED = re.compile(r"\\(?:text|math|emph|mbox|underline|hbox)[a-z]{0,10}\s{0,3}\{([^{}]{0,200})\}")
_BOXED = re.compile(r"\\(?:boxed|fbox)\s{0,3}\{([^{}]{0,200})\}|\\boxed\s{1,3}(\w)\b")
_DEEPEST = 4  # \boxed{\textbf{\text{Option B}}}
_SPACED = re.compile(rf"([(\[{BOX_OPENS}])[ \t]?(\w)[ \t]?([)\]{BOX_CLOSES}])")
_DELIMITER = re.compile(r"\\[()\[\]]|\$")
_ANSWER_TAG = re.compile(
    r"<(/?)(?:final[_ ]?)?(?:answer|choice|decision|option|response|output|result|final)>"
    r"|\[(?:final )?answer\]:?",
    re.IGNORECASE,
)
_INLINE_TAG = re.compile(r"</?(?:b|i|u|(?i:em|strong|code|mark|span|small|big|center|blockquote|h[1-6]))>")
_BREAK_TAG = re.compile(r"</?(?:br|p|div|li|ul|ol)\s?/?>", re.IGNORECASE)
_FENCE = re.compile(r"```[\w+-]{0,20}|~~~")
_BLANK_TO_FILL = re.compile(r"_{3,}")
_INNER_UNDERSCORE = re.compile(r"(?<=[^\W_])_(?=[^\W_])")
_EMPHASIS = re.compile(r"[*`_]+")
_LINE_START = re.compile(r"^[ \t>#]+", re.MULTILINE)
_CUT_JSON = re.compile(r"\s{0,9}\{\s{0,9}\"([\w -]{1,30})\"\s{0,9}:\s{0,9}\"([^\"\\\n]{1,60})\"")
_LOOSE_JSON = re.compile(
    r"\{\s{0,9}[\"']?([\w -]{1,30})[\"']?\s{0,9}[:=]\s{0,9}[\"']?([^\"'{}\[\]\n]{1,60})[\"']?\s{0,9}\}"
)
_KEY_JOINTS = re.compile(r"[\W\d_]+|(?<=[a-z])(?=[A-Z])")


class _Pairs(list[tuple[str, Any]]):
    """A JSON object with all its keys, those that occur twice too."""


def clean(text: str, *, cut_off: bool) -> str:
    """Plain lines, one space between words, of an answer with markup.

    Args:
        text: the answer, without thought.
        cut_off: whether the model was stopped, so that JSON may lack its end.
    """
    text = "".join(map(_plain_character, text)) if not text.isascii() else text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _json_as_text(_FENCE.sub("\n", text), cut_off)
    text = _STRUCK.sub(" ", text).replace("\\ ", " ")
    for _ in range(_DEEPEST):
        if "\\" not in text:
            break
        text = _WRAPPED.sub(r"\1", text)
        text = _BOXED.sub(lambda box: f"{BOX_OPENS}{box[1] or box[2] or ''}{BOX_CLOSES}", text)
    text = _SPACED.sub(r"\1\2\3", _DELIMITER.sub("", text))
    if "<" in text:
        text = _ANSWER_TAG.sub(lambda tag: "\n" if tag[1] else "\nAnswer: ", text)
        text = _BREAK_TAG.sub("\n", _INLINE_TAG.sub("", text))
    text = _EMPHASIS.sub("", _INNER_UNDERSCORE.sub(" ", _BLANK_TO_FILL.sub("…", text)))
    lines = (" ".join(line.split()) for line in _LINE_START.sub("", text).split("\n"))
    return "\n".join(line for line in lines if line)


_SHAPED = (("\uff01", "\uff5e"), ("\u24b6", "\u24e9"), ("\U0001d400", "\U0001d7ff"))
"""Letters of full width, in circles, and in mathematical shapes."""
_STOPS = {"。": ". ", "、": ", ", "｡": ". "}
_FOREIGN_QUOTES = frozenset("„‟‹›「」『』")


def _plain_character(c: str) -> str:
    if any(first <= c <= last for first, last in _SHAPED):
        return unicodedata.normalize("NFKC", c)
    if c in _FOREIGN_QUOTES:
        return '"'
    if c in _STOPS:
        return _STOPS[c]
    category = unicodedata.category(c)
    if category == "Zs":
        return " "
    return "" if category == "Cf" else c


def _json_as_text(text: str, cut_off: bool) -> str:
    """The text with a JSON object in it replaced by the answers that the object holds."""
    begin, end = text.find("{"), text.rfind("}")
    if begin < 0:
        return text
    try:
        found = parse_json(text[begin : end + 1], object_pairs_hook=_Pairs, strict=False)
    except ValueError:
        found = None
    if isinstance(found, _Pairs):
        said = "".join(f"\nAnswer: {' '.join(value.split())}\n" for value in _answers(found, 0))
        return f"{text[:begin]}{said}{text[end + 1 :]}"
    if (loose := _LOOSE_JSON.fullmatch(text[begin : end + 1])) and _names_answer(loose[1]):
        return f"{text[:begin]}\nAnswer: {loose[2].strip()}\n{text[end + 1 :]}"
    cut = _CUT_JSON.match(text) if cut_off and text.count("{") == 1 else None
    return f"Answer: {cut[2]}" if cut and _names_answer(cut[1]) else text


def _answers(found: _Pairs, depth: int) -> Iterator[str]:
    for key, value in found:
        if not _names_answer(key):
            continue
        if isinstance(value, _Pairs):
            if depth < _DEEPEST:
                yield from _answers(value, depth + 1)
        elif isinstance(value, list):
            yield ", ".join(map(str, value))
        elif isinstance(value, str):
            yield value


def _names_answer(key: str) -> bool:
    return " ".join(_KEY_JOINTS.sub(" ", key[:60]).split()).lower() in ANSWER_KEYS
