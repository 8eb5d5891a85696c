"""The arguments of the verbs on records: import, seal, labels."""

from pathlib import Path

from openclear.cli.verb import Verbs, new_verb, with_json

_ACTS = "openclear.cli.records.acts"


def register(verbs: Verbs) -> None:
    """Add the verbs that import, seal and label records."""
    bring = new_verb(verbs, "import", _ACTS, "import_records", "Import a file of records.")
    bring.add_argument(
        "source",
        help="beats, community-areas, districts, wards, or one of the mappings of your city's profile (its folder imports)",
    )
    bring.add_argument("file", type=Path)
    bring.add_argument("--valid-from", metavar="DAY", help="first day of these boundaries")
    bring.add_argument("--code", metavar="PROPERTY", help="property of the boundaries with their code")
    with_json(bring)
    seal = new_verb(verbs, "seal", _ACTS, "seal", "Seal or expunge one record, as a court ordered.")
    seal.add_argument("kind", help="kind of record: person, incident, arrest, vehicle, property or case")
    seal.add_argument("record", help="id of the record")
    seal.add_argument("--court-order", required=True, help="number and date of the court's order")
    seal.add_argument("--expunge", action="store_true", help="hidden from everyone, even records staff")
    seal.add_argument("--by", default=None, metavar="OFFICER", help="records clerk")
    labels = new_verb(
        verbs,
        "labels",
        _ACTS,
        "labels",
        "List offenses that no table of handling labels decides; relabel all records.",
    )
    labels.add_argument("what", choices=["list", "apply"])
    labels.add_argument("--by", default=None, metavar="OFFICER", help="records clerk")
    with_json(labels)
