"""The shapes of requests and answers, as OpenAPI describes them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from ninja import Field, Schema


class ReceiptSchema(Schema):
    """Where the answer stands in the log: entry number and leaf hash."""

    entry: int
    leaf: str


class SearchQuery(Schema):
    """What a search asks for, why, and on which ground."""

    q: str = Field("", max_length=200, description="name and year of birth, plate, RD number or block")
    purpose: str = Field(
        ..., max_length=60, description="one of the purposes, such as criminal-investigation"
    )
    case: str | None = Field(
        None, max_length=30, description="number of an open case, dispatch event or warrant"
    )
    on_behalf_of: str | None = Field(
        None, max_length=200, description="path of the agency that gets the answer"
    )
    limit: int = Field(50, ge=1, le=50)


class ViewQuery(Schema):
    """Why a record is opened, and on which ground."""

    purpose: str = Field(..., max_length=60)
    case: str | None = Field(None, max_length=30)
    on_behalf_of: str | None = Field(None, max_length=200)


class ExplainQuery(ViewQuery):
    """An act to be explained without doing it."""

    action: str = Field(..., max_length=40, description="such as person.search")


class PersonSchema(Schema):
    """A person in a list of results."""

    id: UUID
    name: str
    birth_date: date | None
    sex: str
    height_inches: int | None
    weight_pounds: int | None
    hair: str
    eyes: str
    other_names: list[str]
    home_address: str | None


class IncidentSchema(Schema):
    """An incident in a list of results."""

    id: UUID
    rd_number: str
    occurred: datetime
    block: str
    location: str
    beat: str
    district: str
    community_area: int | None
    iucr: str
    offense: str
    arrest_made: bool
    domestic: bool


class VehicleSchema(Schema):
    """A vehicle."""

    id: UUID
    plate: str
    plate_state: str
    year: int | None
    make: str
    model: str
    color: str
    stolen: bool
    keeper: UUID | None


class PeopleFound(Schema):
    """People that a search found."""

    results: list[PersonSchema]
    count: int
    receipt: ReceiptSchema


class IncidentsFound(Schema):
    """Incidents that a search found."""

    results: list[IncidentSchema]
    count: int
    receipt: ReceiptSchema


class VehiclesFound(Schema):
    """Vehicles that a search found."""

    results: list[VehicleSchema]
    count: int
    receipt: ReceiptSchema


class OneRecord(Schema):
    """One record with everything around it that the asker may see."""

    result: dict[str, Any]
    receipt: ReceiptSchema


class Explanation(Schema):
    """How an act would be decided for the asker, and by which rules."""

    allowed: bool
    rules: list[dict[str, str]]
    agencies: list[str]
    hidden_labels: dict[str, list[str]]
    hidden_fields: dict[str, list[str]]
    epoch: int
    receipt: ReceiptSchema


class Problem(Schema):
    """Why there is no answer (RFC 9457)."""

    title: str
    status: int
    detail: str | None = None
    rule_ids: list[str] | None = None
    because: str | None = None
    source: str | None = None
    next_step: str | None = None
