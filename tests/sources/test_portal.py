"""The city's published crimes: every form that they come in, and what they do wrong."""

import csv
import gzip
import json
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclear.audit.models import Entry
from openclear.cli.main import main
from openclear.records.incidents.models import Incident, Offense
from openclear.sources.crimes.forbidden import FORBIDDEN, column_name
from openclear.sources.crimes.mapping import columns_of
from openclear.sources.crimes.parse import parse_row
from openclear.sources.errors import BadValue
from openclear.vocabulary.labels import Label

CRIMES = columns_of("chicago-crimes")
HEADING = [
    "ID", "Case Number", "Date", "Block", "IUCR", "Primary Type", "Description", "Location Description", "Arrest",
    "Domestic", "Beat", "District", "Ward", "Community Area", "FBI Code", "X Coordinate", "Y Coordinate", "Year",
    "Updated On", "Latitude", "Longitude", "Location",
]  # fmt: skip


NOTHING_ELSE = {"skipped": 0, "complete": True, "dropped_columns": [], "noted": {}}


def row(number, **changes):
    good = {
        "ID": str(number), "Case Number": f"HY{number}"[:8], "Date": "07/10/2019 01:30:00 PM",
        "Block": "035XX S MICHIGAN AVE", "IUCR": "0820", "Primary Type": "THEFT", "Description": "$500 AND UNDER",
        "Location Description": "STREET", "Arrest": "false", "Domestic": "true", "Beat": "0211", "District": "002",
        "Ward": "3", "Community Area": "35", "FBI Code": "06", "X Coordinate": "", "Y Coordinate": "", "Year": "2019",
        "Updated On": "07/17/2019 04:00:00 PM", "Latitude": "41.83", "Longitude": "-87.62", "Location": "(41.83, -87.62)",
    }  # fmt: skip
    return good | changes


def write(path, rows, heading=HEADING):
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, heading, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return path


def bring(path, capsys):
    code = main(["import", "chicago-crimes", str(path), "--json"], lambda: None)
    out = capsys.readouterr()
    told = json.loads(out.out)
    assert told["read"] == sum(told[name] for name in ("inserted", "updated", "unchanged", "rejected"))
    return code, told if code == 0 else out.err


def stored(number):
    return Incident.objects.get(source="chicago-portal", source_id=str(number))


def test_a_file_goes_in_once_and_again_changes_nothing(tmp_path, capsys):
    path = write(tmp_path / "a.csv", [row(900_000 + n) for n in range(30)])
    assert (
        bring(path, capsys)[1]
        == {
            "lines": 30,
            "read": 30,
            "inserted": 30,
            "updated": 0,
            "unchanged": 0,
            "rejected": 0,
            "rejects_file": None,
        }
        | NOTHING_ELSE
    )
    assert bring(path, capsys)[1]["unchanged"] == 30
    incident = stored(900_000)
    offense = Offense.objects.get(incident=incident)
    assert (offense.iucr, offense.nibrs) == ("0820", "23H")
    assert incident.labels == Label.DOMESTIC
    assert incident.occurred.isoformat() == "2019-07-10T18:30:00+00:00"


def test_rows_change_later_and_an_older_file_changes_nothing_back(tmp_path, capsys):
    bring(write(tmp_path / "a.csv", [row(910_000)]), capsys)
    changed = row(
        910_000, **{"Primary Type": "ROBBERY", "Updated On": "08/01/2019 04:00:00 PM", "Arrest": "true"}
    )
    assert bring(write(tmp_path / "b.csv", [changed]), capsys)[1]["updated"] == 1
    assert stored(910_000).arrest_made
    assert bring(write(tmp_path / "a.csv", [row(910_000)]), capsys)[1]["unchanged"] == 1
    assert stored(910_000).arrest_made


def test_of_two_rows_with_one_id_the_newer_counts(tmp_path, capsys):
    newer = row(920_000, **{"Updated On": "08/01/2019 04:00:00 PM", "Block": "001XX N STATE ST"})
    counts = bring(write(tmp_path / "a.csv", [newer, row(920_000)]), capsys)[1]
    assert (counts["read"], counts["inserted"], counts["unchanged"]) == (2, 1, 1)
    assert stored(920_000).block == "001XX N STATE ST"


def test_homicides_are_one_row_per_victim_under_one_rd_number(tmp_path, capsys):
    victims = [row(930_000 + n, **{"Case Number": "HY555555", "IUCR": "0110"}) for n in range(3)]
    assert bring(write(tmp_path / "a.csv", victims), capsys)[1]["inserted"] == 3
    assert Incident.objects.filter(rd_number="HY555555").count() == 3


def test_the_api_the_zip_and_parquet_are_the_same_file(tmp_path, capsys):
    rows = [row(940_000), row(940_001, Latitude="", Longitude="", Location="", Ward="")]
    plain = write(tmp_path / "plain.csv", rows)
    bring(plain, capsys)
    api = [{column_name(name): value for name, value in item.items()} for item in rows]
    for item in api:
        item["date"], item["updated_on"] = "2019-07-10T13:30:00.000", "2019-07-17T16:00:00.000"
    assert bring(write(tmp_path / "api.csv", api, sorted(CRIMES.names)), capsys)[1]["unchanged"] == 2
    zipped = tmp_path / "zipped.csv.gz"
    zipped.write_bytes(gzip.compress(plain.read_bytes()))
    assert bring(zipped, capsys)[1]["unchanged"] == 2
    parquet = tmp_path / "p.parquet"
    duckdb.sql(
        f"COPY (SELECT * FROM read_csv('{plain}', timestampformat='%m/%d/%Y %I:%M:%S %p', types={{'IUCR': 'VARCHAR', 'Beat': 'VARCHAR', 'District': 'VARCHAR', 'FBI Code': 'VARCHAR'}})) TO '{parquet}' (FORMAT parquet)"
    )
    assert (
        bring(parquet, capsys)[1]
        == {
            "lines": 2,
            "read": 2,
            "inserted": 0,
            "updated": 0,
            "unchanged": 2,
            "rejected": 0,
            "rejects_file": None,
        }
        | NOTHING_ELSE
    )


def test_leading_zeros_that_a_spreadsheet_ate_come_back(tmp_path, capsys):
    bring(write(tmp_path / "a.csv", [row(950_000, IUCR="820", Beat="211", District="2")]), capsys)
    incident = stored(950_000)
    assert (incident.beat, incident.district) == ("0211", "002")
    assert Offense.objects.get(incident=incident).iucr == "0820"


def test_what_cannot_be_taken_is_kept_with_line_column_and_reason(tmp_path, capsys):
    rows = [
        row(960_000),
        row("x"),
        row(960_001, Date="yesterday"),
        row(960_002, Latitude="91"),
        row(960_003, Domestic="perhaps"),
        row(960_004, Longitude=""),
    ]
    path = write(tmp_path / "a.csv", rows)
    with path.open("a") as file:
        file.write("960005,too,few\n")
    counts = bring(path, capsys)[1]
    assert (counts["read"], counts["inserted"], counts["rejected"]) == (7, 1, 6)
    with Path(counts["rejects_file"]).open() as file:
        rejects = list(csv.reader(file))[1:]
    assert [(line, column) for line, column, *_ in rejects] == [
        ("3", "id"),
        ("4", "date"),
        ("5", "latitude"),
        ("6", "domestic"),
        ("7", "longitude"),
        ("8", ""),
    ]
    assert "yesterday" in rejects[1]
    assert rejects[5][3:] == []


@pytest.mark.parametrize(
    "heading",
    [
        "Country of Birth",
        "Immigration Status",
        "CITIZENSHIP",
        "birthplace",
        "Alien Number",
        "Birth City",
        "Born In",
        "Place Born",
        "POB",
        "CTZ",
        "Country",
        "Passport Country",
        "A-Number",
        "INS Number",
        "Imm Status",
        "ICE Hold",
        "I-247",
        "USC/LPR",
        "DACA",
        "Green Card",
        "Residency Status",
        "Nacionalidad",
        "Ciudadanía",
        "Lugar de nacimiento",
        "Estatus migratorio",
    ],
)
def test_columns_about_origin_are_dropped_and_that_is_said(tmp_path, capsys, heading):
    path = write(tmp_path / "a.csv", [row(970_000, **{heading: "Ruritania"})], [*HEADING, heading])
    assert main(["import", "chicago-crimes", str(path)], lambda: None) == 0
    assert "was dropped: what is not stored cannot be shared" in capsys.readouterr().out
    assert FORBIDDEN.search(column_name(heading))
    incident = stored(970_000)
    assert "Ruritania" not in str(vars(incident))


@pytest.mark.anywhere
@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"name,age\nx,1\n", "no column id, date"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "is damaged"),
        (b"PAR1 nonsense", "not a readable Parquet"),
        (b"\x1f\x8b\x08\x00 nonsense", "damaged|cannot be read"),
        (None, "cannot be read"),
    ],
)
def test_a_wrong_file_is_one_clear_sentence(tmp_path, capsys, content, sentence):
    path = tmp_path / "wrong"
    if content is not None:
        path.write_bytes(content)
    code, error = bring(path, capsys)
    assert code == 1
    assert len(error.strip().splitlines()) == 1
    assert __import__("re").search(sentence, error), error


def test_a_file_that_breaks_off_keeps_what_came_before_and_says_so(tmp_path, capsys):
    whole = gzip.compress(write(tmp_path / "a.csv", [row(980_000 + n) for n in range(6000)]).read_bytes())
    path = tmp_path / "a.csv.gz"
    path.write_bytes(whole[: len(whole) // 2])
    code, error = bring(path, capsys)
    assert code == 1
    assert "damaged after line" in error
    newest = Entry.objects.using("audit").order_by("-index").first()
    header = json.loads(bytes(newest.header))
    assert (header["kind"], header["decision"]) == ("outcome", "error")
    path.write_bytes(whole)
    counts = bring(path, capsys)[1]
    assert counts["inserted"] + counts["unchanged"] == 6000


@given(st.fixed_dictionaries({name: st.text(max_size=30) for name in sorted(CRIMES.names)}))
def test_any_row_is_taken_or_refused_with_its_column(values):
    try:
        taken = parse_row(values, CRIMES).source_id.isdigit()
    except BadValue as error:
        taken = error.column in CRIMES.names
    assert taken


def test_real_crimes_go_in_whole(data, capsys):
    counts = bring(data / "chicago" / "homicides_2001_2018.csv.gz", capsys)[1]
    assert counts["read"] == 9265 == counts["inserted"] + counts["updated"] + counts["unchanged"]
    assert counts["rejected"] == 0
    assert bring(data / "chicago" / "homicides_2001_2018.csv.gz", capsys)[1]["unchanged"] == 9265


def test_importing_again_never_unseals(tmp_path, capsys):
    path = write(tmp_path / "a.csv", [row(955_000)])
    bring(path, capsys)
    sealed = Label.SEALED | Label.DOMESTIC
    Incident.objects.filter(source_id="955000").update(labels=sealed)
    Offense.objects.filter(source_id="955000").update(labels=sealed)
    assert bring(path, capsys)[1]["unchanged"] == 1
    newer = row(955_000, **{"Updated On": "09/01/2019 04:00:00 PM", "Domestic": "false"})
    assert bring(write(tmp_path / "b.csv", [newer]), capsys)[1]["updated"] == 1
    assert stored(955_000).labels == Label.SEALED
    assert Offense.objects.get(source_id="955000").labels == Label.SEALED


def test_rejects_keep_no_word_about_origin(tmp_path, capsys):
    heading = [*HEADING, "Immigration Status", "Country of Origin", "Remarks"]
    origin = {"Immigration Status": "UNDOCUMENTED", "Country of Origin": "Ruritania", "Remarks": "a note"}
    path = write(tmp_path / "a.csv", [row(956_000, Date="never", **origin), row(956_002)], heading)
    with path.open("a") as file:
        file.write("956001,one too many," * 12 + "UNDOCUMENTED,Ruritania\n")
    text = Path(bring(path, capsys)[1]["rejects_file"]).read_text()
    assert "never" in text
    assert not {"UNDOCUMENTED", "Ruritania", "a note"} & set(text.replace("\n", ",").split(","))


@pytest.mark.parametrize(
    ("column", "value"), [("Ward", "\u00b2"), ("ID", "\u00b2"), ("Beat", "99999"), ("District", "x y")]
)
def test_odd_digits_are_a_reject_and_not_an_end(tmp_path, capsys, column, value):
    counts = bring(write(tmp_path / "a.csv", [row(957_000), row(957_001, **{column: value})]), capsys)[1]
    assert (counts["read"], counts["rejected"]) == (2, 1)


def test_codes_from_a_data_frame_are_the_same_codes(tmp_path, capsys):
    bring(write(tmp_path / "a.csv", [row(958_000)]), capsys)
    floats = row(958_000, Beat="211.0", District="2.0", Ward="3.0")
    assert bring(write(tmp_path / "b.csv", [floats]), capsys)[1]["unchanged"] == 1


@pytest.mark.parametrize("column", ["IUCR", "Description", "Domestic"])
def test_a_file_without_a_column_that_labels_come_from_is_refused(tmp_path, capsys, column):
    path = write(tmp_path / "a.csv", [row(957_000)], [name for name in HEADING if name != column])
    code, error = bring(path, capsys)
    assert code == 1
    assert f"no column {column.lower()}" in error
    assert not Incident.objects.filter(source_id="957000").exists()
