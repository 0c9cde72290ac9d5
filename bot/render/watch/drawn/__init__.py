"""What the charts of rules are made of.

words.py  short words: what is drawn, where it ends, where a rule stands
spans.py  when a rule fired: replayed, with its real standing on top
"""
