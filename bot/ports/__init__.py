"""What the use cases need of the world: small protocols, one page for each side of it.

asking.py   what people ask: places, doors
world.py    time, sessions, prices, facts, pictures
telling.py  what people are told: messages, files, Home tabs; who they are
memory.py   what is kept: rules, digests, the ledger, questions, what threads are about
work.py     the jobs that carry the work

Each has a fake or a second real part, and one contract suite in `tests/contracts` that all of them pass.
"""

from bot.ports.asking import Doors, Handler, Place, Taken
from bot.ports.memory import Book, Draft, Inbox, Ledger, Store
from bot.ports.telling import (
    SEEN,
    Access,
    Delivered,
    Homes,
    Messenger,
    Ours,
    People,
    Person,
    Publisher,
    Rooms,
)
from bot.ports.work import QUESTION, HttpRefusal, Jobs, Meter, Task
from bot.ports.world import (
    Calendar,
    Clock,
    Finding,
    Funds,
    Level,
    Painter,
    PriceHistory,
    Prices,
    Profiles,
)
from bot.render.document import Document

__all__ = [
    "QUESTION",
    "SEEN",
    "Access",
    "Book",
    "Calendar",
    "Clock",
    "Delivered",
    "Document",
    "Doors",
    "Draft",
    "Finding",
    "Funds",
    "Handler",
    "Homes",
    "HttpRefusal",
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
    "Rooms",
    "Store",
    "Taken",
    "Task",
]
