"""Watchpoints: rules about funds, what they read, what a reading changes, how often a rule would have fired.

rules.py        what a rule says
moving.py       a measure on the window of every session
readings.py     read(rules, panel, first, last) -> Readings
transitions.py  decide(previous, reading, policy, session) -> Decision
backtest.py     years of readings: each decision of `decide`, or the incidents alone
followed.py     what followed each firing, beside what followed any session
worlds.py       the past drawn again, where nothing changes; running.py: measures on it
machine.py      `decide` on many paths at once
preflight.py    whether a rule is worth having; offers.py: rules that are; noise.py: of thousands, nightly
"""
