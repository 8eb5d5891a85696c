"""Entry 0 makes a demonstration, where naming people is enough: whoever can write the audit database alone cannot make one."""

import json

import pytest
from django.conf import settings

from openclear.audit import log
from openclear.audit.beginning import forget, genesis, is_demo, keep_known, known
from openclear.audit.errors import LogUnavailable, OtherBeginning
from openclear.audit.models import Entry, KnownLog
from openclear.audit.proof.canonical import encode
from openclear.audit.proof.merkle import leaf_hash
from openclear.cli.main import main
from openclear.operations.setup import bring_up_to_date
from tests.audit.test_head import mallory


@pytest.fixture(autouse=True)
def _checked_anew():
    row = known()
    forget()
    yield
    forget()
    KnownLog.objects.all().delete()
    row.save(force_insert=True)


def entry_0(**changed):
    """Entry 0 in the audit database states something else; its leaf hash fits."""
    row = Entry.objects.using("audit").get(index=0)
    header = json.loads(bytes(row.header))
    data = encode(header | {"genesis": header["genesis"] | changed})
    Entry.objects.using("audit").filter(index=0).update(header=data, leaf=leaf_hash(data))
    return leaf_hash(data).hex()


def test_the_demonstration_is_one_for_the_log_the_police_database_and_the_writer():
    assert is_demo()
    assert known().leaf == log.beginning()[1] == Entry.objects.using("audit").get(index=0).leaf.hex()
    assert known().key == log.key_line()


def test_a_real_city_does_not_become_a_demonstration_by_an_update_of_entry_0(caplog):
    with mallory():
        KnownLog.objects.update(leaf=entry_0(demo=False))
        assert not is_demo()
        forget()
        entry_0(demo=True)
        assert not is_demo()
        assert "Entry 0 of the log is not the one" in caplog.text
        assert caplog.records[-1].name == "openclear.alarm"
        with pytest.raises(OtherBeginning):
            genesis(settings.LOG_FOLDER)
        assert main(["cases", "--by", "rivera"], lambda: None) == 2
        assert 'name="officer"' not in page("/sign-in")


def page(path):
    from django.test import Client

    return Client().get(path).content.decode()


def test_what_nobody_vouches_for_is_no_demonstration():
    with mallory():
        assert is_demo(), "the police database knows it, whether or not the writer answers"
        forget()
        KnownLog.objects.all().delete()
        assert not is_demo()
        with pytest.raises(LogUnavailable):
            genesis(settings.LOG_FOLDER)


def test_the_writer_is_asked_too_where_both_databases_agree():
    receipt_of_real = log.beginning()[1]
    original = Entry.objects.using("audit").get(index=0)
    try:
        KnownLog.objects.update(leaf=entry_0(origin="log.mallory.example"))
        assert not is_demo(), "the writer read another entry 0"
    finally:
        original.save(using="audit")
    KnownLog.objects.update(leaf=receipt_of_real)
    assert is_demo()


def test_the_next_start_after_a_set_up_that_broke_off_learns_from_the_writer_which_log_it_is():
    KnownLog.objects.all().delete()
    bring_up_to_date()
    assert known().leaf == log.beginning()[1]
    KnownLog.objects.update(leaf="0" * 64)
    keep_known()
    assert known().leaf == "0" * 64, "what is known is never replaced"
