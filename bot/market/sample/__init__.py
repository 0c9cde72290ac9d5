"""A simulated market, so that everything can be tried without a source: `SampleMarket` is both ports."""

from bot.market.sample.market import SOURCE, SampleMarket

__all__ = ["SOURCE", "SampleMarket"]
