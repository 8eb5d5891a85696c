"""A room's migrations say what its models say, and no city's name."""

import re

import pytest
from django.core.management import call_command

from tests.architecture.test_house import PACKAGE

pytestmark = pytest.mark.anywhere

MIGRATIONS = sorted(PACKAGE.glob("*/migrations/[0-9]*.py"))


def test_they_are_what_the_models_are():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize("path", MIGRATIONS, ids=lambda path: path.parts[-3])
def test_no_city_stands_in_one(path):
    """Any city can run it: who the department is, the city's profile says."""
    assert not re.search(r"chicago|illinois|cpd|ilcs|\bil\.", path.read_text(), re.IGNORECASE)
