"""The other side of `ui.sharing`: decides on shared functions in a process of its own.

Run as a program. Standard input brings the question as JSON; its end asks to stop at once. Standard
output carries the page as JSON and nothing else.
"""

import json
import os
import sys
import threading
from dataclasses import asdict
from typing import Any

from optimiser.errors import MaillageError
from optimiser.labels import Labels, describe_error
from optimiser.report.maps import to_svg
from optimiser.report.sharing_answer import gather
from optimiser.report.sharing_maps import groups_map
from optimiser.report.sharing_tables import sharing_tables
from optimiser.report.sharing_words import SharingWords
from optimiser.scenario import Scenario
from optimiser.sharing import share
from optimiser.sharing_solution import SharingSolution
from optimiser.solution import Infeasible
from optimiser.solvers import Limits
from optimiser.sources import load_polygons
from optimiser.sources.open_sharing import open_sharing


def page_of(asked: dict[str, Any]) -> dict[str, Any]:
    """Decide, and write the page.

    Parameters
    ----------
    asked
        ``scenario`` (JSON text), ``language``, ``sensitivity`` and ``seconds``.

    Returns
    -------
    dict
        ``failure`` (lines; empty for an answer), ``tables`` and ``maps`` (SVG by function).
    """
    labels = Labels(asked["language"])
    try:
        case = open_sharing(Scenario.model_validate_json(asked["scenario"]))
        limits = Limits(seconds=asked["seconds"], gap=1e-3)
        answer = share(case, limits)
        if isinstance(answer, Infeasible):
            words = SharingWords(case, labels)
            lines = [labels("status.infeasible"), labels("sharing.conflict")]
            lines += [words.asks(rule, subject) for rule, subject in answer.conflict]
            lines.append(labels("sharing.change"))
            lines += [words.relaxed(relaxation) for relaxation in answer.relaxation]
            return {"failure": lines, "tables": [], "maps": {}}
        if not isinstance(answer, SharingSolution):
            return {"failure": [labels("status.no_answer")], "tables": [], "maps": {}}
        report = gather(case, answer, limits=limits, sensitivity=asked["sensitivity"])
    except MaillageError as error:
        return {"failure": describe_error(error, labels), "tables": [], "maps": {}}
    members = {commune.code for commune in case.members}
    polygons = load_polygons(members)
    functions = dict.fromkeys(group.function for group in answer.decisions.groups)
    drawn = functions if len(polygons) else {}
    return {
        "failure": [],
        "tables": [asdict(table) for table in sharing_tables(report, labels)],
        "maps": {
            SharingWords(case, labels).function(name): to_svg(
                groups_map(report, name, polygons, labels)
            )
            for name in drawn
        },
    }


def main() -> None:
    """Answer one question."""
    # Compiled code may print: what it prints must not mix with the page.
    page = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    asked = json.loads(sys.stdin.readline())

    def listen() -> None:
        # Also ends when the server does, so that no search outlives it.
        sys.stdin.read()
        os._exit(1)

    threading.Thread(target=listen, daemon=True).start()
    json.dump(page_of(asked), page, allow_nan=False, default=str)
    page.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
