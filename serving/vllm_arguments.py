"""More arguments for vLLM, given as one text: its words, as a shell splits them, without those never allowed.

Also run by itself where this package is not installed: ``python vllm_arguments.py NAME TEXT`` prints the
words, each with a zero byte behind it, or says on stderr why NAME cannot hold them.
"""

from __future__ import annotations

import shlex
import sys

NEVER = {
    "trust-remote-code": "code that a model brings is never run",
    "load-format": "weights in other formats than safetensors can run code",
    "config": "a file of arguments is not looked into: give the arguments themselves",
    "api-key": "a key on a command line stands in the list of processes: give it as VLLM_API_KEY",
}
"""Option of vLLM → why it is refused."""


def words_of(text: str) -> list[str]:
    """The arguments as words.

    Raises:
        ValueError: quotes that do not close, or an option that is never allowed, however it is written:
            argparse takes abbreviations, and vLLM ``_`` for ``-``.
    """
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise ValueError(f"{str(error)[:1].lower()}{str(error)[1:]}") from None
    for word in words:
        name = word[2:].partition("=")[0].partition(".")[0].replace("_", "-")
        if not (word.startswith("--") and name):
            continue
        for option, why in NEVER.items():
            if option.startswith(name):
                raise ValueError(f"{word.partition('=')[0]}: {why}")
    return words


def main() -> int:
    """Print the words of the second argument; 1 where they are refused."""
    name, text = sys.argv[1:]
    try:
        sys.stdout.write("".join(f"{word}\0" for word in words_of(text)))
    except ValueError as error:
        print(f"{name}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
