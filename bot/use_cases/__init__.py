"""The stories: each file tells the one of its name, from what is asked or due to what is posted and kept.

compare.py, threads.py                 `/compare`, `/sectors`, and questions in a thread
rules.py, rule_status.py, incidents.py `/watch`: made and changed; looked at; acknowledged and snoozed
digest.py, channels.py, home.py        `/digest`; channels that take no posts; the Home tab
buttons.py, forms.py, form_fields.py   the same asked by a press or a form
daily_run.py, evaluate.py, replay.py   a session decided for every rule
deliver.py                             notices put into words and posted exactly once
scheduler.py, inbox.py                 what is due is found; what was asked is answered
gather.py, services.py                 prices and facts for all of them; what all are made with
"""
