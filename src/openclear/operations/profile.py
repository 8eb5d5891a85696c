"""A city's profile before it founds a city: checked whole, then copied to where both sites read it."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from openclear.access.errors import PolicyFault
from openclear.access.policy.written import load_policies
from openclear.access.registry.commands import NewAgency, NewOfficer
from openclear.sources.crimes.mapping import read_columns
from openclear.sources.synthetic.form import check_invented
from openclear.vocabulary.agencies import AgencyKind
from openclear.vocabulary.city import city, shipped_city
from openclear.vocabulary.errors import WrongUsage
from openclear.vocabulary.handling import offense_table
from openclear.vocabulary.offenses import offense_codes
from openclear.vocabulary.profile import FILE
from openclear.vocabulary.without_grant import without_grant

# What is copied, and nothing next to it: everyone can read the copy.
_COPIED = (FILE, "offense_*.csv", "imports/*.toml", "demo/*.toml", "demo/*.csv")


@without_grant("checks a profile before a city is made; reads no record")
def check_profile(founders: Sequence[NewOfficer]) -> None:
    """Raise WrongUsage for the first thing in the profile, or among the founders, that no city can be set up with."""
    handles = [founder.handle for founder in founders]
    if twice := sorted({handle for handle in handles if handles.count(handle) > 1}):
        raise WrongUsage(f"Two founders are called {twice[0]}; give each a handle of their own.")
    _check_agencies()
    for path in city().imports().values():
        read_columns(path)
    if folder := city().demo:
        check_invented(folder)
    try:
        offense_codes()
        offense_table()
        load_policies()
    except (KeyError, TypeError, AttributeError) as error:
        message = (
            f"The tables of offenses in {city().folder} have no column or no label {error}; correct them."
        )
        raise WrongUsage(message) from None
    except PolicyFault as error:
        raise WrongUsage(f"The sources in {city().folder} make no valid rules: {error}") from None


def _check_agencies() -> None:
    known: set[str] = set()
    for row in city().agencies:
        try:
            agency = NewAgency(**row)
        except TypeError:
            message = f"An entry of [[agencies]] has path, name, kind and, if any, oris; not {', '.join(sorted(row))}."
            raise WrongUsage(message) from None
        if agency.kind not in set(AgencyKind):
            kinds = ", ".join(AgencyKind)
            raise WrongUsage(
                f"{agency.path}: there is no kind of agency '{agency.kind}'; the kinds are {kinds}."
            )
        above = agency.path.rpartition(".")[0]
        if above and above not in known:
            raise WrongUsage(f"[[agencies]] lists {agency.path} before {above}; list them root first.")
        known.add(agency.path)


@without_grant("copies a profile; reads no record")
def keep_profile(own: Path) -> None:
    """Copy a profile other than the shipped one to `own`; remove a copy that a failed set-up left in any case.

    Raises WrongUsage for a link, because its target might not be meant for everyone.
    """
    source = city().folder.resolve()
    if source == own.resolve():
        return
    files = [path for pattern in _COPIED for path in sorted(source.glob(pattern))]
    if linked := [path for path in files if path.is_symlink()]:
        raise WrongUsage(f"{linked[0]} is a link; put the file itself into the profile.")
    shutil.rmtree(own, ignore_errors=True)
    if source == shipped_city().resolve():
        return
    for path in files:
        place = own / path.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)
