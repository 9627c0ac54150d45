"""What in the section on support functions does not fit the territory, or contradicts itself."""

from collections.abc import Iterator

from optimiser.errors import Finding, nearest_name
from optimiser.functions import FunctionCatalogue
from optimiser.sharing_scenario import EVERY, Participation, Sharing
from optimiser.territory import Territory

EPCI = "epci"
"""How a scenario names the EPCI as a host."""


def misfits(
    territory: Territory, functions: FunctionCatalogue, asked: Sharing
) -> Iterator[Finding]:
    """Find what is wrong, all of it.

    Parameters
    ----------
    territory, functions
        What exists.
    asked
        What is asked.

    Yields
    ------
    Finding
        With the dotted key of the scenario as its column.
    """
    yield from _functions(functions, asked)
    yield from _communes(territory, asked)
    yield from _values(functions, asked)
    yield from _contradictions(territory, asked)


def _functions(functions: FunctionCatalogue, asked: Sharing) -> Iterator[Finding]:
    known = list(functions.functions)
    named = [(f"sharing.functions[{n}]", code) for n, code in enumerate(asked.functions)]
    named += [(f"sharing.values.{code}", code) for code in asked.values]
    named += [
        (f"sharing.{section}[{n}].function", wish.function)
        for section in ("opt_outs", "joins", "vetoes", "already")
        for n, wish in enumerate(getattr(asked, section))
        if wish.function != EVERY or section == "already"
    ]
    for key, code in named:
        if code not in known:
            yield Finding(
                "unknown_function",
                column=key,
                found=code,
                expected=", ".join(known),
                nearest=nearest_name(code, known),
            )
    for n, code in enumerate(asked.functions):
        if code in asked.functions[:n]:
            yield Finding("function_twice", column=f"sharing.functions[{n}]", found=code)


def _communes(territory: Territory, asked: Sharing) -> Iterator[Finding]:
    named = [("sharing.seat", asked.seat)] if asked.seat else []
    named += [
        (f"sharing.{section}[{n}].commune", wish.commune)
        for section in ("opt_outs", "joins", "vetoes")
        for n, wish in enumerate(getattr(asked, section))
    ]
    named += [(f"sharing.vetoes[{n}].against", veto.against) for n, veto in enumerate(asked.vetoes)]
    named += [
        (f"sharing.already[{n}].communes[{m}]", name)
        for n, group in enumerate(asked.already)
        for m, name in enumerate(group.communes)
    ]
    names = [commune.name for commune in territory.members]
    for problem, places in (
        ("unknown_commune", named),
        (
            "host_not_member",
            [(f"sharing.host_communes[{n}]", name) for n, name in enumerate(asked.host_communes)],
        ),
    ):
        for key, name in places:
            if territory.member_index(name) < 0:
                yield Finding(
                    problem,
                    column=key,
                    found=name,
                    expected=territory.name,
                    nearest=nearest_name(name, names),
                )


def _values(functions: FunctionCatalogue, asked: Sharing) -> Iterator[Finding]:
    for code, value in asked.values.items():
        evidence = functions[code].evidence if code in functions else None
        if evidence is not None and value.saving is not None and value.saving > evidence.most:
            yield Finding(
                "saving_above_evidence",
                column=f"sharing.values.{code}.saving",
                found=f"{value.saving:g}",
                expected=f"≤ {max(0.0, evidence.most):g}",
            )


def _contradictions(territory: Territory, asked: Sharing) -> Iterator[Finding]:
    """Wishes that cannot all be met, whatever the figures."""
    out = {(territory.member_index(w.commune), w.function) for w in asked.opt_outs}
    held = list(_held(territory, asked))
    for n, wish in enumerate(asked.joins):
        i = territory.member_index(wish.commune)
        if i >= 0 and _meets((i, wish.function), out):
            yield Finding("opt_out_and_join", column=f"sharing.joins[{n}]", found=_said(wish))
        if i >= 0 and (wish.function, i) in {place for place, _, _ in held}:
            yield Finding("join_already_shared", column=f"sharing.joins[{n}]", found=_said(wish))
    for n, (place, key, name) in enumerate(held):
        if place in {earlier for earlier, _, _ in held[:n]}:
            yield Finding("commune_in_two_groups", column=key, found=name)
    yield from _vetoes(territory, asked)


def _vetoes(territory: Territory, asked: Sharing) -> Iterator[Finding]:
    for n, veto in enumerate(asked.vetoes):
        column = f"sharing.vetoes[{n}]"
        pair = {territory.member_index(veto.commune), territory.member_index(veto.against)}
        if -1 in pair:
            continue
        if len(pair) == 1:
            yield Finding("veto_of_itself", column=column, found=veto.commune)
            continue
        for m, group in enumerate(asked.already):
            together = {territory.member_index(name) for name in group.communes}
            if veto.function in (EVERY, group.function) and pair <= together:
                found, place = f"{veto.commune}, {veto.against}", f"sharing.already[{m}]"
                yield Finding("veto_inside_group", column=column, found=found, expected=place)


def _held(territory: Territory, asked: Sharing) -> Iterator[tuple[tuple[str, int], str, str]]:
    """Function and member of every place in an existing group, with its key and name."""
    for n, group in enumerate(asked.already):
        for m, name in enumerate(group.communes):
            index = territory.member_index(name)
            if index >= 0:
                yield (group.function, index), f"sharing.already[{n}].communes[{m}]", name


def _meets(wish: tuple[int, str], others: set[tuple[int, str]]) -> bool:
    i, function = wish
    return any(i == j and (f == function or EVERY in (f, function)) for j, f in others)


def _said(wish: Participation) -> str:
    return f"{wish.commune}, {wish.function}"
