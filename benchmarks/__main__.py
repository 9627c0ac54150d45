"""`python -m benchmarks [plan ...] [--keep]`: run, print ratios, compare with the baseline."""

import json
import sys
from pathlib import Path

import pytest

from benchmarks.report import BASELINE, differences, figures, keep, show

LATEST = Path(".benchmarks") / "latest.json"


def main() -> int:
    """Run; 1 where a case failed or a count differs from the baseline."""
    LATEST.parent.mkdir(exist_ok=True)
    chosen = [word for word in sys.argv[1:] if not word.startswith("-")]
    files = [f"benchmarks/test_{name}.py" for name in chosen] or ["benchmarks"]
    arguments = [*files, "-q", "--override-ini=addopts=", "--benchmark-only"]
    arguments += ["--benchmark-columns=median,min,max,rounds", f"--benchmark-json={LATEST}"]
    code = pytest.main(arguments)
    if code:
        return int(code)
    now = figures(json.loads(LATEST.read_text(encoding="utf-8")))
    show(now)
    if "--keep" in sys.argv:
        keep(now)
        return 0
    baseline = json.loads(BASELINE.read_text(encoding="utf-8"))
    if chosen:
        baseline = {name: old for name, old in baseline.items() if name in now}
    found = list(differences(now, baseline))
    for line in found:
        print(line)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
