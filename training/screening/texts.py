"""Responses that are empty or cut off, text that was damaged on its way, and personal data."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

from fiduciary.training.screening.table import Rows
from fiduciary.training.screening.verdicts import (
    EXAMPLES,
    FINE,
    NOTE,
    PROBLEM,
    Check,
    Example,
    not_applicable,
    plain,
)

MOST = 0.01

_ENDS = re.compile(r"[.!?…。！？:;)\]}\"'”’»*`|>~-]\s*$|\d\s*$")
_MOJIBAKE = re.compile(r"Ã[\x80-\xbf©¨ª«¶¼¤±³]|â€[\x99\x9c\x9d“”™œ\x93\x94¦¢]|Â[\xa0-\xbf£§°»]|ï»¿")
_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_MAIL = re.compile(r"\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}\b")
_PHONE = re.compile(
    r"(?<![\w$.,+-])(?:\+\d{1,3}[ .-]?(?:\(\d{1,4}\)[ .-]?)?\d{2,4}(?:[ .-]\d{2,4}){2,4}|"
    r"\(\d{3}\) ?\d{3}[-. ]\d{4}|"
    r"\d{3}[-.]\d{3}[-.]\d{4})(?![\w.,-]*\d)"
)


def empty(rows: Rows) -> Check:
    """Responses, and prompts, without text."""
    without_text = [k for k in range(rows.n) if not all(text.strip() for text in _responses(rows, k))]
    prompts = sum(not text.strip() for text in rows.prompt) if any(rows.prompt) else 0
    return _share(
        "empty",
        "Empty responses",
        rows,
        without_text,
        f"{len(without_text):,} of {rows.n:,} rows have an empty response; {prompts:,} have an empty prompt.",
        "no text but spaces",
        {"prompts": prompts},
    )


def truncated(rows: Rows) -> Check:
    """Responses that end in the middle of a sentence, where most do not."""
    name, title = "truncated", "Truncated responses"
    texts = [(k, text) for k in range(rows.n) for text in _responses(rows, k) if len(text) > 40]
    ended = sum(bool(_ENDS.search(text)) for _, text in texts)
    if len(texts) < 20 or ended < 0.8 * len(texts):
        return not_applicable(
            name,
            title,
            "Responses are short or mostly end without a mark, so a cut-off response would not stand out.",
        )
    cut_off = sorted({k for k, text in texts if not _ENDS.search(text) or text.count("```") % 2})
    return _share(
        name,
        title,
        rows,
        cut_off,
        f"{len(cut_off):,} of {rows.n:,} rows have a response that breaks off in a sentence or in code.",
        "no closing mark, where at least 80 % have one; code that is opened and not closed",
        {"responses_read": len(texts)},
        lambda k: next(t[-60:] for t in _responses(rows, k) if not _ENDS.search(t) or t.count("```") % 2),
    )


def encoding(rows: Rows) -> Check:
    """Text decoded wrongly, replaced characters, control characters."""
    kinds = {
        "replacement characters": lambda text: "\ufffd" in text,
        "decoded twice": lambda text: _MOJIBAKE.search(text) is not None,
        "control or invisible characters": lambda text: _CONTROL.search(text) is not None,
        "not in normal form C": lambda text: not unicodedata.is_normalized("NFC", text),
    }
    counts = dict.fromkeys(kinds, 0)
    damaged = []
    for k in range(rows.n):
        texts = (rows.prompt[k], *_responses(rows, k))
        own = [kind for kind, is_so in kinds.items() if any(map(is_so, texts))]
        for kind in own:
            counts[kind] += 1
        damaged += [k] if own else []
    return _share(
        "encoding",
        "Encoding",
        rows,
        damaged,
        f"{len(damaged):,} of {rows.n:,} rows hold damaged or invisible characters.",
        ", ".join(kinds),
        counts,
    )


def personal(rows: Rows) -> Check:
    """Mail addresses and telephone numbers; counted, never shown."""
    mails = phones = 0
    hits = []
    for k in range(rows.n):
        text = " \n ".join((rows.prompt[k], *_responses(rows, k)))
        own = (len(_MAIL.findall(text)), len(_PHONE.findall(text)))
        mails, phones = mails + own[0], phones + own[1]
        hits += [k] if any(own) else []
    return Check(
        "personal",
        "Personal data",
        NOTE if hits else FINE,
        f"{len(hits):,} of {rows.n:,} rows hold something like a mail address ({mails:,}) or a telephone "
        f"number ({phones:,}).",
        "never a problem by itself: somebody has to look",
        "patterns of mail addresses and of telephone numbers with separators; what they match is not shown",
        rows.n,
        len(hits) / rows.n,
        details={"mail_addresses": mails, "telephone_numbers": phones},
        examples=tuple(Example(k + 1, "(not shown)") for k in hits[:EXAMPLES]),
    )


def _responses(rows: Rows, k: int) -> Sequence[str]:
    return (rows.response[k],) if rows.rejected is None else (rows.response[k], rows.rejected[k])


def _share(
    name: str,
    title: str,
    rows: Rows,
    found: Sequence[int],
    sentence: str,
    method: str,
    details: dict[str, int],
    shown: Callable[[int], str] | None = None,
) -> Check:
    share = len(found) / rows.n
    shown = shown or (lambda k: next((t for t in _responses(rows, k) if t.strip()), rows.prompt[k]))
    return Check(
        name,
        title,
        PROBLEM if share > MOST else NOTE if found else FINE,
        sentence,
        f"more than {MOST:.0%} of rows",
        method,
        rows.n,
        share,
        details={"rows": len(found), **details},
        examples=tuple(Example(k + 1, plain(shown(k))) for k in found[:EXAMPLES]),
    )
