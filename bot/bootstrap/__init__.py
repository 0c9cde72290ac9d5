"""Which concrete part stands where: the only place that picks them.

                      ┌ web ─────────────────────────────┐        ┌ worker ──────────────────────────┐
Slack ── Socket Mode ─┤ listeners ── handlers ── intake ─┼ inbox ─┤ answering ── answers ── messenger├─ Slack
         | HTTP       └──────────────────────────────────┘  jobs  │ sweep ── daily run ── delivery ──┤
                                                           store  └─ prices | facts, renderer ──────┘

`serve --role all` has both in one process, with the jobs in memory beside SQLite; `web` and `worker` share
a PostgreSQL, any number of each.

sources.py     prices, facts, calendar, chart renderer
storage.py     the store and the jobs
slack.py       Slack's Web API: messenger, publisher, people; which workspace the token is for
roles.py       what takes commands (web), what works (worker)
monitoring.py  what can be seen from outside: metrics, health, the machine's clock
serving.py     the roles, each assembled and run; run_digest and doctor
"""

from bot.bootstrap.serving import Bot, assemble_bot, doctor, listen, run_digest, serve
from bot.bootstrap.sources import open_market, price_files, renderer, similar_symbols
from bot.bootstrap.storage import migrate

__all__ = [
    "Bot",
    "assemble_bot",
    "doctor",
    "listen",
    "migrate",
    "open_market",
    "price_files",
    "renderer",
    "run_digest",
    "serve",
    "similar_symbols",
]
