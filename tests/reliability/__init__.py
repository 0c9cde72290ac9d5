"""Faults on real processes: workers are killed, Slack and the data misbehave, and what arrived is counted.

    python -m tests.reliability --kills 50 --database postgres --history no

Slack's side is the playground's workspace in the supervising process, outside of what is killed; every post
carries the key of its notice.  What a disturbed run posted and kept is held against a run that nothing
disturbed, on a fresh database at the same moments.

clock.py      time that is shared by all processes, runs fast and can be moved on
journal.py    what a worker was doing, line by line, to be read after its death
market.py     the sample market with gaps, corrections and a source that is silent at times
scenario.py   teams, channels, rules, digests and the moments of about a month
worker.py     the process that is killed: the daily run, the delivery and the answers as they are
workspace.py  Slack's side
contents.py   what a database holds, in names that two runs share
trial.py      one run: moves time, disturbs, restarts, waits until nothing is due
verdict.py    lost, doubled, and why
questions.py  questions whose worker is killed before it is noted that they are answered
"""
