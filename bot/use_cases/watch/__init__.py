"""The stories of `/watch`: a rule is made, tried, changed, looked at.

handler.py   what was typed -> what to say at once, or the question goes on
answers.py   which story answers a question
making.py    a new rule; a rule tried without being kept
twice.py     the same rule is there already
changing.py  another version, a pause, the end of it
acting.py    an incident is acknowledged, snoozed, unsnoozed
looking.py   list, show, history, why
hearing.py   whether the channel hears of its rules, and what it is told when it does again
opening.py   how a version stands on the session on which it begins
finding.py   the rule that is meant, and whether the person may change it
services.py  what all of them are made with
"""
