"""What is remembered of people who talk to the bot: questions, never answers.

contexts.py  what each thread is about
visits.py    who has looked at the Home tab
"""

from bot.store.threads.contexts import SqlThreadContexts, _Place
from bot.store.threads.visits import SqlVisits

__all__ = ["SqlThreadContexts", "SqlVisits", "_Place"]
