"""What the terminal and programs see of both halves under one budget."""

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.text import Text

from optimiser.joint import Joint
from optimiser.labels import Labels
from optimiser.report.plain import Json, plain
from optimiser.sharing_solution import SharingSolution
from optimiser.solution import Solution


def joint_summary(joint: Joint, labels: Labels) -> RenderableType:
    """Say what sharing leaves to the facilities, which euro pays for what, and what is lost.

    Parameters
    ----------
    joint
        Both halves.
    labels
        Words of the reader's language.

    Returns
    -------
    rich renderable
        A few sentences.
    """
    title = Text(labels("joint.title"), style="bold")
    if not isinstance(joint.plan, Solution) or not isinstance(joint.sharing, SharingSolution):
        return Panel(Text(labels("joint.failed")), title=title)
    names = joint.case.territory.by_code
    lines = [
        labels(
            "joint.recurrent",
            recurrent=labels.euros(joint.recurrent_eur),
            capital=labels.euros(joint.capital_eur),
        ),
        *(
            "• "
            + labels(
                "joint.payment",
                euros=labels.euros(payment.eur_per_year),
                function=labels(f"function.{payment.function}")
                if f"function.{payment.function}" in labels
                else payment.function,
                service=labels(f"service.{payment.service}"),
                commune=names[payment.commune].name,
            )
            for payment in joint.payments
        ),
    ]
    if not joint.payments:
        lines.append(labels("joint.nothing"))
    lines.append(labels("joint.unspent", euros=labels.euros(joint.unspent_eur)))
    lines.append(
        labels(
            "joint.loss",
            loss=labels.percent(joint.loss, 2),
            most=labels.number(joint.most),
            value=labels.number(joint.value),
        )
    )
    return Panel(Group(*map(Text, lines)), title=title)


def joint_document(joint: Joint) -> dict[str, Json]:
    """Both halves' money as plain data.

    Parameters
    ----------
    joint
        Both halves.

    Returns
    -------
    dict
        Plain values only.
    """
    return {
        "recurrent_eur_per_year": joint.recurrent_eur,
        "capital_eur": joint.capital_eur,
        "value_points": joint.value,
        "most_points": plain(joint.most),
        "loss": plain(joint.loss),
        "unspent_eur_per_year": joint.unspent_eur,
        "payments": plain(
            [
                {
                    "function": payment.function,
                    "service": payment.service,
                    "commune": payment.commune,
                    "eur_per_year": payment.eur_per_year,
                }
                for payment in joint.payments
            ]
        ),
    }
