"""Tables of the warehouse. Every row says whence it came, who owns it and how it must be handled.

No column for immigration status, citizenship or country of birth exists here, and none may be added:
what is not stored cannot be shared (tests/architecture looks at every column).
"""

from typing import Any, ClassVar

from django.db import models

from openclear.records.keeping import Boundary, ChangedMonth, LabelTable, Sealing
from openclear.records.record import ForAgency, Record, RowsWithin

__all__ = [
    "Address",
    "Arrest",
    "Boundary",
    "Case",
    "CaseShare",
    "ChangedMonth",
    "Charge",
    "Identifier",
    "Incident",
    "Involvement",
    "LabelTable",
    "NameWord",
    "Offense",
    "Person",
    "PersonName",
    "Sealing",
    "ShareRequest",
    "Vehicle",
]  # fmt: skip


class Person(Record):
    """A person whom the department has dealt with. `family` and `given` are of the main name."""

    family = models.CharField(max_length=80)
    given = models.CharField(max_length=80)
    birth_date = models.DateField(null=True, blank=True)
    sex = models.CharField(max_length=1, blank=True)
    height_inches = models.PositiveSmallIntegerField(null=True, blank=True)
    weight_pounds = models.PositiveSmallIntegerField(null=True, blank=True)
    hair = models.CharField(max_length=20, blank=True)
    eyes = models.CharField(max_length=20, blank=True)
    marks = models.CharField(max_length=200, blank=True)
    home_address = models.CharField(max_length=120, blank=True)

    def __str__(self) -> str:
        """Return the id, nothing that names the person."""
        return f"person {self.id}"


class PersonName(Record):
    """A name that a person is known by: legal, alias, nickname, as misspelled in a report."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="names")
    kind = models.CharField(max_length=12)
    family = models.CharField(max_length=80, blank=True)
    given = models.CharField(max_length=80, blank=True)

    def __str__(self) -> str:
        """Return the id."""
        return f"name {self.id}"


class NameWord(models.Model):
    """One word of one name, normalised, and how it sounds (Metaphone): what a name search looks up."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="words")
    name = models.ForeignKey(PersonName, on_delete=models.CASCADE, related_name="words")
    word = models.CharField(max_length=80)
    sound = models.CharField(max_length=80)
    labels = models.IntegerField(default=0)

    objects: ClassVar[Any] = RowsWithin.as_manager()

    class Meta:
        """A word leads to people; so does a sound."""

        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["word", "person", "labels"], name="words_by_spelling"),
            models.Index(fields=["sound", "person", "labels"], name="words_by_sound"),
        ]

    def __str__(self) -> str:
        """Return the id."""
        return f"word {self.pk}"


class Identifier(Record):
    """A number that names a person: IR number, state identification number, driver's licence."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="identifiers")
    kind = models.CharField(max_length=20)
    value = models.CharField(max_length=40, db_index=True)

    def __str__(self) -> str:
        """Return the id."""
        return f"identifier {self.id}"


class Address(Record):
    """Where a person lives, lived or works, and from when to when."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="addresses")
    kind = models.CharField(max_length=12)
    line = models.CharField(max_length=120)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        """Return the id."""
        return f"address {self.id}"


class Incident(Record):
    """An incident under its RD number. The portal gives one row per victim of a murder: RD is no key."""

    rd_number = models.CharField(max_length=12, blank=True, db_index=True)
    occurred = models.DateTimeField(db_index=True)
    block = models.CharField(max_length=80, db_index=True)
    location = models.CharField(max_length=80, blank=True)
    beat = models.CharField(max_length=4, blank=True)
    district = models.CharField(max_length=3, blank=True)
    ward = models.PositiveSmallIntegerField(null=True, blank=True)
    community_area = models.PositiveSmallIntegerField(null=True, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    x_coordinate = models.IntegerField(null=True, blank=True)
    y_coordinate = models.IntegerField(null=True, blank=True)
    arrest_made = models.BooleanField(default=False)
    domestic = models.BooleanField(default=False)
    narrative = models.TextField(blank=True)

    def __str__(self) -> str:
        """Return the RD number."""
        return f"RD {self.rd_number}"


class Offense(Record):
    """One offense of an incident: IUCR code and words, FBI code, NIBRS code where the mapping knows it."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="offenses")
    iucr = models.CharField(max_length=4, blank=True)
    primary_type = models.CharField(max_length=60)
    description = models.CharField(max_length=80)
    fbi_code = models.CharField(max_length=4, blank=True)
    nibrs = models.CharField(max_length=4, blank=True)

    def __str__(self) -> str:
        """Return the code."""
        return f"IUCR {self.iucr}"


class Involvement(Record):
    """A person's part in an incident: victim, witness, suspect, arrestee, reporting party."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="involvements")
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="involvements")
    role = models.CharField(max_length=20)

    def __str__(self) -> str:
        """Return the role."""
        return self.role


class Arrest(Record):
    """An arrest under its CB (central booking) number."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="arrests")
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="arrests")
    cb_number = models.CharField(max_length=12, db_index=True)
    made = models.DateTimeField()
    beat = models.CharField(max_length=4, blank=True)

    def __str__(self) -> str:
        """Return the CB number."""
        return f"CB {self.cb_number}"


class Charge(Record):
    """One charge of an arrest: statute and words."""

    arrest = models.ForeignKey(Arrest, on_delete=models.CASCADE, related_name="charges")
    statute = models.CharField(max_length=40)
    description = models.CharField(max_length=120)
    grade = models.CharField(max_length=20, blank=True)

    def __str__(self) -> str:
        """Return the statute."""
        return self.statute


class Vehicle(Record):
    """A vehicle; `plate` is normalised (letters and digits alone)."""

    plate = models.CharField(max_length=10, db_index=True)
    plate_state = models.CharField(max_length=2)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    make = models.CharField(max_length=30)
    model = models.CharField(max_length=30)
    color = models.CharField(max_length=20)
    keeper = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="vehicles"
    )
    stolen = models.BooleanField(default=False)

    def __str__(self) -> str:
        """Return the id."""
        return f"vehicle {self.id}"


class Case(Record):
    """A case, dispatch event or warrant that a search can name as its ground.

    A partner's own case is registered here first (kind `external`): its number there, its offense, and the sponsor of
    this department who confirms it; until then it is no ground.
    """

    number = models.CharField(max_length=30, unique=True)
    kind = models.CharField(max_length=12)
    title = models.CharField(max_length=120)
    opened = models.DateField()
    closed = models.DateField(null=True, blank=True)
    incident = models.ForeignKey(
        Incident, on_delete=models.SET_NULL, null=True, blank=True, related_name="cases"
    )
    registered_by = models.CharField(max_length=40, blank=True)
    sponsor = models.CharField(max_length=40, blank=True, db_index=True)
    confirmed = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        """Return the number."""
        return self.number


class CaseShare(ForAgency):
    """A case that was shared with another agency, and all below it."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="shares")
    shared_by = models.CharField(max_length=40)
    since = models.DateField()

    class Meta:
        """A case is shared with an agency once."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case", "agency"], name="share_once_per_agency")
        ]


class ShareRequest(ForAgency):
    """A case that an officer of its department asks to share; gone when another one approves it or turns it down."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="share_requests")
    asked_by = models.CharField(max_length=40)
    asked = models.DateTimeField()

    class Meta:
        """It is asked for once for each agency."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case", "agency"], name="ask_once_per_agency")
        ]
