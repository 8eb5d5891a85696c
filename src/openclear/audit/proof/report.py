"""The outcome of a verification, for programs and for people; each one ends with what it does not prove."""

from collections.abc import Iterator
from typing import Any

from openclear.audit.proof.agency_lines import about, by_month
from openclear.audit.proof.verification import Verification

NOT_PROVED = (
    "that nothing was looked up outside the log: in a copy of the database, on a photograph of a screen",
    "that an officer of another agency did not ask on behalf of somebody in this one",
    "that a person's agencies were registered correctly: the overseer checks that against the bodies",
    "what was public anyway, or released under the Freedom of Information Act or by a court",
    "that this is the only version of the log: compare root and size with other holders of a checkpoint",
)
NOTHING_OUTSIDE = (
    "that the holder of the key did not rewrite the log, or cut it short: give the checkpoints that you, or "
    "somebody else, kept with --checkpoint"
)
OLD_OUTSIDE = (
    "that the holder of the key did not rewrite the log from entry {} on, or cut it short there: give a checkpoint "
    "that was kept later with --checkpoint"
)


def as_json(result: Verification) -> dict[str, Any]:
    """Return the outcome for programs."""
    return {
        "ok": result.ok,
        "size": result.size,
        "root": result.root,
        "agencies": result.agencies(),
        "faults": result.faults,
        "key": result.key,
        "key_from": result.key_from,
        "checkpoints": result.checkpoints,
        "outside_checkpoints": result.outside,
        "outside_size": result.outside_size,
        "also_signed": sorted(result.also_signed),
        "not_compared": result.not_compared,
        "bodies_checked": result.bodies_checked,
        "heads": [{"entry": header["i"], **header["head"]} for header in result.heads],
    }


def report(result: Verification, agency: str | None, *, months: bool = False) -> Iterator[str]:
    """Yield the outcome for people, line by line; with `months` an agency's counts for each month too."""
    yield _verdict(result)
    yield f"key            {result.key}"
    yield f"key from       {result.key_from}"
    yield f"entries        {result.size}"
    yield f"root           {result.root}"
    yield f"bodies         {'checked' if result.bodies_checked else 'not in this export, so not checked'}"
    yield f"checkpoints    {result.checkpoints} signed" + (", each agreeing" if result.ok else "")
    yield f"outside        {_outside(result)}"
    for name in sorted(result.also_signed):
        yield f"also signed    by {name}, not checked"
    for what in result.not_compared:
        yield f"not compared   {what}"
    yield from _heads(result)
    for fault in result.faults:
        entry = "the log" if fault["entry"] is None else f"entry {fault['entry']}"
        yield f"FAULT          {entry}: {fault['problem']}"
    if result.more_faults:
        yield f"FAULT          and {result.more_faults} more"
    for name in result.unknown_files:
        yield f"not checked    {name}: not a file of an export"
    if agency:
        yield from about(result, agency)
    if agency and months:
        yield from by_month(result, agency)
    yield from _limits(result)


def _verdict(result: Verification) -> str:
    if not result.ok:
        return f"NOT PROVED: {len(result.faults) + result.more_faults} faults"
    if not result.outside:
        return f"consistent with itself and signed by {result.key}"
    upto = "" if _is_covered(result) else f" up to entry {result.outside_size - 1},"
    return f"consistent with {result.outside} outside checkpoints{upto} and signed by {result.key}"


def _is_covered(result: Verification) -> bool:
    return bool(result.outside) and result.outside_size >= result.size


def _outside(result: Verification) -> str:
    if not result.outside:
        return "no checkpoint that somebody else kept was compared"
    size, more = result.outside_size, result.size - result.outside_size
    told = f"entries 0 to {size - 1} are those of outside checkpoint {result.outside_from} ({size})"
    return f"{told}; {more} entries after it are vouched for only by {result.key}" if more else told


def _limits(result: Verification) -> Iterator[str]:
    if result.ok:
        yield "holds          what was signed is here unchanged, complete and in order; no allow follows an order that forbids it"
    if not result.outside:
        yield f"not proved     {NOTHING_OUTSIDE}"
    elif not _is_covered(result):
        yield f"not proved     {OLD_OUTSIDE.format(result.outside_size)}"
    for limit in NOT_PROVED:
        yield f"not proved     {limit}"


def _heads(result: Verification) -> Iterator[str]:
    for header in result.heads:
        facts = header["head"]
        if facts["change"] == "begun":
            yield f"head           entry {header['i']}: up to here only its checkpoints vouch for the log"
            continue
        lost = f"of {facts['from_size']} entries, " if "from_size" in facts else ""
        first = f"; the first that differs from it: entry {facts['first']}" if "first" in facts else ""
        yield (
            f"RESTORED       entry {header['i']}: two people accepted the log of {facts['size']} entries before it "
            f"in place of another ({lost}root {facts.get('from_root', 'unknown')}){first}"
        )
