"""Forms for the three commands: opened without data, and read as what one would have typed.

handlers.py  who takes which press, shortcut and form
sent.py      what was sent in: the fields, and what is wrong with them
comparing.py, watching.py, posting.py   the fields of one form to the text after its command
"""
