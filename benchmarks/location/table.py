"""Results as a table in Markdown, beside what is wanted."""

from benchmarks.location.cases import cases

COLUMNS = (
    *("case", "solver", "status", "objective", "bound", "gap", "seconds", "MB"),
    *("times faster than the best peer", "wanted", ""),
)
SAME = 1e-6


def table(results):
    """One row for each run, and one for each family whose seconds count together.

    Parameters
    ----------
    results
        What each solver told of each case.

    Returns
    -------
    str
        Markdown.
    """
    rows = [COLUMNS, ("---",) * len(COLUMNS)]
    known = cases()
    for name, by in results.items():
        for solver, told in by.items():
            fit = _fit(known[name], by) if solver == "maillage" else ("", "", "")
            said = told["status"] + (f": {told['words']}" if told.get("words") else "")
            figures = [_short(told.get(key)) for key in ("objective", "bound", "gap", "seconds")]
            rows.append((name, solver, said, *figures, _short(told.get("megabytes")), *fit))
    rows += _together(results, known)
    return "\n".join("| " + " | ".join(row) + " |" for row in rows) + "\n"


def _short(value):
    if value is None:
        return ""
    return f"{value:.3g}" if abs(value) < 1 else f"{value:,.2f}".removesuffix(".00")


def best_peer(case, by):
    """Name and seconds of the fastest peer that solved a case, None where none did.

    A peer that tells no bound counts as having solved it when its objective is ours.
    """
    mine = by["maillage"].get("objective")
    solved = {
        solver: told["seconds"]
        for solver, told in by.items()
        if solver != "maillage"
        and (told["status"] == "optimal" or told["status"].startswith("says"))
        and mine is not None
        and abs(told["objective"] - mine) <= (case.gap + SAME) * abs(mine)
    }
    best = min(solved, key=solved.get, default=None)
    return best and (best, solved[best])


def better_than_proven(results):
    """Say which peer found what our bound excludes.

    Parameters
    ----------
    results
        What each solver told of each case.

    Yields
    ------
    str
        One line for each.
    """
    for name, by in results.items():
        bound = by["maillage"].get("bound")
        sign = 1 if cases()[name].problem == "mclp" else -1
        for solver, told in by.items():
            found = told.get("objective")
            if bound is None or found is None or sign * (found - bound) <= SAME * abs(bound):
                continue
            yield f"{name}: {solver} found {found}, beyond our bound {bound}"


def _fit(case, by):
    mine, want = by["maillage"], case.wanted
    peer = best_peer(case, by)
    ratio = peer[1] / max(mine["seconds"], 1e-3) if peer and "seconds" in mine else None
    spent = mine.get("seconds")
    after = None if spent is None else spent - mine.get("stages", {}).get("pairs", 0.0)
    checks = [
        ("gap", want.gap, mine.get("gap"), "<="),
        ("objective", want.optimum, mine.get("objective"), "<="),
        ("s", want.seconds, spent, "<="),
        ("s after the pairs", want.seconds_after_pairs, after, "<="),
        ("MB", want.megabytes, mine.get("megabytes"), "<="),
        ("times", want.ratio, ratio, ">="),
    ]
    checks = [check for check in checks if check[1] is not None]
    faster = "" if ratio is None else f"{ratio:.1f} ({peer[0]})"
    words = ", ".join(f"{sign} {wanted:.9g} {name}" for name, wanted, _, sign in checks)
    if not checks or mine["status"] == "skipped":
        return faster, words, ""
    return faster, words, _verdict(checks)


def _verdict(checks):
    # Rounding in the last digits is no gap.
    missed = [
        name
        for name, wanted, reached, sign in checks
        if reached is None or (reached > wanted + 1e-9 if sign == "<=" else reached < wanted)
    ]
    return "missed: " + ", ".join(missed) if missed else "met"


def _together(results, known):
    for family in dict.fromkeys(known[name].family for name in results):
        runs = {n: by["maillage"] for n, by in results.items() if known[n].family == family}
        most = known[next(iter(runs))].wanted.seconds_together
        ran = [told for told in runs.values() if told["status"] != "skipped"]
        if most is None or not ran:
            continue
        spent = sum(told.get("seconds", 0.0) for told in ran)
        all_of = f"{family}, {len(ran)} of {len(runs)} together"
        verdict = _verdict([("s", most, spent, "<=")])
        blank = ("",) * 4
        yield (all_of, "maillage", *blank, _short(spent), "", "", f"<= {most:g} s", verdict)
