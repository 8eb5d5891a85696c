"""Handles of accounts, such as `rivera`: the same in capital and small letters."""


def handle_of(text: str) -> str:
    """Return the handle that `text` names: without spaces around it, in small letters."""
    return text.strip().casefold()
