"""What is remembered of people who talk to the bot: questions, never answers.

topics.py   what each thread is about
visits.py   who has looked at the Home tab
"""

from bot.store.talk.topics import Place, Topics
from bot.store.talk.visits import Visits

__all__ = ["Place", "Topics", "Visits"]
