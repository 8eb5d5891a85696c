"""The arguments of the verbs on orders."""

import argparse
from pathlib import Path

from openclear.cli.verb import Verbs, new_verb, question, with_json
from openclear.vocabulary.roles import Role

_ACTS = "openclear.cli.orders.acts"


def register(verbs: Verbs) -> None:
    """Add the verbs on orders."""
    cut = _cut_off_verb(verbs)
    restore = new_verb(
        verbs, "restore", _ACTS, "restore", "Lift an order by its id, or all orders on one agency."
    )
    restore.add_argument("order", help="id of an order, or agency path")
    restore.add_argument("--ground", default="Lifted by decision of the department")
    order = _order_verb(verbs)
    for verb in (cut, order):
        verb.add_argument(
            "--scope", action="append", default=[], metavar="DATASET", help="only this data set (repeatable)"
        )
        verb.add_argument(
            "--purpose", action="append", default=[], metavar="PURPOSE", help="only this purpose (repeatable)"
        )
    for verb in (cut, restore, order):
        verb.add_argument("--by", required=verb is not order, metavar="OFFICER", help="who gives the order")
        verb.add_argument("--approved-by", metavar="OFFICER", help="another person")
        with_json(verb)
    question(verbs, "orders", Role.ACCESS_ADMINISTRATOR, "List every state of every order.")


def _cut_off_verb(verbs: Verbs) -> argparse.ArgumentParser:
    cut = new_verb(
        verbs,
        "cut-off",
        _ACTS,
        "cut_off",
        "Cut off an agency and all agencies below it, at once and everywhere.",
    )
    cut.add_argument("agency", help="agency path, such as us.dhs.ice")
    cut.add_argument("--ground", default="", help="the legal basis, as shown to people who are refused")
    cut.add_argument(
        "--public-basis",
        default="",
        metavar="TEXT",
        help="the legal basis in words for the public page, which never shows --ground",
    )
    cut.add_argument("--plan", action="store_true", help="show who would lose what, and change nothing")
    cut.add_argument(
        "--notice",
        metavar="TEXT",
        help="notify the partner agencies that keep their access, and change nothing",
    )
    cut.add_argument(
        "--provisional",
        action="store_true",
        help="in an emergency: by one person, to be confirmed within 24 hours",
    )
    cut.add_argument(
        "--end-tie", action="append", default=[], metavar="OFFICER",
        help="a person of the city whose tie to the agency ends in the same act, so that they keep access (repeatable)",
    )  # fmt: skip
    return cut


def _order_verb(verbs: Verbs) -> argparse.ArgumentParser:
    order = new_verb(
        verbs, "order", _ACTS, "change", "Confirm, suspend, resume or narrow an order, or write its packet."
    )
    order.add_argument("what", choices=["confirm", "suspend", "resume", "narrow", "packet"])
    order.add_argument("order", help="id of the order")
    order.add_argument("--ground", default="", help="why it is changed")
    order.add_argument("--document", default="", help="the court's document, with number and date")
    order.add_argument("--to", type=Path, metavar="FOLDER", help="folder for the packet")
    return order
