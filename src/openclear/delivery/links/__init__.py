"""Links from one person to another: a way to one record. Whoever opens it is decided, and so is whoever gave it.

`commands` and `queries` say how.
"""

from openclear.delivery.links.commands import end_link, give_link
from openclear.delivery.links.queries import follow_link, own_links

__all__ = ["end_link", "follow_link", "give_link", "own_links"]
