"""Where evidence is entered: claims with their sources, gaps with their commands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fiduciary.dossier.atlas import PLACES, Atlas, Place
from fiduciary.dossier.case import LEVEL
from fiduciary.dossier.finding import Claim, Gap, Kind, Source
from fiduciary.dossier.limits import Limits
from fiduciary.dossier.paths import digest, shown_path
from fiduciary.dossier.rules import Verdict
from fiduciary.dossier.words import Unit, plain
from fiduciary.leaderboard.cells import Cell
from fiduciary.leaderboard.runs import Run


class Ledger:
    """Collects claims, gaps and sources; sources are numbered in the order in which they are met.

    Args:
        limits: by which verdicts are reached.
        atlas: the table that claims and gaps have their places in.
    """

    def __init__(self, limits: Limits, atlas: Atlas) -> None:
        self.limits, self.atlas = limits, atlas
        self.topic = ""  # heading of the claims that are entered next
        self.otherwise = ""  # task of the claims that are entered next, where it was asked in another way
        self.claims: dict[str, Claim] = {}
        self.gaps: list[Gap] = []
        self.left_out: list[tuple[str, str]] = []
        self._sources: dict[tuple[str, str], Source] = {}
        self._digests: dict[str, str] = {}

    @property
    def sources(self) -> tuple[Source, ...]:
        """All sources."""
        return tuple(self._sources.values())

    @property
    def added(self) -> list[Place]:
        """Problems that the organisation's own table adds."""
        return [place for key, place in self.atlas.places.items() if key not in PLACES]

    def claim(
        self,
        name: str,
        title: str,
        statement: str,
        sources: Sequence[str],
        figure: float | None = None,
        unit: Unit | None = None,
        *,
        low: float | None = None,
        high: float | None = None,
        level: float | None = LEVEL,
        rule: str = "",
        verdict: Verdict | None = None,
        note: str = "",
        n: int | None = None,
        few: bool = False,
    ) -> Claim:
        """Enter a claim; its verdict follows the rule where none is given, and is unclear with few problems.

        Raises:
            ValueError: as of :class:`Claim`, a name that is taken, or one without a place in the table.
        """
        if name in self.claims:
            raise ValueError(f"there is a claim {name} already")
        place = self._place(name)
        if few:
            verdict = "unclear"
            note = "; ".join(
                filter(None, (note, f"fewer than {self.limits.problems} problems: too few to judge by"))
            )
        elif verdict is None:
            verdict = self.limits.rules[rule].verdict(low, high) if rule else "information"
        found = Claim(
            name,
            place.phase,
            place.problem,
            place.mechanism,
            title,
            statement,
            figure,
            low,
            high,
            level if low is not None or high is not None else None,
            unit if figure is not None or low is not None else None,
            verdict,
            tuple(dict.fromkeys(sources)),
            rule,
            note,
            self.topic,
            n,
            few,
            self.otherwise,
        )
        self.claims[name] = found
        return found

    def from_cell(
        self,
        name: str,
        title: str,
        statement: str,
        sources: Sequence[str],
        cell: Cell,
        unit: Unit,
        *,
        rule: str = "",
        verdict: Verdict | None = None,
        few: bool = False,
    ) -> Claim:
        """Enter a number of the table."""
        return self.claim(
            name,
            title,
            statement,
            sources,
            cell.value,
            unit,
            low=cell.low,
            high=cell.high,
            rule=rule,
            verdict=verdict,
            note=cell.note or "",
            n=cell.n,
            few=few,
        )

    def gap(self, name: str, missing: str, why: str, command: str = "") -> Gap:
        """Enter something that is not known; the command fills it, if one does."""
        place = self._place(name)
        found = Gap(name, place.phase, place.problem, place.mechanism, missing, why, command)
        self.gaps.append(found)
        return found

    def _place(self, name: str) -> Place:
        found = self.atlas.places.get(".".join(name.split(".")[:2]))
        if found is None:
            raise ValueError(f"the claim {name} has no place in the table")
        return found

    def remark(self, name: str, note: str) -> None:
        """Add to what must be known to read a claim."""
        held = self.claims[name]
        self.claims[name] = replace(held, note="; ".join(filter(None, (held.note, note))))

    def log(self, run: Run) -> str:
        """The source that a log is."""
        return self._enter(
            Source(
                "",
                "log",
                shown_path(run.file),
                self._digest(run.file),
                run.task,
                plain(run.row),
                run.version,
                run.created,
                run.samples,
                run.seed,
                run.commit,
            ),
            run.file,
        )

    def file(self, kind: Kind, path: str, model: str | None = None) -> str:
        """The source that a file is, or a folder with all its files."""
        return self._enter(Source("", kind, shown_path(path), self._digest(path), model=model), path)

    def recorded(self, kind: Kind, path: str, sha256: str) -> str:
        """The source that a file is of which another one holds the fingerprint."""
        return self._enter(Source("", kind, shown_path(path), plain(sha256, 64)), path)

    def stated(self, what: str) -> str:
        """A statement of whoever ordered the dossier."""
        return self._enter(Source("", "statement", what), what)

    def _enter(self, source: Source, where: str) -> str:
        key = (source.kind, where)
        if key not in self._sources:
            self._sources[key] = replace(source, id=f"S{len(self._sources) + 1}")
        return self._sources[key].id

    def _digest(self, path: str) -> str:
        if path not in self._digests:
            self._digests[path] = digest(path)
        return self._digests[path]
