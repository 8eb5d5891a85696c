"""The tables of the warehouse, as the first release has them."""

from uuid import uuid4

from django.db import migrations, models

from openclear.records.record import OfPartners, host_agency

NUMBER = {"auto_created": True, "primary_key": True, "serialize": False, "verbose_name": "ID"}


def record(name, *columns):
    """Return the table of one kind of row, with the columns, constraint and index that every Record has."""
    shared = [
        ("id", models.UUIDField(default=uuid4, editable=False, primary_key=True, serialize=False)),
        ("source", models.CharField(max_length=30)),
        ("source_id", models.CharField(max_length=40)),
        ("revision", models.CharField(blank=True, max_length=40)),
        ("owner_agency", models.CharField(default=host_agency, max_length=200)),
        ("labels", models.IntegerField(default=0)),
    ]
    once = models.UniqueConstraint(fields=("source", "source_id"), name=f"{name.lower()}_once_per_source")
    options = {"constraints": [once], "indexes": [OfPartners(name=f"{name.lower()}_of_partners")]}
    return migrations.CreateModel(name=name, fields=[*shared, *columns], options=options)


def table(name, *columns, **options):
    """Return a table whose rows are numbered."""
    return migrations.CreateModel(
        name=name, fields=[("id", models.BigAutoField(**NUMBER)), *columns], options=options
    )


def part_of(model, related_name):
    """Return the column of a row that goes with the row it points at."""
    return models.ForeignKey(f"records.{model}", models.CASCADE, related_name=related_name)


def named_by(model, related_name):
    """Return the column of a row that may name another, and outlives it."""
    return models.ForeignKey(
        f"records.{model}", models.SET_NULL, related_name=related_name, blank=True, null=True
    )


INCIDENTS = [
    record(
        "Incident",
        ("rd_number", models.CharField(blank=True, db_index=True, max_length=20)),
        ("occurred", models.DateTimeField(db_index=True)),
        ("block", models.CharField(db_index=True, max_length=80)),
        ("location", models.CharField(blank=True, max_length=80)),
        ("beat", models.CharField(blank=True, max_length=12)),
        ("district", models.CharField(blank=True, max_length=12)),
        ("ward", models.PositiveSmallIntegerField(blank=True, null=True)),
        ("community_area", models.PositiveSmallIntegerField(blank=True, null=True)),
        ("latitude", models.FloatField(blank=True, null=True)),
        ("longitude", models.FloatField(blank=True, null=True)),
        ("x_coordinate", models.IntegerField(blank=True, null=True)),
        ("y_coordinate", models.IntegerField(blank=True, null=True)),
        ("arrest_made", models.BooleanField(null=True, blank=True)),
        ("domestic", models.BooleanField(default=False)),
        ("narrative", models.TextField(blank=True)),
    ),
    record(
        "Offense",
        ("iucr", models.CharField(blank=True, max_length=12)),
        ("primary_type", models.CharField(max_length=60)),
        ("description", models.CharField(max_length=80)),
        ("fbi_code", models.CharField(blank=True, max_length=4)),
        ("nibrs", models.CharField(blank=True, max_length=4)),
        ("incident", part_of("incident", "offenses")),
    ),
]

PEOPLE = [
    record(
        "Person",
        ("family", models.CharField(max_length=80)),
        ("given", models.CharField(max_length=80)),
        ("birth_date", models.DateField(blank=True, null=True)),
        ("sex", models.CharField(blank=True, max_length=1)),
        ("height_inches", models.PositiveSmallIntegerField(blank=True, null=True)),
        ("weight_pounds", models.PositiveSmallIntegerField(blank=True, null=True)),
        ("hair", models.CharField(blank=True, max_length=20)),
        ("eyes", models.CharField(blank=True, max_length=20)),
        ("marks", models.CharField(blank=True, max_length=200)),
        ("home_address", models.CharField(blank=True, max_length=120)),
    ),
    record(
        "PersonName",
        ("kind", models.CharField(max_length=12)),
        ("family", models.CharField(blank=True, max_length=80)),
        ("given", models.CharField(blank=True, max_length=80)),
        ("person", part_of("person", "names")),
    ),
    table(
        "NameWord",
        ("word", models.CharField(max_length=80)),
        ("sound", models.CharField(max_length=80)),
        ("labels", models.IntegerField(default=0)),
        ("person", part_of("person", "words")),
        ("name", part_of("personname", "words")),
        indexes=[
            models.Index(fields=["word", "person", "labels"], name="words_by_spelling"),
            models.Index(fields=["sound", "person", "labels"], name="words_by_sound"),
        ],
    ),
    record(
        "Address",
        ("kind", models.CharField(max_length=12)),
        ("line", models.CharField(max_length=120)),
        ("since", models.DateField(blank=True, null=True)),
        ("until", models.DateField(blank=True, null=True)),
        ("person", part_of("person", "addresses")),
    ),
    record(
        "Identifier",
        ("kind", models.CharField(max_length=20)),
        ("value", models.CharField(db_index=True, max_length=40)),
        ("person", part_of("person", "identifiers")),
    ),
    record(
        "Involvement",
        ("role", models.CharField(max_length=20)),
        ("incident", part_of("incident", "involvements")),
        ("person", part_of("person", "involvements")),
    ),
]

ARRESTS = [
    record(
        "Arrest",
        ("cb_number", models.CharField(db_index=True, max_length=12)),
        ("made", models.DateTimeField()),
        ("beat", models.CharField(blank=True, max_length=12)),
        ("incident", part_of("incident", "arrests")),
        ("person", part_of("person", "arrests")),
    ),
    record(
        "Charge",
        ("statute", models.CharField(max_length=40)),
        ("description", models.CharField(max_length=120)),
        ("grade", models.CharField(blank=True, max_length=20)),
        ("arrest", part_of("arrest", "charges")),
    ),
]

THINGS = [
    record(
        "Vehicle",
        ("plate", models.CharField(db_index=True, max_length=10)),
        ("plate_state", models.CharField(max_length=2)),
        ("year", models.PositiveSmallIntegerField(blank=True, null=True)),
        ("make", models.CharField(max_length=30)),
        ("model", models.CharField(max_length=30)),
        ("color", models.CharField(max_length=20)),
        ("stolen", models.BooleanField(default=False)),
        ("registered_owner", named_by("person", "vehicles")),
    ),
    record(
        "PropertyItem",
        ("inventory_number", models.CharField(db_index=True, max_length=12)),
        ("description", models.CharField(max_length=200)),
        ("kind", models.CharField(max_length=20)),
        ("serial_number", models.CharField(blank=True, db_index=True, max_length=40)),
        ("value", models.PositiveIntegerField(blank=True, null=True)),
        ("location", models.CharField(blank=True, max_length=80)),
        ("incident", named_by("incident", "property")),
        ("owner", named_by("person", "property")),
    ),
]

CASES = [
    record(
        "Case",
        ("number", models.CharField(max_length=30, unique=True)),
        ("kind", models.CharField(max_length=12)),
        ("title", models.CharField(max_length=120)),
        ("opened", models.DateField()),
        ("closed", models.DateField(blank=True, null=True)),
        ("registered_by", models.CharField(blank=True, max_length=40)),
        ("sponsor", models.CharField(blank=True, db_index=True, max_length=40)),
        ("confirmed", models.DateField(blank=True, null=True)),
        ("incident", named_by("incident", "cases")),
    ),
    table(
        "CaseShare",
        ("agency", models.CharField(db_index=True, max_length=200)),
        ("shared_by", models.CharField(max_length=40)),
        ("since", models.DateField()),
        ("case", part_of("case", "shares")),
        constraints=[models.UniqueConstraint(fields=("case", "agency"), name="share_once_per_agency")],
    ),
    table(
        "ShareRequest",
        ("agency", models.CharField(db_index=True, max_length=200)),
        ("asked_by", models.CharField(max_length=40)),
        ("asked", models.DateTimeField()),
        ("case", part_of("case", "share_requests")),
        constraints=[models.UniqueConstraint(fields=("case", "agency"), name="ask_once_per_agency")],
    ),
]

STOPS = [
    migrations.CreateModel(
        name="Stop",
        fields=[
            ("id", models.UUIDField(default=uuid4, editable=False, primary_key=True, serialize=False)),
            ("number", models.CharField(max_length=30, unique=True)),
            ("kind", models.CharField(max_length=4)),
            ("officer", models.CharField(db_index=True, max_length=40)),
            ("place", models.CharField(max_length=120)),
            ("plate", models.CharField(blank=True, max_length=10)),
            ("opened", models.DateTimeField(db_index=True)),
            ("until", models.DateTimeField()),
            ("ended", models.DateTimeField(blank=True, null=True)),
            ("outcome", models.CharField(blank=True, max_length=200)),
            ("asked", models.PositiveSmallIntegerField(default=0)),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(
                    fields=("officer",), condition=models.Q(ended=None), name="one_stop_at_a_time"
                )
            ]
        },
    ),
    table(
        "StopPerson",
        ("stop", part_of("stop", "people")),
        ("person", part_of("person", "+")),
        constraints=[models.UniqueConstraint(fields=("stop", "person"), name="person_once_at_a_stop")],
    ),
]

KEEPING = [
    table(
        "Boundary",
        ("kind", models.CharField(max_length=20)),
        ("code", models.CharField(max_length=6)),
        ("name", models.CharField(blank=True, max_length=80)),
        ("valid_from", models.DateField()),
        ("valid_to", models.DateField(blank=True, null=True)),
        ("shape", models.JSONField()),
        constraints=[models.UniqueConstraint(fields=("kind", "code", "valid_from"), name="boundary_once")],
    ),
    table(
        "ChangedMonth",
        ("month", models.DateField()),
        ("reader", models.CharField(max_length=12)),
        ("incident", models.UUIDField(null=True)),
    ),
    table("LabelTable", ("codes", models.TextField()), ("wordings", models.TextField())),
    table(
        "Sealing",
        ("kind", models.CharField(max_length=10)),
        ("record", models.UUIDField()),
        ("label", models.IntegerField()),
        ("court_order", models.CharField(max_length=80)),
        ("by", models.CharField(max_length=40)),
        ("begun", models.DateTimeField()),
        ("done", models.BooleanField(default=False)),
    ),
]


class Migration(migrations.Migration):
    """Every table of the warehouse; those that point at others come after them."""

    initial = True
    dependencies = []
    operations = [*INCIDENTS, *PEOPLE, *ARRESTS, *THINGS, *CASES, *STOPS, *KEEPING]
