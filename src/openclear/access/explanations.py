"""Why the gate would open or not: deciding rules, agencies, and what stays hidden. Reads no record."""

from dataclasses import asdict, dataclass

from openclear.access.decisions import judge
from openclear.access.ports import ports
from openclear.access.rows import Ask
from openclear.access.standing import read_standing
from openclear.vocabulary.actions import Action
from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.grants import Clearance, Grant
from openclear.vocabulary.labels import Label, label_name
from openclear.vocabulary.purposes import Purpose


@dataclass(frozen=True, slots=True)
class Explanation:
    """The verdict on an act that was not done."""

    allowed: bool
    rules: list[dict[str, str]]
    agencies: list[str]
    hidden_labels: dict[str, list[str]]
    hidden_fields: dict[str, list[str]]
    epoch: int


def action_of(text: str) -> Action:
    """Return the act that `text` names. Raises WrongUsage."""
    try:
        return Action(text.strip().lower())
    except ValueError:
        message = f"There is no act '{text}'; the acts are {', '.join(Action)}."
        raise WrongUsage(message) from None


def explain(grant: Grant, *, handle: str, action: Action, purpose: Purpose, case: str | None) -> Explanation:
    """Return how an act of `handle` would be decided now. The caller lets people explain only themselves."""
    grant.require(Action.DECISION_EXPLAIN)
    ground = ports.grounds.find(case) if case else None
    ask = Ask(action, purpose, ground_named=bool(case), ground=ground)
    judgement = judge(handle, ask, read_standing())
    clearances = judgement.clearances.values()
    return Explanation(
        allowed=judgement.decision.allowed,
        rules=[asdict(rule) for rule in judgement.decision.rules],
        agencies=list(judgement.agencies),
        hidden_labels={str(item.dataset): _labels(item) for item in clearances},
        hidden_fields={str(item.dataset): sorted(item.hidden_fields) for item in clearances},
        epoch=judgement.epoch,
    )


def _labels(clearance: Clearance) -> list[str]:
    return [label_name(label) for label in Label if label in clearance.refused_labels]
