"""Links from one person to another, each to one record.

Opening one is decided for the person who opens it and for the person who gave it. `commands` and `queries` do this.
"""

from openclear.delivery.links.commands import end_link, give_link
from openclear.delivery.links.queries import follow_link, own_links

__all__ = ["end_link", "follow_link", "give_link", "own_links"]
