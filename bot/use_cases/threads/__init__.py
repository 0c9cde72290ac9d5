"""The stories of a conversation about funds.

handlers.py   what was said, pressed or typed after a command: read at once, without data
recalling.py  what a place is about, and what it is about from now on
sections.py   which study is gathered, computed and rendered how
answers.py    a question is answered where it was asked
"""
