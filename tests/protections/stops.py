"""Route 1 again, by a stop: an officer on patrol starts one alone, and it must not open anybody else's record."""

from tests.protections.layers import OTHER_RULES_SERVE
from tests.protections.protection import protection

CONSIDERED, CEDAR, SEEING = (
    "access/policy/considered.py",
    "access/policy/stops.cedar",
    "access/policy/seeing.cedar",
)
OVER = " or not ground.is_open or moment >= event.until"

STOPS = [
    protection(
        1, "a stop is its officer's alone", "test_nobody_else_can_name_it_and_nobody_learns_that_it_is_there",
        (CONSIDERED, "event.officer != requester.handle or ", ""),
    ),
    protection(
        1, "a stop is over after its hour", "test_it_closes_by_itself_after_an_hour_and_asks_what_came_of_it",
        (CONSIDERED, OVER, " or not ground.is_open"),
    ),
    protection(
        1, "a stop covers its own plate, vehicle, registered owner and people",
        "test_plate_vehicle_and_owner_of_a_stop_and_of_it_alone",
        (CEDAR, 'context.stop != "" && !context.stopCovers', 'context.stop != "" && false'), OTHER_RULES_SERVE,
    ),
    protection(
        1, "the queries end at the rows of the stop, whatever the gate let through",
        "test_the_rows_of_a_stop_end_below_the_gate_too",
        ("records/vehicles/queries.py", "vehicles if only is None else vehicles.filter(pk__in=only)", "vehicles"),
    ),
    protection(
        1, "a stop shows no arrests and no incidents",
        "test_what_a_stop_shows_of_a_person_is_the_person_and_this_vehicle",
        (SEEING, '["people", "vehicles", "cases"].contains(resource.dataset)', "true"), OTHER_RULES_SERVE,
    ),
    protection(
        1, "a stop is named at the desk alone, for nobody else", "test_only_the_desk_can_name_it",
        (CONSIDERED, "at_desk=inquiry.at_desk and alone", "at_desk=True"),
    ),
    protection(
        1, "a stop is for its one purpose", "test_a_stop_is_for_one_purpose",
        (CEDAR, 'context.stop != "" && context.stop != context.purpose', 'context.stop != "" && false'), OTHER_RULES_SERVE,
    ),
    protection(
        1, "who is tied to another agency is not on patrol", "test_an_order_reaches_it_from_that_second",
        (CEDAR, "!(principal.host && principal.onlyHost && principal", "!(principal.host && principal"), OTHER_RULES_SERVE,
    ),
    protection(
        1, "people are not looked for by trying", "test_attempts_are_counted_found_or_not",
        ("records/stops/commands.py", ", asked__lt=MOST_PEOPLE", ""),
    ),
    protection(
        1, "a person is met by the whole of one name", "test_a_person_who_is_met_is_added_by_full_name_and_date_of_birth",
        ("records/stops/commands.py", " if _is_called(grant, person, words)", ""),
    ),
]  # fmt: skip
