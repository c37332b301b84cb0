"""All benchmarks: `python -m benchmarks`, or `make bench`.

Speed first (minutes), then accuracy of the pipeline, then recovery (the long one: five preferences,
1,000 simulated studies each).
"""

from __future__ import annotations

import argparse

from benchmarks import identified, pipeline, recovery, speed


def main() -> int:
    """Run everything; the exit code says whether every figure was reached."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--replications", type=int, default=1000, help="simulated studies a preference")
    args = parser.parse_args()
    results = [
        speed.main(["--million"]),
        identified.main(),
        pipeline.main([]),
        recovery.main(["--replications", str(args.replications)]),
    ]
    return max(results)


if __name__ == "__main__":
    raise SystemExit(main())
