"""The command line of a bot that waits less: `python -m tests.scenario.hasty serve --role worker`.

What is shortened are the times after which somebody else takes over, and a rule is weighed in few worlds;
nothing else differs.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from functools import partial

from bot import cli

LEASE = timedelta(seconds=6)
"""Still longer than any answer takes on a busy machine: a question would else be answered twice."""
STALE, ROUND = 2.0, 0.5


def hurry() -> None:
    """Shorten them, in this process."""
    from analytics.watch.preflight import preflight
    from bot.bootstrap import roles
    from bot.jobs import postgres
    from bot.use_cases import inbox
    from bot.use_cases.outcomes import worth

    worth.preflight = partial(preflight, paths=50)  # type: ignore[attr-defined]
    inbox.LEASE, inbox.RENEWAL = LEASE, LEASE.total_seconds() / 4
    postgres.postgres_queue = partial(postgres.postgres_queue, stale=STALE)
    roles.WorkingRole = partial(roles.WorkingRole, every=ROUND, look=ROUND)  # type: ignore[misc, assignment]


if __name__ == "__main__":
    hurry()
    sys.exit(cli.main(sys.argv[1:]))
