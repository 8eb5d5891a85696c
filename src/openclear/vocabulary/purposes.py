"""Why a requester asks: a closed list. Free text is a note, never a purpose."""

from enum import StrEnum

from openclear.vocabulary.errors import WrongUsage


class Purpose(StrEnum):
    """The purposes that a request can state.

    CIVIL_IMMIGRATION_ENFORCEMENT is on the list so that it can be stated and refused: no rule
    permits it, for anyone (the city's profile names the law).
    """

    ACCESS_ADMINISTRATION = "access-administration"
    CIVIL_IMMIGRATION_ENFORCEMENT = "civil-immigration-enforcement"
    CRIME_ANALYSIS = "crime-analysis"
    CRIMINAL_INVESTIGATION = "criminal-investigation"
    DISPATCH_RESPONSE = "dispatch-response"
    MISSING_PERSON = "missing-person"
    OVERSIGHT_REVIEW = "oversight-review"
    OWN_ACCOUNT = "own-account"
    PUBLIC_RELEASE = "public-release"
    RECORDS_MAINTENANCE = "records-maintenance"
    STOLEN_PROPERTY = "stolen-property"
    TRAFFIC_STOP = "traffic-stop"
    WARRANT_SERVICE = "warrant-service"


POLICE_WORK = (
    Purpose.CRIMINAL_INVESTIGATION,
    Purpose.DISPATCH_RESPONSE,
    Purpose.MISSING_PERSON,
    Purpose.STOLEN_PROPERTY,
    Purpose.TRAFFIC_STOP,
    Purpose.WARRANT_SERVICE,
)


def named_purpose(text: str) -> Purpose | None:
    """Return the purpose that `text` names, as `purpose_of` reads it, or None."""
    try:
        return purpose_of(text)
    except WrongUsage:
        return None


def purpose_of(text: str) -> Purpose:
    """Return the purpose that `text` names; case, spaces and underscores do not matter.

    Raises WrongUsage if the list has no such purpose.
    """
    word = "-".join(text.strip().lower().replace("_", " ").replace("-", " ").split())
    try:
        return Purpose(word)
    except ValueError:
        names = ", ".join(Purpose)
        message = f"Name the purpose of your search, one of: {names}."
        raise WrongUsage(message) from None
