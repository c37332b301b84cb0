"""Which option a text chooses, by protocol.

1. Strict. Where an explanation was asked for, the text ends with the sentence that was asked for:
   ``Therefore, I choose: Option X.`` Otherwise, the text is one capital letter.
2. Tolerant. The text states one choice in other words or with markup: a letter alone, a box, JSON with
   one answer, "I chose Option B", "The option you choose is Option B", "Answer: B". A clause states one
   only if it is made of words of choosing alone (``vocabulary``): a word that is not known makes it
   none. Of several closing statements ("Therefore, …", "Final answer: …") the last one counts, and
   overrides what came before it. What is denied, supposed, asked, quoted, left to others, taken back,
   or holds for several options is no choice. Praise ("Option B is the best choice") is one in the first
   or last sentence of a text that states no other.
3. Otherwise the answer is missing, with a reason. It is never asked for again and never guessed.

Thought is cut first (``thought``), then markup (``markup``); statements are found by ``statements``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from fiduciary.scorers.reading.markup import clean
from fiduciary.scorers.reading.options import OPTION, letter_of
from fiduciary.scorers.reading.phrases import plainly
from fiduciary.scorers.reading.retractions import taken_back
from fiduciary.scorers.reading.statements import PLACEHOLDER, SEVERAL, Statement, statements
from fiduciary.scorers.reading.surroundings import several
from fiduciary.scorers.reading.text import REFUSAL, answer_of, plain_text

CLOSING = "Therefore, I choose: Option X."
"""The sentence that an explanation must end with; the elicitation asks for it word for word."""

REASONS = (
    "refused",
    "truncated",
    "ambiguous",
    "out of range",
    "placeholder",
    "off protocol",
    "no answer",
    "empty",
    "error",
    "outside the labels",
    "no log-probabilities",
    "thought only",
)
"""Why an answer can be missing.

``ambiguous``: several options, or a choice that is taken back. ``placeholder``: the instruction's
"Option X." or another blank, copied. ``off protocol``: the text says something, but states no choice.
``no answer``: the question was never answered.
"""

NO_PLACE = -1


@dataclass(frozen=True)
class Reading:
    """What a text was read as.

    Attributes:
        place: display place of the chosen option, 0-based, or −1.
        reason: one of ``REASONS`` where no choice was read, else None.
        strict: whether the strict rule read it.
    """

    place: int = NO_PLACE
    reason: str | None = None
    strict: bool = False


_STRICT_CLOSING = re.compile(r"Therefore, I choose: Option ([A-Z])\.\Z")
_STRICT_LETTER = re.compile(r"\A([A-Z])\Z")
_TICKED = r"(?:[✅✔☑👉👍➡→️]\s?)*"
_BULLET = r"(?:(?:[-•–]|\d{1,2}[.)]|[=-]>) (?!-))?"
_WELL = (
    r"(?i:(?:yes|sure|okay|ok|well|of course|certainly|definitely|probably|clearly|surely|honestly|simply|so"
    r"|then|it(?: is|['’]s)|(?:that|it) would be|it (?:must|has to|should) be|gotta be)[,.:!]? )"
)
_PLEASE = (
    r"(?i:,? (?:please|thanks|thank you|definitely|of course|obviously|for sure|for me|final answer"
    r"|i (?:guess|think|suppose|believe)))"
)
_ALONE = re.compile(
    rf"{_BULLET}{_TICKED}(?:{_WELL}{{0,3}}[{{<]?{OPTION.pattern}[}}>]?{_PLEASE}{{0,2}}"
    rf"|(?P<single>[A-Za-z])) ?{_TICKED}[.!]{{0,3}}[\"'”’)\]]?"
)
_HEAD = re.compile(rf"{OPTION.pattern}")
_REASON_FOLLOWS = re.compile(
    r"[.,;]?\s?[-–—]?\s?(?:because\b|since\b|as (?:it|this|the)\b|due to\b|given\b|over (?=option"
    r"|[A-Z]\b)|rather than\b"
    r"|instead of\b|not (?=option|[A-Z]\b))",
    re.IGNORECASE,
)
_EXPLANATION_FOLLOWS = re.compile(
    r"[.)\]]*\s(?:It\b|This\b|That option\b|The other|The reason|My reason|Reason|Explanation|Rationale"
    r"|Justification|Because\b|Since\b|I (?:choose|chose|select|pick|believe|think|weigh|prefer|recommend)\b)"
)
_EXPLAINS = re.compile(r"[.)\]]*\n(?:Reason|Reasoning|Explanation|Rationale|Justification)\b")
_OPTION_FOLLOWS = re.compile(rf"[.)\]]*\s{OPTION.pattern}")
_WORSE = re.compile(
    r"\b(?:not|no|none|never|cannot|worse|worst|bad|risk\w*|los(?:e|es|ing)|harm\w*|hurt\w*|poor|least"
    r"|unfair|wrong|too"
    r"|fail\w*|reject\w*|better|instead|avoid\w*|second|other one|if|unless|AI)\b|n['’]t\b|\?",
    re.IGNORECASE,
)
_GLOSS = re.compile(r" \([^()%\n]{1,80}\)[.!]?| ?[—–] (?:the|it|an?)\b[^.%\n]{1,80}[.!]?")
_LINE_HEADS = re.compile(r"^[\(\[]?(?:Option )?([A-Z])[.):\]]", re.MULTILINE)
_ENDS_SENTENCE = re.compile(r"[.!)\]\"”]$")
_SENTENCE_OVER = re.compile(r"[.!?]\s|\n")


def read_choice(text: str, n_options: int, explained: bool, stop_reason: str = "stop") -> Reading:
    """Read the choice that a text states.

    Args:
        text: the model's answer.
        n_options: number of options that were shown.
        explained: whether an explanation with a closing sentence was asked for, not a bare answer.
        stop_reason: why the model stopped, in Inspect's words.
    """
    if stop_reason == "content_filter":
        return Reading(reason="refused")
    cut_off = stop_reason in ("max_tokens", "model_length")
    answer = answer_of(text)
    if not answer:
        return Reading(reason="truncated" if cut_off else "empty")
    strict = (_STRICT_CLOSING if explained else _STRICT_LETTER).search(answer)
    plain = plainly(clean(answer, cut_off=cut_off))
    letter, reason = _stated(plain, cut_off, explained)
    if letter is None:
        if reason is None and REFUSAL.search(plain_text(plain)):
            reason = "refused"
        return Reading(reason=reason or ("truncated" if cut_off else "off protocol"))
    place = ord(letter) - ord("A")
    if place < n_options:
        return Reading(place=place, strict=bool(strict and strict[1] == letter))
    if cut_off and letter == "I":  # The word, of a sentence that was cut off.
        return Reading(reason="truncated")
    return Reading(reason="placeholder" if letter == "X" else "out of range")


def _stated(text: str, cut_off: bool, explained: bool) -> tuple[str | None, str | None]:
    """The letter that a clean text states, or None and, where it is known, the reason.

    Args:
        text: clean.
        cut_off: whether the model was stopped.
        explained: whether an explanation was asked for. If one was cut off, the option that it begins with is
            its subject, and praise of one option may be followed by praise of another.
    """
    unfinished = cut_off and explained
    if alone := _ALONE.fullmatch(text):
        begins_only = unfinished and not _ENDS_SENTENCE.search(text)
        return (None, None) if begins_only else (_alone_letter(alone), None)
    found = statements(f"{text}…" if unfinished else text)
    chosen = [statement for statement in found if not statement.praise]
    closings = [statement for statement in chosen if statement.closing]
    counted = [s for s in chosen if s.begin >= closings[-1].begin] if closings else chosen
    head = _head(text)
    if not counted:
        counted = [] if unfinished else [s for s in found if _first_or_last(text, s)]
    if not counted:
        return _unstated(text, head, cut_off)
    letters = {statement.letter for statement in counted}
    letters |= {s.letter for s in found if s.praise and s.begin > counted[-1].end}
    if cut_off and len({statement.letter for statement in closings}) > 1:
        return None, "ambiguous"  # The last closing sentence may not have been the last.
    if not closings:
        if len(letters) > 1:
            letters.discard(PLACEHOLDER)
        if head and head.closing:
            letters.add(head.letter)
    if len(letters) > 1 or SEVERAL in letters:
        return None, "ambiguous"
    letter = letters.pop()
    if letter == PLACEHOLDER:
        return None, PLACEHOLDER
    if taken_back(text[counted[-1].end :], letter):
        return None, "ambiguous"
    return letter, None


def _first_or_last(text: str, statement: Statement) -> bool:
    """Whether a statement stands in the first sentence of a text or in its last one."""
    before, after = text[: statement.begin], text[statement.end :]
    return not (_SENTENCE_OVER.search(before) and _SENTENCE_OVER.search(after))


def _unstated(text: str, head: Statement | None, cut_off: bool) -> tuple[str | None, str | None]:
    """What a text without a statement says by a letter that stands alone at its head or its end."""
    begins = _HEAD.match(text)
    if begins and several(text[begins.end() : begins.end() + 300], letter_of(begins)):
        return None, "ambiguous"
    alone = [_alone_letter(match) for line in text.split("\n") if (match := _ALONE.fullmatch(line))]
    if len(set(alone)) > 1:
        return None, "ambiguous"
    if len(alone) == text.count("\n") + 1:
        return alone[0], None
    if head:
        rest = text[head.end :]
        gloss = None if cut_off else _GLOSS.fullmatch(rest)
        supported = not _WORSE.search(gloss[0]) if gloss else _supports(rest, head.letter)
        if supported and not taken_back(rest, head.letter):
            return head.letter, None
        return None, None
    before, _, last = text.rpartition("\n")
    heads_more = cut_off and not _ENDS_SENTENCE.search(last)
    if len(alone) == 1 and _ALONE.fullmatch(last) and not heads_more and _ENDS_SENTENCE.search(before):
        sentence = re.split(r"[.!?\n]\s", before[-300:-1])[-1]
        if not _WORSE.search(sentence):
            return alone[0], None
    return None, None


def _head(text: str) -> Statement | None:
    """The option that a text begins with; ``closing`` says that a sentence of its own names it."""
    begins = _HEAD.match(text)
    if not begins or len({match[1] for match in _LINE_HEADS.finditer(text)}) > 1:
        return None
    whole = bool(re.match(r"[.!]?(?:\n|$)|[.!]\s", text[begins.end() :]))
    return Statement(letter_of(begins), begins.start(), begins.end(), whole)


def _supports(rest: str, letter: str) -> bool:
    """Whether what follows an option at the head of a text gives reasons for it."""
    if _REASON_FOLLOWS.match(rest) or _EXPLAINS.match(rest):
        return not REFUSAL.search(rest)
    again = _OPTION_FOLLOWS.match(rest)
    if not _EXPLANATION_FOLLOWS.match(rest) and not (again and letter_of(again) == letter):
        return False
    return not (_WORSE.search(rest[:300]) or REFUSAL.search(rest))


def _alone_letter(match: re.Match[str]) -> str:
    return str(match["single"]).upper() if match["single"] else letter_of(match)
