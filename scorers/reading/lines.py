"""What an answer in numbered lines says: ``1: J``, ``2: 60%``.

Lines belong together until a number comes again: then another list begins. What counts is the list in which
every line that was asked for can be read, with what comes after it. Failing one, the lines are taken from
wherever they can be read. Lists that a line after them takes back do not count. Two lists, or two lines,
that say different things leave the line missing as "ambiguous". A list under a heading such as "Reasons:"
counts only where nothing else does. Failing numbered lines, as many lines as were asked for count in their
order, and so do numbered answers that share one line. Of an answer that was cut off the last line is left
out: it may lack its end.

A line says an action by its label, alone, in a statement ("I choose J"), or with a reason after it ("J,
since …"); a mention ("K is worse", "avoid J") says nothing. It says a number as
``scorers.reading.numbers`` has it. A chance between 0 and 1 without a percent sign is "ambiguous",
since percent were asked for; what is no label or exceeds the bounds is "out of range".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from fiduciary.scorers.reading.numbers import (
    CUT_OFF,
    DOLLARS,
    PERCENT,
    SCALE,
    Said,
    plain_answer,
    read_number,
)
from fiduciary.scorers.reading.retractions import withdrawn
from fiduciary.scorers.reading.text import REFUSAL

T = TypeVar("T", bound=tuple[Any, Any])
"""A value and the reason why there is none."""

_NUMBERED = re.compile(
    r"^\W*(?:(?:item|statement|question|decision|answer|line|part|no\.?|q) ?)?(?P<number>[0-9]{1,3})"
    r"(?: ?:+| ?[:.)\]|]+(?![0-9])| ?[–—-]+ | ?(?:=|→|[-=]+>)) ?(?P<rest>\S.*)$",
    re.IGNORECASE,
)
_WITHIN = re.compile(r"(?<![^\s{\[#])(?P<number>[0-9]{1,3}) ?[:)](?![0-9]) ?")
_NUMBER_ALONE = re.compile(r"^\W*([0-9]{1,3}) ?[:.)][\W_]*$")
_BLANK = re.compile(r"^[\W_]*$")
_HEADING = re.compile(
    r"^\W*(?:(?:my|the|some|brief|short|here are|here is) ){0,3}(?:reasons?|reasoning|rationale|explanations?"
    r"|justifications?|because|why|notes?|comments?|analysis)\b[^:]{0,40}(?::|\W*$)",
    re.IGNORECASE,
)
_HEADING_OF_ANSWERS = re.compile(
    r"^\W*(?:\w+ ){0,3}(?:answers?|decisions?|choices?|lines?|ratings?)\b[^:]{0,40}:?\W*$", re.I
)

_SAYS = re.compile(
    r"^(?:(?:so|therefore|thus|hence),? )?(?:"
    r"(?:I|we)(?:['’](?:d|ll|m)| would| will| shall| am)?"
    r"(?: (?:also|still|then|therefore|again|rather|definitely))?"
    r"(?: (?:choose|pick|select|play|take|do|prefer|say|answer|opt for|go(?:ing)? (?:with|for)))?(?: to)?"
    r"|(?:choose|pick|select|play|take|go with)"
    r"|(?:(?:my|the) )?(?:final )?(?:choice|answer|action|decision|pick|selection|response|option)"
    r"(?: is| would be)?)?"
    r"(?: ?[:=])?(?: ?(?:the )?(?:option|action|letter))?[ '(\[]*$",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r"[)\]'’|]*(?:\W*$|[,;.!:]? ?(?:because|since|as|for)\b(?! long as)|[,;.:]? ?[(\[—]| - "
    r"|[,;.!:] (?!or\b|and\b|if\b)"
    r"| (?:it is|is (?:my|the) (?:choice|answer|decision|pick|action)|for me|again|too|as well)\b)",
    re.IGNORECASE,
)
_TAKEN_BACK = re.compile(
    r"\?|\b(?:or|not|never|neither|nor|avoid|unless|otherwise|depend\w*|if|maybe|perhaps|but|either|both|worse|wrong)\b"
    r"|n['’]t\b",
    re.IGNORECASE,
)
_PASSES_OVER = r"[)\]'’|]*,? (?:and |but )?(?:not|instead of|rather than) (?:option |action )?"
_REASON_WHY = re.compile(r"[)\]'’|]*[,;.!:—-]? ?\(?(?:because|since|as|for)\b", re.IGNORECASE)
_REPEATED = re.compile(
    r"^(?:if|when|player|after|as|in|at|the|your?|what|how|chance|probability|decision|question)\b",
    re.IGNORECASE,
)


def read_lines(text: str, items: Sequence[Mapping[str, Any]], stop_reason: str | None) -> dict[str, Said]:
    """Read the answers to a question's items.

    Args:
        text: the model's answer.
        items: ``name``, and either ``labels`` (of actions, by number) or a number's ``low`` and
            ``high``; ``about`` marks a chance in percent.
        stop_reason: why the model stopped, in Inspect's words; None where nothing came back.

    Returns:
        What was read for each item, by its name; the value of an action is its number.
    """
    asked = dict(enumerate(items, 1))
    said = read_numbered(
        text, asked, lambda number, rest: _read(rest, asked[number]), Said, stop_reason, in_order=True
    )
    return {str(item["name"]): said[number] for number, item in asked.items()}


def read_numbered(
    text: str,
    asked: Iterable[int],
    read: Callable[[int, str], T],
    missing: Callable[[None, str], T],
    stop_reason: str | None,
    *,
    in_order: bool = False,
    differ: Callable[[set[Any]], str] = lambda values: "ambiguous",
) -> dict[int, T]:
    """Read an answer in numbered lines.

    Args:
        text: the model's answer.
        asked: the numbers of the lines that were asked for; others are not read.
        read: what a line says, given its number and the text after that.
        missing: makes a line without a value, given a reason.
        stop_reason: why the model stopped, in Inspect's words; None where nothing came back.
        in_order: whether lines without numbers count in their order.
        differ: the reason of a line that was given different values.
    """
    numbers = list(asked)
    plain = plain_answer(text, stop_reason)
    if not isinstance(plain, str):
        return dict.fromkeys(numbers, missing(None, str(plain.reason)))
    cut_off = stop_reason in CUT_OFF
    lines = [line for line in plain.splitlines() if line.strip()]
    if cut_off:
        lines = lines[:-1]
    lists, reasons, withdrew = _lists(lines, set(numbers))
    numbered = any(map(_NUMBERED.match, lines)) or bool(lists or reasons)
    numbered = numbered or any(
        _left_blank(line) == place for place, line in zip(numbers, lines, strict=False)
    )
    if in_order and not numbered and len(lines) == len(numbers):
        lists = [dict(zip(numbers, lines, strict=True))]
    refused = not numbered and REFUSAL.search(plain)
    why = "ambiguous" if withdrew else "refused" if refused else "truncated" if cut_off else "no answer"
    nothing = missing(None, why)
    found = [{number: read(number, rest) for number, rest in said.items()} for said in lists]
    if not numbered:
        found = [{number: line for number, line in said.items() if line[1] != "no answer"} for said in found]
    if not any(line[0] is not None for said in found for line in said.values()):
        found += [{number: read(number, rest) for number, rest in said.items()} for said in reasons]
    whole = [
        said
        for said in found
        if len(said) == len(numbers) and all(line[0] is not None for line in said.values())
    ]
    # What comes after a whole list may correct it; what comes before it was a draft.
    counted = whole + found[found.index(whole[-1]) + 1 :] if whole else found
    by_number: dict[int, list[T]] = {number: [] for number in numbers}
    for said in counted:
        for number, line in said.items():
            by_number[number].append(line)
    return {number: _one(given, nothing, missing, differ) for number, given in by_number.items()}


def _one(
    given: Sequence[T], nothing: T, missing: Callable[[None, str], T], differ: Callable[[set[Any]], str]
) -> T:
    """What several lines with one number say together."""
    values = {line[0] for line in given if line[0] is not None}
    tries = [line for line in given if line[0] is None and line[1] not in ("no answer", "refused")]
    if len(values) > 1:
        return missing(None, differ(values))
    if values and not tries:
        return next(line for line in given if line[0] is not None)
    if values:
        return missing(None, "ambiguous")
    return (tries or given or [nothing])[0]


def _lists(lines: Sequence[str], asked: set[int]) -> tuple[list[dict[int, str]], list[dict[int, str]], bool]:
    """Lists of what was said at each number: answers that were not taken back, and those under a heading of
    reasons; and whether answers were taken back."""
    withdrew = False
    answers: list[dict[int, str]] = []
    reasons: list[dict[int, str]] = []
    into, current = answers, dict[int, str]()
    for line in lines:
        if heading := _HEADING.match(line):
            into, current, line = reasons, {}, line[heading.end() :].strip()
        elif into is reasons and _HEADING_OF_ANSWERS.match(line):
            into, current = answers, {}
            continue
        pieces = _pieces(line)
        if answers and not pieces and withdrawn(line):
            answers.clear()
            current, withdrew = {}, True
        for number, rest in pieces:
            if number not in asked or _BLANK.match(rest):
                continue
            if number in current or not current:
                current = {}
                into.append(current)
            current[number] = rest
    return answers, reasons, withdrew


def _left_blank(line: str) -> int | None:
    """The number of a line that says nothing else, or None."""
    found = _NUMBER_ALONE.match(line)
    return int(found[1]) if found else None


def _pieces(line: str) -> list[tuple[int, str]]:
    """Numbers of a line, and what follows each."""
    marks = list(_WITHIN.finditer(line))
    if len(marks) > 1:
        ends = [*(mark.start() for mark in marks[1:]), len(line)]
        return [
            (int(m["number"]), line[m.end() : end].rstrip(" ,;")) for m, end in zip(marks, ends, strict=True)
        ]
    found = _NUMBERED.match(line)
    return [(int(found["number"]), found["rest"])] if found else []


def _read(rest: str, item: Mapping[str, Any]) -> Said:
    said = _answer(rest, item)
    # "1. If you are Player 1: J" repeats the question before the answer.
    question, _, answer = rest.rpartition(":")
    if said.value is None and answer.strip() and _REPEATED.match(question):
        return _answer(answer.strip(), item)
    return said


def _answer(answer: str, item: Mapping[str, Any]) -> Said:
    labels = item.get("labels")
    if labels:
        return _action(answer, labels)
    chance = "about" in item
    low, high = item.get("low"), item.get("high")
    return read_number(
        answer,
        PERCENT if chance else DOLLARS,
        low=float("-inf") if low is None else low,
        high=float("inf") if high is None else high,
        scale=SCALE if chance else None,
    )


def _action(answer: str, labels: Sequence[str]) -> Said:
    bare = answer.strip(" .,;!()[]'|")
    folded = [label.casefold() for label in labels]
    if bare.casefold() in folded:
        return Said(float(folded.index(bare.casefold())))
    # Longest first, so that "invest" is not found within "not invest"; a letter counts in capitals only.
    pattern = "|".join(
        rf"\b{re.escape(label)}\b" if len(label) == 1 else rf"(?i:\b{re.escape(label)}\b)"
        for label in sorted(labels, key=len, reverse=True)
    )
    answer = re.sub(rf"({pattern}){_PASSES_OVER}(?!\1)(?:{pattern})(?=\W*$|[.,;!])", r"\1", answer)
    found = list(re.finditer(pattern, answer))
    if not found:
        return Said(reason="out of range" if re.fullmatch(r"[A-Za-z]", bare) else "no answer")
    first = found[0]
    after = answer[first.end() :]
    others = {match[0].casefold() for match in found} - {first[0].casefold()}
    rest = re.sub(pattern, "", after)
    because = bool(_REASON_WHY.match(after))
    if others and not because:
        return Said(reason="ambiguous")
    if not _SAYS.match(answer[: first.start()]) or not _GOES_ON.match(after):
        return Said(
            reason="ambiguous" if len(answer.split()) < 4 or _TAKEN_BACK.search(rest) else "no answer"
        )
    if not because and _TAKEN_BACK.search(rest):
        return Said(reason="ambiguous")
    return Said(float(folded.index(first[0].casefold())))
