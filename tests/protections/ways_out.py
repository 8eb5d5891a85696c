"""Every way out: the second table of docs/bypasses.md, but for what starts servers and browsers (`tests/live`)."""

from tests.protections.layers import ASKED_FIRST, MISTAKE_FIRST, no_order_asked
from tests.protections.protection import OUT, protection

ON_EVERY_PAGE = "test_an_order_ends_the_file_the_link_and_the_suggestions_on_every_page"
ALERT = "test_an_alert_tells_of_what_is_new_once_and_not_after_an_order"
SENDING, HOLDS = "delivery/alerts/sending.py", "access/barrier/command_holds.py"
REACH, LINKS, CASES = "delivery/reach.py", "delivery/links/queries.py", "records/cases/commands.py"

WAYS_OUT = [
    protection(
        OUT, "page, API: decided at the ask, before it leaves, by the log",
        "test_ives_and_kerr_are_out_everywhere_and_frost_notices_nothing", *no_order_asked(),
    ),
    protection(
        OUT, "export, on the page: each range, in the three places, and the order before the mistake, for the export has ended",
        ON_EVERY_PAGE, *no_order_asked("EXPORT_KEEP"), MISTAKE_FIRST,
    ),
    protection(
        OUT, "export: each range is decided in its owner's name", "test_a_range_is_decided_in_the_owners_name_under_the_order",
        ASKED_FIRST,
    ),
    protection(OUT, "export: its file goes", ON_EVERY_PAGE, (REACH, "                remove(key)\n", "                pass\n")),
    protection(
        OUT, "district book: an order ends it", "test_an_order_ends_books_that_wait_and_books_that_are_made",
        (REACH, "        self._model.objects.filter(pk__in=keys).update(state=SavedStatus.ENDED)\n", ""),
    ),
    protection(
        OUT, "district book: its file goes", "test_an_order_ends_books_that_wait_and_books_that_are_made",
        (REACH, "                remove(key)\n", "                pass\n"),
    ),
    protection(
        OUT, "background job: decided when it starts, between chunks, by the log",
        "test_a_job_that_was_queued_before_the_order_decides_when_it_runs", *no_order_asked(),
    ),
    protection(OUT, "alert on a page: each asking, in the three places", ALERT, *no_order_asked()),
    protection(
        OUT, "letter: its connection is reset where an order needs its hold",
        "test_an_order_does_not_wait_for_a_mail_server_that_dribbles_and_nothing_is_sent_behind_it",
        (SENDING, "        hold.carried_by(self._end)\n", ""),
    ),
    protection(
        OUT, "letter: decided before its last line", "test_what_became_no_before_the_last_byte_is_not_sent",
        (SENDING, "        decide()\n        line.send(_LAST_LINE)\n", "        line.send(_LAST_LINE)\n"),
    ),
    protection(
        OUT, "what a command prints: the command ends", "test_an_order_ends_a_command_whose_output_nobody_reads",
        (HOLDS, "        hold.carried_by(partial(_end_process, hold))\n", "        pass\n"),
    ),
    protection(
        OUT, "case that is shared: never with an agency under an order", "test_no_case_is_shared_with_an_agency_under_an_order",
        (CASES, "    if is_guarded(agency):\n", "    if False:\n"),
    ),
    protection(
        OUT, "case that is shared: asked again when it is approved",
        "test_an_order_that_comes_while_the_approval_waits_is_seen_by_it",
        (CASES, "    if is_guarded(agency):\n", "    if False:\n"),
    ),
    protection(
        OUT, "a refusal's token: others once it is published", "test_okafor_finds_the_refusal_at_once_and_others_once_it_is_published",
        ("audit/reading.py", "    return number if grant.action is Action.LOG_VIEW_ALL or number < published_size() else None\n", "    return number\n"),
    ),
    protection(
        OUT, "link: it ends where its giver ends it", "test_a_link_opens_for_whoever_may_and_dies_with_its_giver",
        ("delivery/links/commands.py", "    mine.update(state=SavedStatus.ENDED)\n", ""),
    ),
    protection(
        OUT, "link: decided for whoever gave it", "test_a_link_is_shut_while_its_giver_may_not_open_the_record",
        (LINKS, "    if row is None or not _may_still_give(row):\n", "    if row is None:\n"),
    ),
    protection(
        OUT, "next page: decided like the first, in the three places", "test_a_mark_opens_nothing_after_a_cut_off",
        *no_order_asked("PERSON_SEARCH"),
    ),
    protection(OUT, "suggestion: each, in the three places", ON_EVERY_PAGE, *no_order_asked("CASE_LIST")),
    protection(
        OUT, "error text: the order before the mistake",
        "test_somebody_under_an_order_learns_of_the_order_and_not_of_a_mistake",
        MISTAKE_FIRST,
    ),
]  # fmt: skip
