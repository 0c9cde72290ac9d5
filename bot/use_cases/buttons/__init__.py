"""The stories of the buttons on cards and of the forms behind them.

handlers.py  what was pressed or sent in -> a form, what is wrong with a field, or the question goes on
answers.py   acknowledge, snooze, explain, edit, delete
"""
