"""The texts of proposals: what is proposed, its effect once approved, and whom it affects. Translated where shown."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Before the agency.
PROPOSED: dict[str, str | Promise] = {
    "cut-off": _("Cut off"),
    "lift": _("Lift the order on"),
    "suspend": _("Suspend the order on"),
    "resume": _("Put back in force the order on"),
    "narrow": _("Narrow the order on"),
    "account": _("Make an account at"),
    "tie": _("Tie a person to"),
    "untie": _("End a person's tie to"),
    "move": _("Move"),
    "merge": _("Merge into another agency:"),
    "disable": _("Disable an account of"),
    "reinstate": _("Reinstate an account at"),
    "certify": _("Certify an account of"),
    "sign-agreement": _("Sign an agreement with"),
    "renew-agreement": _("Renew the agreement with"),
    "end-agreement": _("End the agreement with"),
}
# The sentence above the consequences.
MEANINGS: dict[str, str | Promise] = {
    "cut-off": _("The agency, everything below it and everyone tied to it is cut off at once."),
    "lift": _("The order ends, and everyone whom it alone refused gets answers again."),
    "suspend": _("The order refuses nobody until it is put back in force."),
    "resume": _("The order again refuses everyone whom it covers."),
    "narrow": _("The order refuses less than before; the rest is answered again."),
    "account": _("This person can sign in and ask, as far as role and agency allow."),
    "tie": _("An order on the agency, or on one above it, also covers this person, now or later."),
    "untie": _("An order on the agency no longer reaches this person through this tie."),
    "move": _("The agency and everything below it gets another path. Every order that covers it follows it."),
    "merge": _(
        "The agency becomes part of the other and takes no new people. Every order that covers it follows it."
    ),
    "disable": _("This person gets no answers until two people reinstate the account."),
    "reinstate": _("This person can sign in and ask again. Orders that reach them stay in force."),
    "certify": _("The account is valid for longer. Orders that reach the person stay in force."),
    "sign-agreement": _(
        "The agency and everything below it gets access to what the agreement names. Orders stay in force."
    ),
    "renew-agreement": _("The agency keeps or gets back what the term names. Orders stay in force."),
    "end-agreement": _(
        "Nobody from the agency, or from one below it, is answered under this agreement any more."
    ),
}
APPROVALS: dict[str, str | Promise] = {
    "cut-off": _("Approve: cut off now"),
    "lift": _("Approve: lift the order now"),
    "suspend": _("Approve: suspend the order now"),
    "resume": _("Approve: put the order in force again now"),
    "narrow": _("Approve: narrow the order now"),
    "account": _("Approve: make the account now"),
    "tie": _("Approve: tie the person to it now"),
    "untie": _("Approve: end the tie now"),
    "move": _("Approve: move the agency now"),
    "merge": _("Approve: merge the agency now"),
    "disable": _("Approve: disable the account now"),
    "reinstate": _("Approve: reinstate the account now"),
    "certify": _("Approve: certify the account now"),
    "sign-agreement": _("Approve: sign the agreement now"),
    "renew-agreement": _("Approve: renew the agreement now"),
    "end-agreement": _("Approve: end the agreement now"),
}
HEADINGS: dict[str, str | Promise] = {
    "people": _("People whom the order reaches"),
    "home_people": _("The city's own people who lose access"),
    "untied": _("Keep access, because their tie ends"),
    "agencies": _("Agencies that keep their access"),
    "already": _("In force already"),
    "state": _("The order now"),
    "places": _("It covers"),
    "account": _("Account"),
    "comes_under": _("Newly under an order"),
    "leaves": _("No longer under an order"),
    "orders": _("Orders that reach this person"),
    "under_agreement": _("People who have access under it, as far as their roles allow"),
    "lose_agreement": _("People who lose access"),
    "term": _("From, until"),
    "data_sets": _("Data sets"),
    "purposes": _("Purposes"),
    "document": _("Document and its SHA-256"),
    "clauses": _("Where each clause is"),
    "parties": _("Parties"),
    "touching": _("Orders that touch the agency"),
}
END_OF_TIE = _("End the tie of %(handle)s in the same act")
ANOTHER_APPROVER = _("register another approver first")
OR = _("; or ")
