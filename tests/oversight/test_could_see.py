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
