"""The police side as the tests run it: the same settings, in a home that the tests choose."""

from openclear.config.settings.officer import *  # noqa: F403 - the tests run what production runs
