"""The rules that a city is served with, version after version. An older set cannot come back by itself."""

from openclear.access.errors import OlderRules
from openclear.access.gate.decide import policies
from openclear.access.gate.epoch import change
from openclear.access.models import PolicyVersion
from openclear.access.registry.acts import registry_held
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.without_grant import without_grant


@without_grant("runs as the city itself, when a process starts")
def take_rules() -> str | None:
    """Make the rules of this program those of the city; return a sentence if they are new.

    A new set raises the epoch and has its entry, so that no backup or older program goes back before it.
    Raises OlderRules if these rules were the city's and were replaced.
    """
    with registry_held():
        return _taken(policies().digest)


def _taken(digest: str) -> str | None:
    newest = PolicyVersion.objects.order_by("-pk").first()
    if newest and newest.digest == digest:
        return None
    if PolicyVersion.objects.filter(digest=digest).exists():
        message = (
            "The rules of this program were replaced by newer ones; start the newest version, "
            "or install these rules as a new version with a reason in their text."
        )
        raise OlderRules(message)
    with change("operator", (), Action.REGISTRY_CHANGE) as under_way:
        under_way.entry("policy", {"policy": {"digest": digest}}, {"before": newest.digest if newest else ""})
        PolicyVersion.objects.create(digest=digest, epoch=under_way.epoch, moment=clock.now())
    return f"The rules of this program ({digest[:12]}) are now the rules of the city."
