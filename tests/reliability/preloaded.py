"""Everything that a worker imports and works out first: workers are forked from one that has it.

A worker that was killed so comes back in a tenth of a second instead of four; what it knows of the world it
still finds out anew.
"""

from bot.market.calendar import ExchangeCalendar
from tests.reliability import worker
from tests.reliability.scenario import FIRST

WORKER = worker.run
SETTLED = ExchangeCalendar().settles(FIRST)
