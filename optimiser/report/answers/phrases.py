"""Parts of sentences that several answers share."""

from optimiser.questions.difference import Difference, Moved
from optimiser.report.sentences import relaxation_text
from optimiser.report.words import Words
from optimiser.solution import Relaxation

_NAMED = 4


def place(service: str, commune: str, words: Words) -> str:
    """Name a type in a commune.

    Parameters
    ----------
    service, commune
        Codes.
    words
        Names of the case.

    Returns
    -------
    str
        Such as "Library, Denain".
    """
    return words.labels("ask.place", service=words.service(service), commune=words.commune(commune))


def effect(change: Difference, words: Words) -> str:
    """Say what a plan changes against another one.

    Parameters
    ----------
    change
        The difference.
    words
        Names of the case.

    Returns
    -------
    str
        Points, persons, minutes and euros, with their signs.
    """
    labels = words.labels
    return labels(
        "ask.effect",
        points=labels.signed_number(change.score),
        persons=labels.signed_persons(change.whole.persons),
        minutes=labels.signed_minutes(change.whole.minutes, 2),
        annual=labels.signed_euros(change.annual_eur),
        capital=labels.signed_euros(change.capital_eur),
        running=labels.signed_euros(change.running_eur),
    )


def basins(change: Difference, words: Words) -> str:
    """Say which basins gain and lose.

    Parameters
    ----------
    change
        The difference.
    words
        Names of the case.

    Returns
    -------
    str
        Persons by basin; a sentence where no basin changes.
    """
    labels = words.labels
    each = [
        labels("ask.basin", basin=words.basin(code), persons=labels.signed_persons(access.persons))
        for code, access in change.by_basin.items()
        if abs(access.persons) >= 1
    ]
    if not each:
        return labels("ask.no_basin")
    return labels("ask.basins", each=labels("words.semicolon").join(each))


def moved(change: Difference, words: Words, *, but: tuple[str, str] | None = None) -> str:
    """Say what else the other plan decides.

    Parameters
    ----------
    change
        The difference.
    words
        Names of the case.
    but
        A place that has been told already.

    Returns
    -------
    str
        The first places, and how many more there are.
    """
    labels = words.labels
    others = [m for m in change.moved if (m.service, m.commune) != but]
    if not others:
        return labels("ask.moved.nothing")
    named = labels("words.semicolon").join(move(m, words) for m in others[:_NAMED])
    rest = len(others) - _NAMED
    text = labels("ask.moved.these", moves=named)
    return text if rest <= 0 else labels.count("ask.moved.more", rest, moves=named)


def move(change: Moved, words: Words) -> str:
    """Say one decision that differs.

    Parameters
    ----------
    change
        The decision.
    words
        Names of the case.

    Returns
    -------
    str
        Such as "Library, Denain: 2 → 1".
    """
    labels = words.labels
    here = place(change.service, change.commune, words)
    if change.agreement:
        key = "ask.move.agreed" if change.after else "ask.move.ended"
        return labels(key, place=here)
    return labels(
        "ask.move.sites",
        place=here,
        before=labels.number(change.before),
        after=labels.number(change.after),
    )


def gives_way(relaxations: tuple[Relaxation, ...], words: Words) -> str:
    """Say which rules give way.

    Parameters
    ----------
    relaxations
        Rules and amounts.
    words
        Names of the case.

    Returns
    -------
    str
        One sentence after the other.
    """
    return " ".join(relaxation_text(relaxation, words) for relaxation in relaxations)


def rule(name: str, subject: tuple[str, ...], words: Words) -> str:
    """Name a rule and what it is about.

    Parameters
    ----------
    name, subject
        As in `optimiser.solution.Violation`.
    words
        Names of the case.

    Returns
    -------
    str
        Such as "Floor by basin: Library, Denain".
    """
    about = words.subject(name, subject)
    title = words.labels(f"rule.{name}.name")
    return words.labels("ask.rule", rule=title, subject=about) if about else title
