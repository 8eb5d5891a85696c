"""The schemas of requests and answers in OpenAPI, with examples from the invented city."""

from typing import Annotated, Any
from uuid import UUID

from ninja import Field, Path, Schema

from openclear.vocabulary.grants import LONGEST_CASE

# A number or an id.
CaseName = Annotated[str, Path(max_length=LONGEST_CASE, examples=["CZ-2026-000120"])]
RecordId = Annotated[UUID, Field(examples=["0b8f3c1e-6f0f-5a51-9a3a-3f1f6a7d2c11"])]


class ReceiptSchema(Schema):
    """Where the answer is in the log: entry number and leaf hash."""

    entry: int = Field(..., examples=[1042])
    leaf: str = Field(..., examples=["9f2c" * 16])


class RefusalReceiptSchema(Schema):
    """The token of the entry of a refusal or mistake: oversight can look it up at once, anyone after publication."""

    token: str = Field(..., examples=["9f2c" * 16])


class Asked(Schema):
    """Why the requester asks, and on which case."""

    purpose: str = Field(
        ..., max_length=60, description="one of the purposes", examples=["criminal-investigation"]
    )
    case: str | None = Field(
        None,
        max_length=LONGEST_CASE,
        description="number of an open case, dispatch event or warrant, or its id as /cases lists it",
        examples=["CZ-2026-000120"],
    )
    on_behalf_of: str | None = Field(
        None,
        max_length=200,
        description="path of the agency that gets the answer, if it is another",
        examples=["us.doj.fbi"],
    )


class SearchQuery(Asked):
    """The parameters of a search.

    `page`: taken from the `Link` of the previous page; valid only for the same requester and search.
    """

    q: str = Field("", max_length=200, description="search words", examples=["smyth jon 1985"])
    limit: int = Field(50, ge=1, le=50)
    page: str = Field("", max_length=400)


class ViewQuery(Asked):
    """Why a record is opened, and on which case."""


class ReasonSchema(Schema):
    """Why a row was found: what was asked, what matched, and whether that is another name of the person."""

    code: str = Field(..., examples=["sounds"])
    asked: str = Field(..., examples=["kowalsky"])
    found: str = Field(..., examples=["Kowalski"])
    alias: bool


class FoundRow(Schema):
    """What every result has besides its own fields: why it was found."""

    reasons: list[ReasonSchema]


class Found(Schema):
    """What every search returns: the number of rows that the requester may see, and the receipt.

    If there are more results, the header `Link` has the address of the next page.
    """

    count: int = Field(..., examples=[1])
    unrecorded: dict[str, int] | None = Field(
        None,
        description="by field, how many more match otherwise but have nothing recorded where the search asks for it",
        examples=[{"birth_date": 2}],
    )
    hint: str | None = Field(
        None, description="if nothing was found: by what this kind is found", examples=["Nothing was found."]
    )
    receipt: ReceiptSchema


class OneRecord(Schema):
    """One record with everything related that the requester may see."""

    result: dict[str, Any]
    receipt: ReceiptSchema


class Problem(Schema):
    """Why there is no answer (RFC 9457)."""

    title: str = Field(..., examples=["Refused"])
    status: int = Field(..., examples=[403])
    detail: str | None = None
    rule_ids: list[str] | None = Field(None, examples=[["cut-off:2026-001"]])
    because: str | None = Field(None, examples=["Access of us.dhs.ice is cut off"])
    source: str | None = Field(None, examples=["Mayor's order of 10 July 2019"])
    next_step: str | None = None
    receipt: RefusalReceiptSchema | None = None
