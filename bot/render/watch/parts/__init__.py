"""Words and blocks that the messages on watchpoints share.

typed.py       what people typed, made safe
measures.py    names and formulas of what can be watched
values.py      values, thresholds and distances in the quantity's unit
conditions.py  a quantity held against its threshold
standing.py    where a rule stands
order.py       in which order several are shown
said.py        what a session made of a rule, in one sentence
target.py      the fund to look at
past.py        how often a rule would have fired
deeds.py       what people did to a rule
posts.py       whether and when a channel is told
convention.py  the line that says what the numbers rest on
blocks.py      Block Kit
"""
