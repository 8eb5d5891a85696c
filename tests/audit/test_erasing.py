"""What a court had erased is nowhere any more in what the program keeps; the receipt names what it cannot reach."""

import sqlite3
import subprocess
from typing import NamedTuple
from uuid import UUID, uuid4

import pytest
from django.db import connections

from openclear.audit.queries import verify
from openclear.audit.reading import entries, entry
from openclear.cli.main import main
from openclear.oversight import erasing
from openclear.search import alerts, exports
from openclear.search.models import Export, Watch
from openclear.vocabulary.actions import Action
from openclear.vocabulary.errors import NotPossible
from openclear.vocabulary.purposes import Purpose
from tests.cast import ask, grant, open_case

on_sqlite = pytest.mark.skipif("connections['audit'].vendor != 'sqlite'")


class Asked(NamedTuple):
    word: str
    export: UUID
    alert: UUID


@pytest.fixture
def asked():
    """Rivera searches for a word, has an export made of it and keeps an alert on it."""
    Export.objects.filter(owner="rivera").delete()
    word = f"qw{uuid4().hex[:12]}"
    ask("rivera", "incidents", q=word, purpose="criminal-investigation", case=open_case())
    key = grant("rivera", Action.INCIDENT_SEARCH, case=open_case())
    export = exports.request_export(key, kind="incidents", text=word, narrow={}, format_name="csv")
    alert = alerts.keep_alert(key, kind="incidents", text=word, channel="page")
    yield Asked(word, export.id, alert.id)
    Watch.objects.filter(owner="rivera").delete()


def okafor():
    return grant("okafor", Action.LOG_ERASE, Purpose.OVERSIGHT_REVIEW)


def entries_with(word):
    key = grant("okafor", Action.LOG_VIEW_ALL, Purpose.OVERSIGHT_REVIEW)
    newest = [row.number for row in entries(key)]
    found = (entry(key, number=number) for number in newest)
    return [row.number for row in found if row and row.body.get("query") == word]


def erase(number):
    return erasing.erase(okafor(), entry=number, fields=["query"], court_order="2026 CH 3")


def test_an_erasure_ends_what_the_asker_keeps_with_these_words_and_names_the_other_entries(asked):
    numbers = entries_with(asked.word)
    assert len(numbers) == 3
    done = erase(numbers[0])
    assert (done.ended["exports"], done.ended["alerts"]) == (1, 1)
    for row in (Export.objects.get(pk=asked.export), Watch.objects.get(pk=asked.alert)):
        assert (row.state, row.text, row.narrow) == ("ended", "", {})
    assert done.entries == tuple(sorted(numbers[1:]))
    assert any(str(numbers[1]) in sentence for sentence in done.beyond)
    for number in numbers[1:]:
        done = erase(number)
    assert not done.entries
    assert verify().ok


@on_sqlite
def test_the_words_are_in_no_file_of_the_home_any_more(asked, city):
    assert files_with(city, asked.word), "they are somewhere before"
    for number in entries_with(asked.word):
        done = erase(number)
    assert set(done.destroyed) == set(erasing.DATABASES.values())
    assert not files_with(city, asked.word)


def files_with(folder, word):
    # Another process looks: whoever closes a database's file lets go of the locks that SQLite holds on it in that process.
    asked = ["grep", "-rlF", "--binary-files=text", word, str(folder)]
    found = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert found.returncode in {0, 1}, found.stderr
    return found.stdout.splitlines()


@on_sqlite
def test_a_reader_that_keeps_the_old_state_open_is_named_in_the_receipt(asked, monkeypatch):
    monkeypatch.setattr(erasing.empty_write_ahead_log, "__kwdefaults__", {"seconds": 0.2})
    reader = sqlite3.connect(connections["audit"].settings_dict["NAME"])
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM audit_body").fetchone()
    try:
        done = erase(entries_with(asked.word)[0])
    finally:
        reader.close()
    assert done.left == ("the log's database",)
    assert any("repeat" in sentence for sentence in done.beyond)


def test_what_is_no_field_of_the_entry_ends_nothing(asked):
    with pytest.raises(NotPossible):
        erasing.erase(
            okafor(), entry=entries_with(asked.word)[0], fields=["nothing"], court_order="2026 CH 3"
        )
    assert Watch.objects.get(pk=asked.alert).text == asked.word


def test_the_command_says_what_it_reached_and_what_not(asked, capsys):
    number = str(entries_with(asked.word)[0])
    assert (
        main(
            ["log", "erase", number, "--field", "query", "--court-order", "2026 CH 3", "--by", "okafor"],
            lambda: None,
        )
        == 0
    )
    said = capsys.readouterr().out
    assert "1 alerts" in said
    assert "Backups" in said
    assert ("VACUUM" in said) == (connections["audit"].vendor == "postgresql")
