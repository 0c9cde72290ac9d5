"""Yahoo Finance through yfinance, with its traps closed: `YahooMarket` is both ports, Prices and Funds."""

from bot.market.yahoo.market import YahooMarket
from bot.market.yahoo.session import HttpLimits

__all__ = ["HttpLimits", "YahooMarket"]
