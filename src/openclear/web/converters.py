"""URL converters."""

from django.urls import register_converter


class Number:
    """A whole number that fits in a database column."""

    regex = "[0-9]{1,15}"

    def to_python(self, text: str) -> int:
        """Return the number."""
        return int(text)

    def to_url(self, number: int) -> str:
        """Return its digits."""
        return str(number)


register_converter(Number, "number")
