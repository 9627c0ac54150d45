"""Which commune radiates on what, and the price of one theme more or less, in words."""

from optimiser.questions.poles import Pole, Polycentrality, ThemePrice
from optimiser.report.answers.page import Page, table
from optimiser.report.words import Words

_POLES = "pole:text:26 theme:text:16 drawn:count:12 made_by:text:60 drawn_others:count:12+"
_PRICES = (
    "pole:text:30 themes:text:22 score:points:12 euros_year:euros:14 persons:count:12 "
    "capital:euros:14"
)


def poles_page(found: Polycentrality, words: Words) -> Page:
    """Word the poles of a plan.

    Parameters
    ----------
    found
        Poles and prices.
    words
        Names of the case.

    Returns
    -------
    Page
        One theme for each pole, what makes it one, and what another number of themes is worth.
    """
    labels = words.labels
    sentences = [
        labels(
            "poles.radiates",
            commune=words.commune(pole.commune),
            theme=words.theme(pole.theme),
            persons=labels.persons(pole.persons),
        )
        for pole in found.poles[:5]
    ]
    if found.without:
        names = ", ".join(words.theme(theme) for theme in found.without)
        sentences.append(labels("poles.without", themes=names))
    sentences += [_priced(price, words) for price in found.prices]
    if not found.prices:
        sentences.append(labels("poles.no_limit"))
    rows = [
        (
            words.commune(pole.commune),
            words.theme(pole.theme),
            pole.persons,
            made_by(pole, words),
            pole.others,
        )
        for pole in found.poles
    ]
    priced = [
        (
            words.commune(price.commune) if price.commune else labels("poles.every"),
            _themes(price, words),
            price.points,
            price.eur_per_year,
            price.guaranteed_persons,
            price.capital_eur,
        )
        for price in (*found.prices, *found.single)
    ]
    return Page(
        question="poles",
        title=labels("poles.title"),
        sentences=(*sentences, labels("poles.note")),
        tables=(
            table("poles", _POLES, rows, labels),
            table("poles_prices", _PRICES, priced, labels),
        ),
        status=found.plan.status,
        gap=found.plan.gap,
        data=found,
    )


def made_by(pole: Pole, words: Words) -> str:
    """Name the facilities and functions that make a commune a pole.

    Parameters
    ----------
    pole
        The pole.
    words
        Names of the case.

    Returns
    -------
    str
        What the plan opens is marked.
    """
    labels = words.labels
    names = [
        labels("poles.opened", service=words.service(code))
        if code in pole.opened
        else words.service(code)
        for code in pole.facilities
    ]
    names += [words.labels(f"function.{code}") for code in pole.functions]
    return ", ".join(names)


def _themes(price: ThemePrice, words: Words) -> str:
    """Limit of a price, such as 2 themes."""
    if price.themes is None:
        return words.labels("poles.unlimited")
    return words.labels.count("poles.themes", price.themes)


def _priced(price: ThemePrice, words: Words) -> str:
    labels = words.labels
    if price.points is None:
        return labels("poles.impossible", themes=_themes(price, words))
    return labels(
        "poles.price",
        themes=_themes(price, words),
        points=labels.signed_number(price.points),
        euros=labels.signed_euros(price.eur_per_year),
        persons=labels.signed_persons(price.guaranteed_persons),
        capital=labels.signed_euros(price.capital_eur),
    )
