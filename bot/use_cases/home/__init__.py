"""The Home tab, and the first words in a channel.

handlers.py  what is read at once: somebody looks, the bot joins, a quick comparison, the off switch
seeing.py    what one person may know of
answers.py   the stories: shown, refreshed after a change, said
"""
