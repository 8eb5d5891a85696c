"""What a court had erased is nowhere any more in what the program keeps; the receipt names what it cannot reach."""

import sqlite3
import subprocess
import unicodedata
from collections import Counter
from itertools import cycle
from typing import NamedTuple
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import OperationalError, connections, router, transaction
from django.db.models import AutoField

from openclear.access import accounts
from openclear.access.models import LockedHandle, Officer, OrderState, SignInFailure
from openclear.audit import log
from openclear.audit.queries import verify
from openclear.audit.reading import entries, entry
from openclear.cli.main import main
from openclear.delivery import alerts, exports
from openclear.delivery.models import Alert, Export
from openclear.oversight import erasing, same_words
from openclear.oversight.same_words import called, columns, rows_saying, tables
from openclear.vocabulary import clock
from openclear.vocabulary.actions import Action
from openclear.vocabulary.errors import NotPossible
from openclear.vocabulary.purposes import Purpose
from tests.cast import GROUND, ask, cut_off, grant, lift, open_case, signed_in

NUMBERS = cycle(range(30, 100))  # no two rows of a table have the same
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
    ask("rivera", "people", q=word, purpose="criminal-investigation", case=open_case())
    key = grant("rivera", Action.PERSON_SEARCH, case=open_case())
    export = exports.request_export(key, kind="people", text=word, filters={}, format_name="csv")
    alert = alerts.keep_alert(key, kind="people", text=word, channel="page")
    yield Asked(word, export.id, alert.id)
    Alert.objects.filter(owner="rivera").delete()


def okafor():
    return grant("okafor", Action.LOG_ERASE, Purpose.OVERSIGHT_REVIEW)


def entries_with(word, field="query"):
    key = grant("okafor", Action.LOG_VIEW_ALL, Purpose.OVERSIGHT_REVIEW)
    newest = [row.number for row in entries(key)]
    found = (entry(key, number=number) for number in newest)
    return [row.number for row in found if row and row.body.get(field) == word]


def erase(number, field="query"):
    return erasing.erase(okafor(), entry=number, fields=[field], court_order="2026 CH 3")


def test_an_erasure_ends_what_the_asker_keeps_with_these_words_and_names_the_other_entries(asked):
    numbers = entries_with(asked.word)
    assert len(numbers) == 3
    done = erase(numbers[0])
    assert (done.ended["exports"], done.ended["alerts"]) == (1, 1)
    for row in (Export.objects.get(pk=asked.export), Alert.objects.get(pk=asked.alert)):
        assert (row.state, row.text, row.filters) == ("ended", "", {})
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
    assert Alert.objects.get(pk=asked.alert).text == asked.word


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


def test_what_an_order_says_stays_and_the_receipt_says_where(monkeypatch):
    words = f"{GROUND} on Jos\u00e9 {uuid4().hex}"
    monkeypatch.setattr("tests.cast.GROUND", words)
    cut_off("us.dhs.ice")
    try:
        done = erase(OrderState.objects.get(legal_basis=words).entry, "ground")
        assert OrderState.objects.filter(legal_basis=words).count() == 1
        assert done.elsewhere == {"orders": 1}
        assert any(sentence.startswith("The same words are in: orders 1; ") for sentence in done.beyond)
    finally:
        lift("us.dhs.ice")


def test_a_password_that_was_typed_as_a_handle_is_gone_from_the_failures_and_the_locks():
    typed = f"Secre\u0301t {uuid4().hex}"  # the accent by itself, as some keyboards send it
    for _ in range(accounts.MOST_FAILURES):
        accounts.note_failure(typed, details={})
    claimed = log.spelled(typed.casefold())
    numbers = entries_with(claimed, "claimed")
    assert (len(numbers), accounts.is_locked(typed)) == (5, True)
    done = erase(numbers[0], "claimed")
    assert (done.ended["handles"], done.elsewhere) == (1, {})
    assert not accounts.is_locked(typed)
    assert not SignInFailure.objects.filter(handle=typed.casefold()).exists()


def test_no_erasure_releases_an_account_that_is_locked():
    SignInFailure.objects.all().delete()
    try:
        for _ in range(accounts.MOST_FAILURES):
            accounts.note_failure("Soto", details={})
        done = erase(entries_with("soto", "claimed")[0], "claimed")
        assert done.ended["handles"] == 0
        assert accounts.is_locked("soto")
        assert (done.elsewhere["locked handles"], done.elsewhere["failed sign-ins"]) == (1, 5)
    finally:
        LockedHandle.objects.all().delete()
        SignInFailure.objects.all().delete()


def saying(*words):
    return rows_saying(okafor(), words=words)


def test_a_word_is_found_in_every_column_of_every_table():
    """A table that is added later is looked through by itself: each of its columns is filled here with a word."""
    key, word = okafor(), "zq\u00f1"
    assert rows_saying(key, words=[word]).rows == {}
    expected = Counter()
    with transaction.atomic("default"), transaction.atomic("public"):
        # A session is packed, and has a test of its own.
        for table in set(apps.get_models()) - set(apps.get_app_config("audit").get_models()) - {Session}:
            telling = [column for column in columns(table) if (column.max_length or len(word)) >= len(word)]
            for column in telling:
                fill(table, column, word)
                expected[called(table)] += 1
        found = rows_saying(key, words=[uuid4().hex, word]).rows
        for database in ("default", "public"):
            transaction.set_rollback(True, using=database)
    assert found == expected
    assert {"orders", "proposals", "notices", "sealings", "alerts", "public lists of access"} < set(found)


def fill(table, telling, word):
    """Write a row that has the word in one column and something else in the others."""
    filled = {column.attname: value_of(column) for column in table._meta.concrete_fields}
    filled[telling.attname] = (
        {"told": [{word: 1}], "name": word} if telling.get_internal_type() == "JSONField" else word
    )
    table(**filled).save(using=router.db_for_write(table), force_insert=True)


def value_of(column):
    column = column.target_field if column.is_relation else column
    if isinstance(column, AutoField):
        return 10**9 + next(NUMBERS)  # behind the rows that were written under a number of their own
    made = {
        "BinaryField": bytes, "BooleanField": bool, "DateField": clock.today, "DateTimeField": clock.now, "JSONField": dict,
        "BigIntegerField": lambda: 10**9 + next(NUMBERS), "UUIDField": uuid4,
        "CharField": lambda: uuid4().hex[: column.max_length], "EmailField": str, "TextField": str,
    }  # fmt: skip
    return made.get(column.get_internal_type(), lambda: next(NUMBERS))()


def test_the_reason_that_a_session_keeps_is_found_though_a_session_is_packed():
    reason = f"Mu\u00f1oz {uuid4().hex}"
    client = signed_in("rivera")
    kept = client.session
    kept["reason"] = {"case": unicodedata.normalize("NFD", reason)}
    kept.save()
    assert saying(reason).rows == {"sessions": 1}
    client.session.flush()


def test_a_word_that_chance_put_into_a_password_hash_or_a_session_key_is_no_find():
    client = signed_in("rivera")
    account = Officer.objects.get(handle="rivera")
    chance = [account.password[-12:-4], client.session.session_key[:8], client.session["_auth_user_hash"][:8]]
    try:
        assert saying(*chance).rows == {}
        assert saying(*chance, "rivera").rows["accounts"] == 1
    finally:
        client.session.flush()


def test_what_is_left_out_for_chance_is_there_at_all():
    """A misspelled name would leave nothing out, and a column that is gone would leave out what comes after it."""
    there = {
        f"{table._meta.label_lower}.{column.name}"
        for table in tables()
        for column in table._meta.concrete_fields
    }
    assert there >= same_words._BY_CHANCE | set(same_words._PART)


def test_words_that_point_at_nobody_fill_no_receipt():
    plain = ("ab", "0610", "2019-07-12", str(uuid4()), "criminal-investigation", "true", "people")
    found = saying(*plain)
    assert (found.rows, found.common) == ({}, len(plain))


def test_very_long_and_very_many_words_are_looked_for():
    found = saying("x" * 200_000, "100% \\ _'\x00", *(uuid4().hex[:30] for _ in range(25)))
    assert (found.rows, found.unread) == ({}, ())


def test_a_public_database_that_is_down_is_named_and_the_receipt_comes(asked):
    def down(*_given):
        raise OperationalError("no route to host")

    with connections["public"].execute_wrapper(down):
        done = erase(entries_with(asked.word)[0])
    assert done.ended["exports"] == 1
    assert "The public database could not be searched for the same words." in done.beyond


def test_an_accent_is_an_accent_however_a_keyboard_composed_it():
    word = f"Jos\u00e9 Mu\u00f1oz {uuid4().hex[:8]}"
    typed = unicodedata.normalize("NFD", word)
    key = grant("rivera", Action.PERSON_SEARCH, case=open_case())
    export = exports.request_export(key, kind="people", text=typed, filters={}, format_name="csv")
    alert = alerts.keep_alert(key, kind="people", text=typed, channel="page")
    kept = [Export.objects.filter(pk=export.id), Alert.objects.filter(pk=alert.id)]
    assert [rows.get().text for rows in kept] == [word, word]
    for rows in kept:
        rows.update(text=typed)  # as it was kept before
    assert saying(word).rows == {"alerts": 1, "exports": 1}
    done = erase(entries_with(word)[0])
    assert (done.ended["exports"], done.ended["alerts"], done.elsewhere) == (1, 1, {})
    assert [(rows.get().state, rows.get().text) for rows in kept] == [("ended", ""), ("ended", "")]


def test_words_of_an_entry_whose_officer_was_erased_first_are_ended_whoever_keeps_them(asked):
    number = entries_with(asked.word)[0]
    key = grant("rivera", Action.PERSON_SEARCH, case=open_case())
    longer = alerts.keep_alert(key, kind="people", text=f"{asked.word} Ashland", channel="page")
    assert erase(number, "officer").elsewhere["accounts"] >= 1
    assert Alert.objects.get(pk=asked.alert).state == "active"
    done = erase(number)
    assert (done.ended["exports"], done.ended["alerts"]) == (1, 1)
    assert (Export.objects.get(pk=asked.export).text, Alert.objects.get(pk=asked.alert).text) == ("", "")
    assert Alert.objects.get(pk=longer.id).state == "active"
    assert done.elsewhere == {"alerts": 1}
