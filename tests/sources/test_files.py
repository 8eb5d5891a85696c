"""Files that are damaged, or of another kind than was meant: no row vanishes, and the sentence says what is wrong."""

import csv
import gzip
import io
import json
import zipfile
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclear.cli.main import main
from openclear.records.incidents.models import Incident
from openclear.sources.crimes import delimited
from openclear.sources.crimes.delimited import Lines, rows_of
from openclear.sources.crimes.fetch import open_crimes
from openclear.sources.crimes.forbidden import FORBIDDEN, column_name
from openclear.sources.crimes.heading import read_heading
from openclear.sources.crimes.mapping import columns_of
from openclear.sources.errors import BrokenOff, WrongFile
from tests.sources.test_portal import HEADING, row, write

CRIMES = columns_of("chicago-crimes")


def bring(path, capsys):
    """Return exit code, the last line of the output as JSON, and what is on the error output."""
    capsys.readouterr()
    code = main(["import", "chicago-crimes", str(path), "--json"], lambda: None)
    out = capsys.readouterr()
    told = json.loads(out.out.splitlines()[-1])
    assert told["read"] == told["inserted"] + told["updated"] + told["unchanged"] + told["rejected"]
    assert told["lines"] == told["read"] + told["skipped"]
    return code, told, out.err


def plain(rows, heading=HEADING, **options):
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, heading, extrasaction="ignore", **options)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def stored():
    return Incident.objects.filter(source="chicago-portal")


def test_the_citys_files_of_today_come_in(data, capsys):
    code, told, error = bring(data / "imports" / "portal_2026_decimal_comma.csv", capsys)
    assert (code, told["read"], told["inserted"], told["rejected"], error) == (0, 40, 40, 0, "")
    incident = stored().get(source_id="14216537")
    assert (incident.latitude, incident.longitude) == (41.83805499, -87.645458414)
    assert incident.revision == "2026-06-09T16:13:19"


def test_no_row_vanishes_in_a_quotation_mark_that_stays_open(data, capsys):
    code, told, error = bring(data / "imports" / "open_quote.csv", capsys)
    assert (code, told["read"], told["inserted"], told["rejected"]) == (0, 50, 49, 1)
    with Path(told["rejects_file"]).open() as file:
        (line, column, reason) = list(csv.reader(file))[1][:3]
    assert (line, column) == ("12", "")
    assert "a quotation mark opens in this line and does not close" in reason
    assert "1 of 50 rows were rejected" in error


@pytest.mark.parametrize("closing", ["", '"', '",', '"x"', '",\n"'])
def test_a_stray_quotation_mark_costs_its_own_line_alone(tmp_path, capsys, closing):
    rows = [row(700_000 + number) for number in range(300)]
    lines = plain(rows).splitlines(keepends=True)
    lines[150] = lines[150].replace("035XX", '"035XX', 1).replace("THEFT", "THEFT" + closing, 1)
    path = tmp_path / "a.csv"
    path.write_text("".join(lines), newline="")
    code, told, _ = bring(path, capsys)
    assert code == 0
    assert told["inserted"] >= 299 - 1
    assert told["read"] - told["rejected"] == stored().count()


def test_a_value_over_two_lines_is_one_row(tmp_path, capsys):
    path = write(
        tmp_path / "a.csv", [row(701_000, **{"Location Description": "PARKING\r\nLOT"}), row(701_001)]
    )
    code, told, _ = bring(path, capsys)
    assert (code, told["read"], told["inserted"]) == (0, 2, 2)
    assert stored().get(source_id="701000").location == "PARKING LOT"


def test_a_file_cut_in_the_middle_tells_truly_what_is_in(data, capsys):
    code, told, error = bring(data / "imports" / "truncated.csv.gz", capsys)
    assert code == 1
    assert told["complete"] is False
    assert told["inserted"] == stored().count()
    assert (
        f"{told['inserted']:,} rows before that are imported" in error
        or "nothing of it was imported" in error
    )
    assert "everything after that was not read" in error
    assert len(error.strip().splitlines()) == 1


def test_a_file_cut_behind_more_than_a_batch_keeps_every_whole_line(tmp_path, capsys):
    whole = plain([row(702_000 + number) for number in range(700)]).encode()
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(whole, mtime=0)[:-900])
    code, told, error = bring(path, capsys)
    assert code == 1
    assert 0 < told["inserted"] == stored().count() < 700
    assert f"damaged after line {told['inserted'] + 1}" in error


def test_a_huge_value_is_its_own_rows_affair(tmp_path, capsys):
    rows = [
        row(703_000),
        row(703_001, Block="X" * 200_000),
        row(703_002, Location="Y" * 200_000),
        row(703_003),
    ]
    code, told, error = bring(write(tmp_path / "a.csv", rows), capsys)
    assert (code, told["inserted"], told["rejected"]) == (0, 3, 1)
    assert "longer than 80 characters" in error
    rows[2]["Location"] = "Y" * (delimited.LONGEST_LINE + 5)
    code, told, error = bring(write(tmp_path / "b.csv", rows), capsys)
    assert (code, told["read"], told["unchanged"], told["rejected"]) == (0, 4, 2, 2)


def test_where_nothing_came_in_it_says_the_commonest_reason_and_exits_with_1(tmp_path, capsys):
    rows = [row(704_000 + number, Date="yesterday") for number in range(9)] + [row(704_010, Ward="99")]
    code, told, error = bring(write(tmp_path / "a.csv", rows), capsys)
    assert (code, told["read"], told["rejected"]) == (1, 10, 10)
    assert "10 of 10 rows were rejected, 9 of them for this reason: date: not a date" in error
    assert "(line 2: 'yesterday')" in error
    assert len(error.strip().splitlines()) == 1
    code, told, error = bring(write(tmp_path / "b.csv", []), capsys)
    assert (code, told["read"]) == (1, 0)
    assert "a heading and no rows" in error


def test_a_refused_file_has_its_json_line_too(tmp_path, capsys):
    path = tmp_path / "a.csv"
    path.write_bytes(b"name,age\n")
    code, told, error = bring(path, capsys)
    assert (code, told["read"], told["inserted"]) == (1, 0, 0)
    assert "no column id" in error
    assert bring(tmp_path / "nowhere.csv", capsys)[0] == 1


def test_empty_lines_are_counted_as_skipped(tmp_path, capsys):
    path = tmp_path / "a.csv"
    text = plain([row(705_000), row(705_001)])
    path.write_text(text.replace("\r\n705001", "\r\n\r\n\r\n705001") + "\r\n", newline="")
    code, told, _ = bring(path, capsys)
    assert (code, told["read"], told["inserted"], told["skipped"], told["lines"]) == (0, 2, 2, 3, 5)


def test_a_doubled_heading_is_refused(data, capsys):
    code, told, error = bring(data / "imports" / "doubled_heading.csv", capsys)
    assert (code, told["inserted"]) == (1, 0)
    assert "has the column block more than once" in error


@pytest.mark.anywhere
@pytest.mark.parametrize(
    "spell",
    [
        str.upper, str.lower, lambda name: name.replace(" ", ""), lambda name: name.replace(" ", "").lower(),
        lambda name: name.replace(" ", "."), lambda name: name.replace(" ", "_"), lambda name: f" {name} ", lambda name: name.replace(" ", "-"),
    ],
)  # fmt: skip
def test_headings_in_any_spelling_are_the_same_columns(spell):
    names, dropped = read_heading([spell(name) for name in HEADING], CRIMES)
    assert names == [column_name(name) for name in HEADING]
    assert dropped == []


@pytest.mark.anywhere
def test_two_spellings_of_one_column_are_a_doubled_heading_and_unknown_ones_are_not():
    with pytest.raises(WrongFile, match="primary_type more than once"):
        read_heading([*HEADING, "PrimaryType"], CRIMES)
    assert read_heading([*HEADING, "", "", "Note", "Note"], CRIMES)[1] == []


@pytest.mark.anywhere
@pytest.mark.parametrize(
    "heading",
    [
        "Advisable",
        "Alternative Offense",
        "Visage",
        "Supervisor",
        "Ordinance",
        "Iced Tea",
        "Insurance",
        "Native",
    ],
)
def test_words_about_origin_are_whole_words(heading):
    about_origin = heading == "Native"
    assert bool(FORBIDDEN.search(column_name(heading))) == about_origin


@pytest.mark.anywhere
@pytest.mark.parametrize(
    "heading", ["CountryOfBirth", "ImmigrationStatus", "NonCitizen", "VisaType", "AlienNumber", "USCitizen"]
)
def test_words_about_origin_are_found_in_joined_headings(heading):
    assert FORBIDDEN.search(column_name(heading))


def test_dropped_columns_are_in_the_json_line(tmp_path, capsys):
    rows = [row(706_000, Visa="H1B", Advisable="yes")]
    code, told, _ = bring(write(tmp_path / "a.csv", rows, [*HEADING, "Visa", "Advisable"]), capsys)
    assert (code, told["dropped_columns"]) == (0, ["visa"])


@pytest.mark.parametrize("name", ["n_semicolon.csv", "n_tab.tsv", "n_utf16.csv"])
def test_other_separators_and_encodings_of_the_shared_files_are_read(data, capsys, name):
    code, told, error = bring(data / "imports" / name, capsys)
    assert (code, told["rejected"], error) == (0, 0, "")
    assert told["inserted"] == told["read"] == stored().count() > 0


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "cp1252"]
)
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_text_in_any_encoding_and_with_any_separator(tmp_path, capsys, encoding, separator):
    path = tmp_path / "a.txt"
    path.write_bytes(plain([row(707_000, Block="035XX S PEÑA AVE")], delimiter=separator).encode(encoding))
    code, told, _ = bring(path, capsys)
    assert (code, told["inserted"]) == (0, 1)
    assert stored().get().block == "035XX S PEÑA AVE"


def test_a_file_that_is_partly_latin_1_keeps_both(tmp_path, capsys):
    text = plain(
        [row(707_100, Block="035XX S PEÑA AVE"), row(707_101, Block="036XX S NUÑEZ AVE")]
    ).splitlines(keepends=True)
    path = tmp_path / "a.csv"
    path.write_bytes((text[0] + text[1]).encode() + text[2].encode("latin-1"))
    assert bring(path, capsys)[1]["inserted"] == 2
    assert {incident.block for incident in stored()} == {"035XX S PEÑA AVE", "036XX S NUÑEZ AVE"}


def test_excels_own_mark_of_the_separator_is_read(tmp_path, capsys):
    path = tmp_path / "a.csv"
    path.write_text("sep=;\r\n" + plain([row(707_200)], delimiter=";"), newline="")
    assert bring(path, capsys)[1]["inserted"] == 1


def archive(path, members):
    with zipfile.ZipFile(path, "w") as made:
        for name, content in members.items():
            made.writestr(name, content)
    return path


def test_a_zip_of_one_file_is_read(tmp_path, capsys):
    text = plain([row(708_000)])
    path = archive(tmp_path / "a.zip", {"crimes.csv": text, "__MACOSX/._crimes.csv": "x"})
    assert bring(path, capsys)[1]["inserted"] == 1


@pytest.mark.parametrize(
    ("members", "sentence"),
    [
        (
            {"[Content_Types].xml": "x", "xl/workbook.xml": "x"},
            r"is an Excel workbook \(XLSX\).*save it as CSV",
        ),
        ({"mimetype": "x", "content.xml": "x"}, "is an OpenDocument file.*save it as CSV"),
        ({"word/document.xml": "x"}, "is a Word document"),
        ({"a.csv": "x", "b.csv": "y"}, "an archive of 2 files; unpack it"),
        ({}, "is damaged|archive of 0 files"),
    ],
)
def test_another_kind_of_archive_is_said_to_be_one(tmp_path, capsys, members, sentence):
    code, told, error = bring(archive(tmp_path / "a.xlsx", members), capsys)
    assert (code, told["read"]) == (1, 0)
    assert __import__("re").search(sentence, error), error
    assert "damaged after line" not in error


def test_the_workbook_of_the_shared_data_is_said_to_be_one(data, capsys):
    code, _, error = bring(data / "nibrs" / "NIBRSEditRules.xlsx", capsys)
    assert code == 1
    assert "is an Excel workbook (XLSX)" in error


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "an old Excel workbook"),
        (b"%PDF-1.7", "a PDF document"),
        (b'{"features": []}', "is JSON"),
        (b"<!DOCTYPE html>", "a page or an XML document"),
        (b"BZh91AY", "packed with bzip2"),
        (b"\x00\x01\x02\x03" * 20, "is damaged, or is not a table of text"),
        (gzip.compress(gzip.compress(b"x", mtime=0), mtime=0), "packed twice"),
        (b"\xff\xfeI\x00D", "not in the encoding that it begins with"),
        (b"PK\x03\x04 and no more", "is damaged at its beginning"),
        (b"\n\n\n", "is empty"),
    ],
)
def test_what_is_no_table_is_said_to_be_what_it_is(tmp_path, capsys, content, sentence):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    code, _, error = bring(path, capsys)
    assert code == 1
    assert sentence in error
    assert len(error.strip().splitlines()) == 1


def test_moments_with_a_zone_in_parquet_are_read(data, tmp_path, capsys):
    code, told, _ = bring(data / "imports" / "timestamp_with_zone.parquet", capsys)
    assert (code, told["rejected"]) == (0, 0)
    stored().delete()
    text, path = write(tmp_path / "a.csv", [row(709_000)]), tmp_path / "a.parquet"
    duckdb.sql(
        f"COPY (SELECT * REPLACE (TIMESTAMPTZ '2019-07-10 13:30:00-05' AS \"Date\") FROM read_csv('{text}', all_varchar=true)) TO '{path}'"
    )
    assert bring(path, capsys)[1]["inserted"] == 1
    assert stored().get().occurred.isoformat() == "2019-07-10T18:30:00+00:00"


def test_a_damaged_parquet_file_is_one_sentence(tmp_path, capsys):
    text, path = (
        write(tmp_path / "a.csv", [row(709_100 + number) for number in range(50)]),
        tmp_path / "a.parquet",
    )
    duckdb.sql(f"COPY (SELECT * FROM read_csv('{text}', all_varchar=true)) TO '{path}'")
    content = bytearray(path.read_bytes())
    content[40:400] = bytes(360)
    path.write_bytes(content)
    code, told, error = bring(path, capsys)
    assert (code, told["inserted"]) == (1, stored().count())
    assert len(error.strip().splitlines()) == 1


@pytest.mark.anywhere
@given(st.text(st.sampled_from('ab,"\n\r; '), max_size=120))
def test_every_line_is_in_a_row_a_fault_or_blank(text):
    lines = Lines(io.StringIO(text, newline=""))
    rows = list(rows_of(lines, ",", 2))
    physical = io.StringIO(text, newline="").readlines()
    assert lines.number == len(physical)
    covered = sum(1 for _ in rows) + lines.blank
    continued = sum(
        "".join(one.values).count("\n") + "".join(one.values).count("\r") >= 1
        for one in rows
        if not one.fault
    )
    assert covered <= len(physical)
    assert covered == len(physical) or continued


@pytest.mark.anywhere
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_bytes(content)
        with suppress(WrongFile, BrokenOff), open_crimes(path, CRIMES) as opened:
            list(opened.rows)
