"""Actions, duplicates and conflicts as single sentences."""

from optimiser.access import TravelTimes
from optimiser.labels import Labels
from optimiser.report.actions import Action, Reason
from optimiser.report.duplicates import Pair
from optimiser.report.losses import Loss
from optimiser.report.words import Words
from optimiser.solution import Relaxation
from optimiser.sources.notes import split_note

_RULES_SAID = 2
"""Rules that a sentence names; the data hold them all."""


def action_title(action: Action, words: Words) -> str:
    """Say what is done, where, and of which type.

    Parameters
    ----------
    action
        The action.
    words
        Names of the case.

    Returns
    -------
    str
        Without a full stop.
    """
    return words.labels(
        f"action.{action.kind}",
        service=words.service(action.service),
        commune=words.commune(action.commune),
        origin=words.commune(action.origin),
        sites=words.labels.count("unit.sites", action.sites),
    )


def action_effect(action: Action, words: Words) -> str:
    """Say what an action changes in access and money.

    Parameters
    ----------
    action
        The action.
    words
        Names of the case.

    Returns
    -------
    str
        One sentence of figures.
    """
    labels = words.labels
    return labels(
        "action.effect",
        persons=labels.signed_persons(action.guaranteed_persons),
        capital=labels.euros(action.capital_eur),
        running=labels.signed_euros(action.recurrent_eur),
        score=labels.signed_number(action.score),
    )


def action_reason(action: Action, words: Words) -> str:
    """Say what speaks for an action and what it takes away, in one sentence.

    Parameters
    ----------
    action
        The action.
    words
        Names of the case.

    Returns
    -------
    str
        One sentence.
    """
    labels = words.labels
    rules = [reason for reason in action.reasons if reason.key == "rule"]
    hidden = rules[_RULES_SAID:]
    said = [reason_text(reason, action, words) for reason in action.reasons if reason not in hidden]
    if hidden:
        said.insert(_RULES_SAID, labels.count("reason.more_rules", len(hidden)))
    said = said or [labels("reason.score", points=labels.signed_number(action.score))]
    if action.kind in ("close", "transfer"):
        said.append(loss_text(action.losses, words))
    if action.places is not None and action.places < 0:
        said.append(labels.count("loss.places", -action.places))
    return labels("action.sentence", text=labels("words.semicolon").join(said))


def reason_text(reason: Reason, action: Action, words: Words) -> str:
    """Say one reason.

    Parameters
    ----------
    reason, action
        The reason, and the action that it speaks for.
    words
        Names of the case.

    Returns
    -------
    str
        A part of a sentence.
    """
    labels = words.labels
    if reason.key == "rule":
        rule, *subject = reason.subject
        return labels(
            "reason.rule",
            rule=labels(f"rule.{rule}.name"),
            subject=words.subject(rule, tuple(subject)) or labels("words.whole_territory"),
        )
    service = words.case.catalogue[action.service]
    return labels(
        f"reason.{reason.key}",
        persons=labels.persons(reason.amount),
        euros=labels.euros(reason.amount),
        minutes=labels.minutes(service.guarantee_minutes),
        mean=labels.minutes(action.gains.mean_minutes, 1),
    )


def loss_text(loss: Loss, words: Words) -> str:
    """Say who travels longer, and by how much.

    Parameters
    ----------
    loss
        What is lost.
    words
        Names of the case.

    Returns
    -------
    str
        A part of a sentence; it also says when nobody loses.
    """
    labels, worst = words.labels, loss.worst
    if worst is None:
        return labels("loss.nobody")
    if loss.stranded > 0:
        return labels(
            "loss.stranded",
            persons=labels.persons(loss.persons),
            stranded=labels.persons(loss.stranded),
            communes=words.communes(tuple(c.commune for c in loss.communes)),
        )
    return labels(
        "loss.longer",
        persons=labels.persons(loss.persons),
        mean=labels.minutes(loss.mean_minutes, 1),
        most=labels.minutes(worst.minutes, 1),
        worst=words.commune(worst.commune),
        communes=words.communes(tuple(c.commune for c in loss.communes)),
    )


def pair_text(pair: Pair, words: Words) -> str:
    """Say what a duplicate is, what one site less would save and who would lose.

    Parameters
    ----------
    pair
        Two sites that serve the same public.
    words
        Names of the case.

    Returns
    -------
    str
        One sentence.
    """
    labels = words.labels
    key = "duplicate.same_commune" if pair.first == pair.second else "duplicate.pair"
    return labels(
        key,
        service=words.service(pair.service),
        first=words.commune(pair.first),
        second=words.commune(pair.second),
        shared=labels.persons(pair.shared_persons),
        loses=words.commune(pair.loses),
        saved=labels.euros(pair.saved_eur_per_year),
        grade=pair.grade,
        loss=labels("words.semicolon").join(_pair_losses(pair, words)),
    )


def _pair_losses(pair: Pair, words: Words) -> list[str]:
    texts = [loss_text(pair.loss, words)]
    if pair.places_lost:
        texts.append(words.labels.count("loss.places", pair.places_lost))
    return texts


def travel_text(travel: TravelTimes, labels: Labels) -> str:
    """Say where travel times come from.

    Parameters
    ----------
    travel
        The travel times.
    labels
        Words of the reader's language.

    Returns
    -------
    str
        The estimate in the reader's words, or the name of the user's file.
    """
    if travel.method == "estimate":
        return labels("source.travel_estimate")
    return travel.source


def note_text(note: str, labels: Labels) -> str:
    """Word a remark on the data.

    Parameters
    ----------
    note
        As `Territory.notes` holds it.
    labels
        Words of the reader's language.

    Returns
    -------
    str
        One sentence; codes of types are given their names.
    """
    key, facts = split_note(note)
    named = {name: ", ".join(_named(fact, labels)) for name, fact in facts.items()}
    shown = {n: named[n] if n in ("service", "services") else fact for n, fact in facts.items()}
    return labels(key, **shown)


def _named(codes: str, labels: Labels) -> list[str]:
    known = [code.strip() for code in codes.split(",")]
    return [labels(f"service.{c}") if f"service.{c}" in labels else c for c in known]


def conflict_text(rule: str, subject: tuple[str, ...], words: Words) -> str:
    """Say what a rule of the scenario asks for.

    Parameters
    ----------
    rule, subject
        Name of the rule, and codes of what it is about.
    words
        Names of the case.

    Returns
    -------
    str
        One sentence.
    """
    return words.labels(f"rule.{rule}.asks", subject=_subject(rule, subject, words))


def relaxation_text(relaxation: Relaxation, words: Words) -> str:
    """Say by how much a rule would have to give way.

    Parameters
    ----------
    relaxation
        The rule, its limit and the limit needed.
    words
        Names of the case.

    Returns
    -------
    str
        One sentence with both figures; for a lock, the sentence says to lift it.
    """
    return words.labels(
        f"rule.{relaxation.rule}.relax",
        subject=_subject(relaxation.rule, relaxation.subject, words),
        limit=_in_unit(relaxation.limit, relaxation.unit, words),
        needed=_in_unit(relaxation.needed, relaxation.unit, words),
    )


def _subject(rule: str, subject: tuple[str, ...], words: Words) -> str:
    return words.subject(rule, subject) or words.labels("words.whole_territory")


def _in_unit(value: float, unit: str, words: Words) -> str:
    labels = words.labels
    if unit in ("eur", "eur_per_year"):
        return labels.euros_full(value)
    return labels.percent(value, 2) if unit == "share" else labels.number(value)
