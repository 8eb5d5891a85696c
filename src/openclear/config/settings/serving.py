"""The officer site under load: like `officer`, with pools so that many threads share a few database connections."""

from openclear.config.settings.officer import *  # noqa: F403 - a settings module is the sum of its parts
from openclear.config.settings.shared import DATABASES

for database in DATABASES.values():
    if database["ENGINE"].endswith("postgresql"):
        database["CONN_MAX_AGE"] = 0
        database["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 12, "timeout": 10}
