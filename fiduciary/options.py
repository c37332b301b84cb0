"""Options that several commands take: each means the same everywhere, with the same help.

Nothing heavy is imported before options are read, so that ``--help`` works without any package.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from fiduciary.errors import UsageError

if TYPE_CHECKING:
    from fiduciary.economics.principals import Principal

PRINCIPALS = ("study1", "for_profit", "symmetric", "nonprofit")
"""The keys of ``economics.utility.PROFILES``, for help texts."""


def add_principal(parser: argparse.ArgumentParser, use: str) -> None:
    """``--principal``, or ``--theta`` with ``--rho``.

    Args:
        parser: of the command.
        use: what the command does with the principal, and who it is where none is stated.
    """
    group = parser.add_argument_group("principal", use)
    group.add_argument("--principal", metavar="NAME", help=f"by name: {', '.join(PRINCIPALS)}")
    group.add_argument(
        "--theta",
        metavar="SH,EM,CO,SOC",
        help="or weights of shareholders, employees, consumers and society, which sum to 1; with --rho",
    )
    group.add_argument("--rho", metavar="RHO", help="substitution parameter, at most 1 (-inf for maximin)")


def stated_principal(options: argparse.Namespace) -> Principal | None:
    """Who the options of :func:`add_principal` state; None where none of them is given.

    Raises:
        UsageError: options that state nobody.
    """
    from fiduciary.economics.principals import PrincipalError, stated

    try:
        return stated(options.principal, options.theta, options.rho)
    except PrincipalError as error:
        raise UsageError(f"--{error}") from error


def required_principal(options: argparse.Namespace) -> Principal:
    """Who the options state, where somebody must be.

    Raises:
        UsageError: options that state nobody, or none of them.
    """
    found = stated_principal(options)
    if found is None:
        raise UsageError(
            f"a principal is needed: --principal ({', '.join(PRINCIPALS)}), or --theta and --rho"
        )
    return found
