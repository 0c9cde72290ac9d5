"""What the use cases need of the world: small protocols on two pages.

world.py    time, sessions, prices, facts, pictures, messages, people
memory.py   what is kept: rules, digests, the ledger, questions; and the jobs that carry the work

Each has a fake or a second real part, and one contract suite in `tests/contracts` that all of them pass.
"""

from bot.ports.memory import QUESTION, Book, Draft, Inbox, Jobs, Ledger, Meter, Store, Task
from bot.ports.world import (
    Calendar,
    Clock,
    Delivered,
    Finding,
    Funds,
    Handler,
    Level,
    Messenger,
    Ours,
    Painter,
    People,
    Person,
    Place,
    PriceHistory,
    Prices,
    Profiles,
    Publisher,
    Taken,
)

__all__ = [
    "QUESTION",
    "Book",
    "Calendar",
    "Clock",
    "Delivered",
    "Draft",
    "Finding",
    "Funds",
    "Handler",
    "Inbox",
    "Jobs",
    "Ledger",
    "Level",
    "Messenger",
    "Meter",
    "Ours",
    "Painter",
    "People",
    "Person",
    "Place",
    "PriceHistory",
    "Prices",
    "Profiles",
    "Publisher",
    "Store",
    "Taken",
    "Task",
]
