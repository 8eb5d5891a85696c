"""Oversight finds who could see a record, and what left with it."""

from openclear.delivery import exports
from openclear.delivery.files import ids_of
from openclear.vocabulary.actions import Action
from tests.cast import grant, signed_in


def test_oversight_finds_what_left_in_a_file(capsys):
    import json

    from openclear.cli.main import main
    from tests.web.test_ways_out import exported

    client = signed_in("quill")
    row = exported(client, "quill")
    record = ids_of(row.id, 0, row.size)[0]
    fetched = client.get(f"/saved/exports/{row.id}/parts/1").headers["OpenCLEAR-Receipt"].split()[0]
    asked = ["could-see", "--agency", "us.doj.atf", "--record", str(record), "--json"]
    capsys.readouterr()
    assert main(asked, lambda: None) == 0
    assert int(fetched) in json.loads(capsys.readouterr().out)["entries_that_showed_it"]
    exports.end_export(grant("quill", Action.EXPORT_KEEP), export=row.id)
    assert main(asked, lambda: None) == 0  # the file is gone, what was shown is not
    assert int(fetched) in json.loads(capsys.readouterr().out)["entries_that_showed_it"]


def test_oversight_finds_who_was_named_in_a_file_of_arrests(capsys):
    import json

    from openclear.cli.main import main
    from openclear.records.arrests.models import Arrest
    from tests.web.test_ways_out import exported

    arrest = Arrest.objects.filter(labels=0, person__labels=0, incident__labels=0).first()
    client = signed_in("rivera")
    row = exported(client, "rivera", kind="arrests", q=arrest.cb_number)
    fetched = client.get(f"/saved/exports/{row.id}/parts/1").headers["OpenCLEAR-Receipt"].split()[0]
    question = ["could-see", "--agency", "il.chicago.pd", "--record", str(arrest.person_id), "--json"]
    capsys.readouterr()
    assert main(question, lambda: None) == 0
    assert int(fetched) in json.loads(capsys.readouterr().out)["entries_that_showed_it"]
    exports.end_export(grant("rivera", Action.EXPORT_KEEP), export=row.id)
    assert main(question, lambda: None) == 0  # the file is gone, what it named is not
    assert int(fetched) in json.loads(capsys.readouterr().out)["entries_that_showed_it"]
