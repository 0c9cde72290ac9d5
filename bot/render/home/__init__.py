"""What a person sees of Watchpoint without asking: the Home tab, and the first words.

facts.py     what a Home tab tells of
view.py      the tab
welcome.py   the first words, there and in a channel
"""
