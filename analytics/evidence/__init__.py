"""What an estimate is worth, and what moves a fund: intervals, rates, regimes, style."""
