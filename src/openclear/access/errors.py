"""What the gate says when it does not open."""

import json

from openclear.vocabulary.errors import NotPossible
from openclear.vocabulary.grants import RefusalReceipt
from openclear.vocabulary.rules import Verdict


class Refused(NotPossible):
    """The request is refused, and the refusal is already in the log. Carries rule, reason, source, next step."""

    def __init__(self, verdict: Verdict, receipt: RefusalReceipt) -> None:
        """`receipt`: the token of the refusal's entry, never its number: two numbers would show how many entries everybody has."""
        super().__init__("; ".join(rule.because for rule in verdict.rules) + ".")
        self.verdict = verdict
        self.receipt = receipt

    @property
    def because(self) -> str:
        """The reasons, as one text."""
        return "; ".join(rule.because for rule in self.verdict.rules)

    @property
    def source(self) -> str:
        """Where the rules are written."""
        return "; ".join(rule.source for rule in self.verdict.rules)

    @property
    def next_step(self) -> str:
        """What the requester can lawfully do."""
        steps = [rule.next_step for rule in self.verdict.rules if rule.next_step]
        return " ".join(steps) or "Ask your access administrator which purposes your agreement covers."

    def as_problem(self, status: int = 403) -> bytes:
        """Return it as a program reads it (RFC 9457): rules, reason, source, next step, token."""
        problem = {
            "title": "Refused", "status": status, "rule_ids": list(self.verdict.rule_ids), "because": self.because,
            "source": self.source, "next_step": self.next_step, "receipt": {"token": self.receipt.token},
        }  # fmt: skip
        return json.dumps(problem, ensure_ascii=False).encode()


class NotAnswered(NotPossible):
    """Nothing can be answered now (503): the barrier or the log did not confirm in time."""


class RecordsChanged(NotAnswered):
    """Records were sealed after this answer was read and before it could leave: it has to be read again."""


class MeansSomethingElse(NotPossible):
    """What a proposal means has changed since it was looked at, so it has to be looked at again."""

    def __init__(self, number: int) -> None:
        """Say it of proposal `number`."""
        super().__init__(
            f"What proposal {number} means has changed since you read it; read what is different, then approve it again."
        )


class OlderThanLog(NotPossible):
    """The database is older than the log: serving it could bring lifted or ended access back."""


class LogCutBack(NotPossible):
    """The log lacks what this database saw of it: it was cut back, or another log was put in its place."""


class OlderRules(NotPossible):
    """The rules of this program were replaced by newer ones: serving them could bring ended access back."""


class PolicyFault(NotPossible):
    """The policy files are not what they must be: nothing may be served under them."""
