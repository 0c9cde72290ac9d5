"""What stands above exported files."""

from __future__ import annotations

from analytics.comparison import Comparison
from bot.render.comparison.answer import heading
from bot.render.comparison.convention import convention
from bot.render.text import escape


def exported(comparison: Comparison, asked_by: str) -> str:
    """Which funds the files are about, and how their numbers came about; safe mrkdwn."""
    head = f"*{escape(heading(comparison))}*: table and series as files."
    return f"{head}\n`{escape(convention(comparison))}`\nAsked by <@{asked_by}>"
