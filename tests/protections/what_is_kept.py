"""Routes 5, 7, 8 and 10: alerts, exports, files, links, and how long they are kept."""

from tests.protections.layers import NO_IMMIGRATION, OTHER_RULES_SERVE, no_order_asked
from tests.protections.protection import protection

ASKING, REACH, EXPORTS = "delivery/alerts/asking.py", "delivery/reach.py", "delivery/exports/commands.py"

WHAT_IS_KEPT = [
    protection(
        5, "an alert is decided: at the asking, before it is told, by the log",
        "test_an_alert_tells_of_what_is_new_once_and_not_after_an_order", *no_order_asked(),
    ),
    protection(
        5, "an alert that is refused has ended", "test_an_alert_tells_of_what_is_new_once_and_not_after_an_order",
        (ASKING, "            Alert.objects.filter(pk=key).update(state=SavedStatus.ENDED)\n        return False\n    except WrongUsage:",
         "            pass\n        return False\n    except WrongUsage:"),
    ),
    protection(
        5, "between finding and telling, on the page", "test_an_order_between_the_finding_and_the_telling_of_an_alert_sends_nothing",
        (ASKING, "        with gate.handing_over():\n            gate.release_together(str(alert.id), [(grant, new), (keeping, ())])\n", "        pass\n"),
    ),
    protection(
        5, "between finding and telling, by letter: before the first byte and before the last",
        "test_an_order_between_the_finding_and_the_telling_of_an_alert_sends_nothing",
        (ASKING, "        gate.release_together(str(alert.id), [(grant, new), (keeping, ())])\n        delivery.carry(gate.taken())\n", ""),
        (ASKING, "decide=partial(_decide_again, grant, keeping)", "decide=lambda: None"),
    ),
    protection(
        7, "Parquet says whose it is", "test_parquet_and_pdf_hold_the_same_rows",
        ("delivery/formats.py", ", KV_METADATA {{{told}}})", ")"),
    ),
    protection(
        7, "a PDF says whose it is", "test_a_pdf_says_whose_it_is",
        ("delivery/formats.py", '#facts.watermark.pairs().map(p => p.at(0) + ": " + p.at(1)).join(" · ") · ', ""),
    ),
    protection(
        7, "there is a most of a day", "test_nobody_has_more_exports_than_a_days",
        (EXPORTS, "    if today.count() >= MOST_PER_DAY:", "    if False:"),
    ),
    protection(
        7, "twenty, and no more", "test_nobody_has_more_exports_than_a_days",
        ("delivery/rules.py", "MOST_PER_DAY = 5_000_000, 5_000, 20\n", "MOST_PER_DAY = 5_000_000, 5_000, 200\n"),
    ),
    protection(
        8, "an order ends what is kept", "test_an_order_ends_exports_jobs_alerts_and_links_and_proves_it",
        (REACH, "        self._model.objects.filter(pk__in=keys).update(state=SavedStatus.ENDED)\n", ""),
    ),
    protection(
        8, "the file goes with its export", "test_an_order_ends_exports_jobs_alerts_and_links_and_proves_it",
        (REACH, "                remove(key)\n", "                pass\n"),
    ),
    protection(
        8, "a job asks between any two chunks", "test_an_order_in_the_middle_of_a_job_ends_it",
        ("delivery/jobs.py", "        _recheck(grant, keeping)  # an order ends it between any two chunks\n", ""),
    ),
    protection(
        8, "what came into being while answers ran out is ended too",
        "test_what_an_answer_under_way_made_is_ended_before_the_receipt",
        ("access/orders/receipts.py", "        reach.end(made)\n", ""),
    ),
    protection(
        8, "seven days", "test_a_file_is_there_for_seven_days_and_then_gone",
        ("delivery/rules.py", "LINK_LIFETIME = timedelta(days=7),", "LINK_LIFETIME = timedelta(days=70),"),
    ),
    protection(
        8, "what is too old is not handed out", "test_a_file_is_there_for_seven_days_and_then_gone",
        ("delivery/exports/queries.py", "owner=grant.officer, expires__gt=clock.now()).first()", "owner=grant.officer).first()"),
    ),
    protection(
        8, "the worker removes what is too old", "test_a_file_is_there_for_seven_days_and_then_gone",
        ("operations/worker.py", "        _Duty(expire, HOUR),\n", ""),
    ),
    protection(
        8, "its file goes", "test_a_file_is_there_for_seven_days_and_then_gone",
        (EXPORTS, "    for key in keys:\n        remove(key)\n", ""),
    ),
    protection(
        10, "no alert speaks of civil immigration", "test_an_alert_is_never_for_civil_immigration",
        ("delivery/alerts/commands.py", "    if form := civil_form_in(text):", "    if (form := civil_form_in(text)) and False:"),
    ),
    protection(
        10, "the forbid says that it is civil immigration", "test_an_alert_is_never_for_civil_immigration",
        NO_IMMIGRATION, OTHER_RULES_SERVE,
    ),
]  # fmt: skip
