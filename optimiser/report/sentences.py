"""Actions, duplicates and conflicts as single sentences."""

from optimiser.report.actions import Action, Reason
from optimiser.report.duplicates import Pair
from optimiser.report.losses import Loss
from optimiser.report.words import Words
from optimiser.solution import Relaxation


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
    said = [reason_text(reason, action, words) for reason in action.reasons]
    said = said or [labels("reason.score", points=labels.signed_number(action.score))]
    if action.kind in ("close", "transfer"):
        said.append(loss_text(action.losses, words))
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
        loss=loss_text(pair.loss, words),
    )


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
    return labels.percent(value) if unit == "share" else labels.number(value)
