"""`python -m benchmarks [--keep]`: run all, print ratios, compare counts with the baseline."""

import json
import sys
import tempfile
from pathlib import Path

import pytest

from benchmarks.report import BASELINE, differences, figures, keep, show


def main() -> int:
    """Run; 1 where a case failed or a count differs from the baseline."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "run.json"
        arguments = ["benchmarks", "-q", "--override-ini=addopts=", "--benchmark-only"]
        arguments += ["--benchmark-columns=median,min,max,rounds", f"--benchmark-json={output}"]
        code = pytest.main(arguments)
        if code:
            return int(code)
        now = figures(json.loads(output.read_text(encoding="utf-8")))
    show(now)
    if "--keep" in sys.argv:
        keep(now)
        return 0
    found = list(differences(now, json.loads(BASELINE.read_text(encoding="utf-8"))))
    for line in found:
        print(line)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
