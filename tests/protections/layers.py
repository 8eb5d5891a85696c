"""Changes that several protections share: layers of which one holds where another is gone."""

from tests.protections.protection import Change


def no_order_asked(*actions):
    """The three questions whether an order holds: at the ask, at the release, and the log's own. `actions`: of these acts alone."""
    these = f"{{{', '.join(f'Action.{action}' for action in actions)}}}"
    first, again = (f"{name} in {these}" if actions else "True" for name in ("action", "grant.action"))
    return (
        Change(
            "access/gate/door.py",
            "    decision = decide(officer, inquiry, standing)\n    if not decision.verdict.allowed:\n        raise refusal_of(request",
            f"    standing = replace(standing, orders=()) if {first} else standing\n"
            "    decision = decide(officer, inquiry, standing)\n    if not decision.verdict.allowed:\n        raise refusal_of(request",
        ),
        Change(
            "access/gate/release.py",
            "    decision = decide(grant.officer, grant.inquiry, standing)\n",
            f"    standing = replace(standing, orders=()) if {again} else standing\n"
            "    decision = decide(grant.officer, grant.inquiry, standing)\n",
        ),
        Change("audit/ledger.py", "        order = self.book.judge(header)\n", "        order = None\n"),
    )


# A city is served by the rules that it was built with; a copy with other rules has to decide by its own.
OTHER_RULES_SERVE = Change(
    "access/gate/decide.py", "    if standing.rules != policies().digest:\n", "    if False:\n"
)
# The first question alone, as an act asks that does not release its answer in the test.
ASKED_FIRST = no_order_asked()[0]
# Nobody is refused for this purpose any more; where another rule says no, it says something else.
NO_IMMIGRATION = Change(
    "access/policy/asking.cedar",
    'when { context.purpose == "civil-immigration-enforcement" };',
    'when { context.purpose == "nothing" };',
)
# A mistake of somebody under an order is answered with the order.
MISTAKE_FIRST = Change(
    "access/gate/door.py",
    "    if any(rule.id.startswith(CUT_OFF) for rule in decision.verdict.rules):\n",
    "    if False:\n",
)
