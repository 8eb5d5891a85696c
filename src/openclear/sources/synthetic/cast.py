"""The cast of demo, documentation and tests: agencies, agreements and people. All of them are invented."""

from datetime import date, timedelta

from openclear.access.registry.commands import NewAgency, NewOfficer
from openclear.vocabulary import clock
from openclear.vocabulary.purposes import Purpose

CERTIFIED_UNTIL = clock.today() + timedelta(days=365)
AGREEMENT_SIGNED, AGREEMENT_ENDS = date(2015, 1, 1), date(2099, 12, 31)

HOST_AGENCIES = (
    NewAgency("il", "State of Illinois", "state"),
    NewAgency("il.chicago", "City of Chicago", "city"),
    NewAgency("il.chicago.pd", "Chicago Police Department", "city", ("ILCPD0000",)),
    NewAgency("il.chicago.oig", "Office of Inspector General", "oversight"),
)
OTHER_AGENCIES = (
    NewAgency("il.chicago.clerk", "City Clerk", "city"),
    NewAgency("il.isp", "Illinois State Police", "state"),
    NewAgency("il.cook", "Cook County", "county"),
    NewAgency("il.cook.sheriff", "Cook County Sheriff", "county"),
    NewAgency("il.oaklawn", "Village of Oak Lawn", "city"),
    NewAgency("il.oaklawn.pd", "Oak Lawn Police Department", "city"),
    NewAgency("us", "United States", "federal"),
    NewAgency("us.doj", "Department of Justice", "federal"),
    NewAgency("us.doj.fbi", "Federal Bureau of Investigation", "federal"),
    NewAgency("us.doj.atf", "Bureau of Alcohol, Tobacco, Firearms and Explosives", "federal"),
    NewAgency("us.doj.dea", "Drug Enforcement Administration", "federal"),
    NewAgency("us.doj.usms", "United States Marshals Service", "federal"),
    NewAgency("us.dhs", "Department of Homeland Security", "federal"),
    NewAgency("us.dhs.ice", "Immigration and Customs Enforcement", "federal"),
    NewAgency("us.dhs.ice.ero", "ICE Enforcement and Removal Operations", "federal"),
    NewAgency("us.dhs.ice.hsi", "ICE Homeland Security Investigations", "federal"),
    NewAgency("us.dhs.cbp", "Customs and Border Protection", "federal"),
    NewAgency("us.dhs.uscis", "Citizenship and Immigration Services", "federal"),
    NewAgency("us.dhs.ia", "Office of Intelligence and Analysis", "federal"),
)
AGREEMENTS = (
    ("il.isp", "AGR-ISP-01"),
    ("il.cook.sheriff", "AGR-COOK-01"),
    ("il.oaklawn.pd", "AGR-OAKLAWN-01"),
    ("us.doj", "AGR-DOJ-01"),
    ("us.dhs", "AGR-DHS-01"),
)


def _person(handle: str, name: str, title: str, roles: str, *agencies: str) -> NewOfficer:
    kinds = ["employer", *["task-force"] * (len(agencies) - 1)]
    ties = tuple(zip(agencies, kinds, strict=True))
    return NewOfficer(
        handle, name, title, tuple(roles.split()), ties, CERTIFIED_UNTIL, mail=f"{handle}@demo.example",
        since=AGREEMENT_SIGNED,
    )  # fmt: skip


def _machine(handle: str, title: str, role: str, purpose: Purpose) -> NewOfficer:
    ties = (("il.chicago.pd", "employer"),)
    return NewOfficer(
        handle,
        f"Machine account {handle}",
        title,
        (role,),
        ties,
        CERTIFIED_UNTIL,
        purpose,
        since=AGREEMENT_SIGNED,
    )


# A program of a partner agency: it must say which person it acts for, with every request.
INTEGRATION = NewOfficer(
    "crossroads", "Crossroads, integration of Cook County", "Regional search", ("officer",),
    (("il.cook.sheriff", "employer"),), CERTIFIED_UNTIL, since=AGREEMENT_SIGNED, is_integration=True,
)  # fmt: skip


FOUNDERS = (
    _person("novak", "Irena Novak", "Access administrator", "access-administrator", "il.chicago.pd"),
    _person("adler", "Ruth Adler", "General counsel", "approver", "il.chicago.pd"),
    _machine("importer", "Brings records in", "records", Purpose.RECORDS_MAINTENANCE),
    _machine("publisher", "Writes the public log out", "publisher", Purpose.PUBLIC_RELEASE),
)
CAST = (
    _person("rivera", "Elena Rivera", "Officer, beat 1124", "officer", "il.chicago.pd"),
    _person("brandt", "Thomas Brandt", "Detective, gang unit", "officer detective", "il.chicago.pd"),
    _person("whitfield", "Denise Whitfield", "Sergeant", "officer supervisor", "il.chicago.pd"),
    _person("chen", "Amy Chen", "Analyst", "analyst", "il.chicago.pd"),
    _person("osei", "Kofi Osei", "Records clerk", "records", "il.chicago.pd"),
    _person("okafor", "Grace Okafor", "Inspector general", "inspector-general", "il.chicago.oig"),
    _person("hale", "Martin Hale", "Trooper, Illinois State Police", "officer", "il.isp"),
    _person("lund", "Peter Lund", "Deputy, Cook County Sheriff", "officer", "il.cook.sheriff"),
    _person("marsh", "Carol Marsh", "Officer, Oak Lawn PD", "officer", "il.oaklawn.pd"),
    _person("frost", "Daniel Frost", "Agent, FBI", "officer", "us.doj.fbi"),
    _person("quill", "Laura Quill", "Agent, ATF", "officer", "us.doj.atf"),
    _person("soto", "Ramon Soto", "Agent, DEA", "officer", "us.doj.dea"),
    _person("ives", "Gordon Ives", "Agent, ICE/ERO", "officer", "us.dhs.ice.ero"),
    _person("kerr", "Julia Kerr", "Agent, ICE/HSI, detailed to an FBI task force", "officer",
            "us.dhs.ice.hsi", "us.doj.fbi"),
    _person("tran", "Minh Tran", "Officer, CBP", "officer", "us.dhs.cbp"),
    INTEGRATION,
)  # fmt: skip
