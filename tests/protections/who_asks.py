"""Routes 1 to 4, 6, 11 and 12: who asks, through what, for whom, and why."""

from tests.protections.layers import NO_IMMIGRATION, OTHER_RULES_SERVE
from tests.protections.protection import protection

CONSIDERED, RULES, CEDAR = (
    "access/policy/considered.py",
    "access/policy/rules.py",
    "access/policy/asking.cedar",
)
FACTS, AGREEMENTS = "access/policy/facts.py", "access/registry/agreements.py"
CASES = "records/cases/commands.py"
TIES = """\
    agencies = agencies_of([requester, carrier], on, inquiry.on_behalf_of if known else None)
    named = agencies_of([requester, carrier], on, inquiry.on_behalf_of)
"""

WHO_ASKS = [
    protection(
        1, "whoever is asked for is decided as that agency, by the order's rule and by the policies",
        "test_asking_for_another_agency_needs_both_to_be_allowed",
        (CONSIDERED, TIES, TIES.replace(", inquiry.on_behalf_of if known else None", "").replace(", inquiry.on_behalf_of", "")),
    ),
    protection(
        1, "the ground has to be that agency's too",
        "test_asking_for_another_agency_needs_both_to_be_allowed",
        (CONSIDERED, "        ours = ours and ground.is_for([inquiry.on_behalf_of])\n", "        pass\n"),
    ),
    protection(
        1, "a case is a ground for its own agency, and for those it is shared with",
        "test_a_case_of_the_department_is_no_ground_for_a_partner_until_it_is_shared",
        (CONSIDERED, "ground is not None and ground.is_for(agencies_of([requester], on))", "ground is not None"),
    ),
    protection(
        2, "the second step of signing in", "test_with_an_authenticator_the_password_alone_is_not_enough",
        (
            "web/account/adapters.py", "    def is_open_for_signup(self,",
            "    def get_login_stages(self):\n        return []\n\n    def is_open_for_signup(self,",
        ),
    ),
    protection(
        2, "codes that were used are remembered for longer than allauth does",
        "test_no_code_works_twice_while_a_clock_may_be_off",
        ("web/forms.py", 'form.authenticator.type != "totp" or', "True or"),
    ),
    protection(
        2, "every tie of a person is decided, not the newest alone",
        "test_ives_and_kerr_are_out_everywhere_and_frost_notices_nothing",
        (RULES, "    return tuple(sorted(paths | ({on_behalf_of} if on_behalf_of else set())))",
         "    return tuple(sorted(paths | ({on_behalf_of} if on_behalf_of else set())))[-1:]"),
    ),
    protection(
        3, "every agency needs an agreement, not one of them", "test_agreements_are_dated_and_every_agency_needs_one",
        (RULES, "return all(_agreed(", "return any(_agreed("),
    ),
    protection(
        3, "an agreement ends", "test_agreements_are_dated_and_every_agency_needs_one",
        (FACTS, "self.starts_on <= day <= self.ends_on", "self.starts_on <= day"),
    ),
    protection(
        3, "an agreement begins when it is signed", "test_an_agreement_is_none_before_it_is_signed",
        (FACTS, "self.starts_on <= day <= self.ends_on", "day <= self.ends_on"),
    ),
    protection(
        3, "an agreement that was ended is none", "test_an_agreement_that_was_ended_is_none_from_that_day_on",
        (FACTS, " and not is_ended", ""),
    ),
    protection(
        3, "an agreement ends in the second in which it is ended",
        "test_an_answer_made_before_the_end_does_not_leave_after_it",
        (AGREEMENTS, "ended=clock.now(), ", ""),
    ),
    protection(
        3, "an agreement takes two people", "test_no_agreement_and_no_renewal_is_one_persons_doing",
        (AGREEMENTS, "if approval is None or approval.officer == grant.officer:", "if approval is None:"),
    ),
    protection(
        3, "what an agreement does not name is not asked",
        "test_data_sets_and_purposes_of_the_agreement_are_all_that_the_agency_can_ask",
        (RULES, "            found &= _named(_in_force(requester, agency, on), purpose)\n", "            pass\n"),
    ),
    protection(
        3, "an agreement limits data sets and purposes",
        "test_an_agreement_names_data_sets_for_purposes_and_every_agency_of_a_person_counts",
        (RULES, "if purpose in row.purposes or purpose not in POLICE_WORK", "if True"),
    ),
    protection(
        3, "what has no stamp does not leave", "test_no_route_answers_without_a_stamp_or_a_place_on_the_public_list",
        ("access/gate/middleware.py", 'if getattr(response, "release_stamp", None) is None:', "if False:"),
    ),
    protection(
        4, "the list of purposes is closed", "test_a_pretext_purpose_is_no_way_round_the_list",
        ("vocabulary/purposes.py", "        raise WrongUsage(message) from None", "        return Purpose.CRIMINAL_INVESTIGATION"),
    ),
    protection(
        4, "civil immigration: the forbid, and that no permit names it",
        "test_a_pretext_purpose_is_no_way_round_the_list",
        NO_IMMIGRATION, OTHER_RULES_SERVE,
        (CEDAR, '["criminal-investigation", "missing-person", "stolen-property", "traffic-stop",\n   "warrant-service"].contains(context.purpose)\n};\n\n@id("analysis-of-incidents")',
         '["criminal-investigation", "civil-immigration-enforcement", "missing-person", "stolen-property", "traffic-stop",\n   "warrant-service"].contains(context.purpose)\n};\n\n@id("analysis-of-incidents")'),
    ),
    protection(
        4, "crime analysis is for the department's analysts", "test_a_pretext_purpose_is_no_way_round_the_list",
        OTHER_RULES_SERVE,
        (CEDAR, '["criminal-investigation", "missing-person", "stolen-property", "traffic-stop",\n   "warrant-service"].contains(context.purpose)\n};\n\n@id("analysis-of-incidents")',
         '["criminal-investigation", "crime-analysis", "missing-person", "stolen-property", "traffic-stop",\n   "warrant-service"].contains(context.purpose)\n};\n\n@id("analysis-of-incidents")'),
    ),
    protection(
        4, "forms of civil immigration are no case", "test_what_is_no_external_case",
        (CASES, "    if form := civil_form_in(plain):", "    if (form := civil_form_in(plain)) and False:"),
    ),
    protection(
        4, "the offense is one of the list", "test_what_is_no_external_case",
        (CASES, "    example = city().formats.offense_code_example\n", "    return code\n    example = city().formats.offense_code_example\n"),
    ),
    protection(
        4, "a sponsor is named", "test_what_is_no_external_case",
        (CASES, "    if not 0 < len(sponsor) <= LONGEST_HANDLE:", "    if False:"),
    ),
    protection(
        6, "the person behind an integration is decided",
        "test_an_order_reaches_the_human_behind_an_integration_and_the_integration_before_a_human",
        (CONSIDERED, TIES, TIES.replace("[requester, carrier]", "[carrier or requester]")),
    ),
    protection(
        6, "the integration before a person is decided",
        "test_an_order_reaches_the_human_behind_an_integration_and_the_integration_before_a_human",
        (CONSIDERED, TIES, TIES.replace("[requester, carrier]", "[requester]")),
    ),
    protection(
        11, "an integration without its person is refused", "test_an_integration_carries_its_human_or_is_refused",
        (CONSIDERED, "        return NO_HUMAN if requester.is_integration else None\n", "        return None\n"),
    ),
    protection(
        11, "neither an integration nor a machine is a person", "test_an_integration_carries_its_human_or_is_refused",
        (CONSIDERED, "not carrier.is_integration or requester.is_integration or requester.machine_purpose:", "not carrier.is_integration:"),
    ),
    protection(
        11, "nobody but an integration carries another: where agencies are named, and where a fault is",
        "test_an_integration_carries_its_human_or_is_refused",
        (CONSIDERED, "    if inquiry.through and (carrier is None or not carrier.is_integration):", "    if False:"),
        (CONSIDERED, "not carrier.is_integration or requester.is_integration or", "requester.is_integration or"),
    ),
    protection(
        11, "an integration that is disabled carries nobody", "test_a_disabled_or_lapsed_integration_carries_nobody",
        (CONSIDERED, "    return first_fault(carrier, agencies, moment)\n", "    return None\n"),
    ),
    protection(
        11, "an integration is certified like a person", "test_a_disabled_or_lapsed_integration_carries_nobody",
        (RULES, "for one in (requester, carrier) if one)", "for one in (requester,) if one)"),
    ),
    protection(
        11, "the entry has the integration", "test_the_entry_names_the_human_and_the_integration",
        ("access/gate/entries.py", '"through": inquiry.through or ""}', '"through": ""}'),
    ),
    protection(
        11, "the entry has the person", "test_the_entry_names_the_human_and_the_integration",
        ("access/gate/entries.py", "        officer=asked.officer,\n", "        officer=inquiry.through or asked.officer,\n"),
    ),
    protection(
        12, "a search for a person names an open case", "test_stopped",
        (CEDAR, ") unless { context.groundOpen };", ') unless { context.groundOpen || context.purpose == "criminal-investigation" };'),
    ),
    protection(
        12, "a case that is named exists and is open", "test_stopped",
        (CEDAR, "when { context.groundNamed && !context.groundOpen };", "when { context.groundNamed && !context.groundNamed };"),
    ),
]  # fmt: skip
