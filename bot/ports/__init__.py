"""What the use cases need of the world: small protocols, one page for each side of it.

market.py  time, sessions, prices, facts, pictures
slack.py   what people ask and are told: places, handlers, messages, files, Home tabs; who they are
store.py   what is kept: rules, digests, the outbox, questions, what threads are about
jobs.py    the jobs that carry the work, and what can be seen of it

Each has a fake or a second real part, and one contract suite in `tests/contracts` that all of them pass.
"""

from bot.ports.jobs import QUESTION, HttpRefusal, Jobs, Metrics, Task, Understood
from bot.ports.market import (
    Calendar,
    ChartRenderer,
    Clock,
    Examining,
    Finding,
    Funds,
    Level,
    PriceHistory,
    Prices,
    Profiles,
    Quotes,
    Rebalance,
    WholeLists,
)
from bot.ports.slack import (
    SEEN,
    Access,
    Ack,
    Channels,
    Delivered,
    Handler,
    HomeTabs,
    Messenger,
    Ours,
    Place,
    Publisher,
    Routes,
    User,
    Users,
)
from bot.ports.store import Inbox, Outbox, RuleDraft, Store, WorkspaceRepository
from bot.render.message import Document

__all__ = [
    "QUESTION",
    "SEEN",
    "Access",
    "Ack",
    "Calendar",
    "Channels",
    "ChartRenderer",
    "Clock",
    "Delivered",
    "Document",
    "Examining",
    "Finding",
    "Funds",
    "Handler",
    "HomeTabs",
    "HttpRefusal",
    "Inbox",
    "Jobs",
    "Level",
    "Messenger",
    "Metrics",
    "Ours",
    "Outbox",
    "Place",
    "PriceHistory",
    "Prices",
    "Profiles",
    "Publisher",
    "Quotes",
    "Rebalance",
    "Routes",
    "RuleDraft",
    "Store",
    "Task",
    "Understood",
    "User",
    "Users",
    "WholeLists",
    "WorkspaceRepository",
]
