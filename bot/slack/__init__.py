"""Slack: what it sends is read, kept and acknowledged; what it is to show is posted, or found again.

app.py, listeners.py, payloads.py, intake.py       requests, from the payload to the inbox
http.py, connections.py, socket_mode.py, serve.py  how they reach the bot
messenger.py, publisher.py, files.py               answers; notices and Home tabs; pictures and files
sender.py, history.py, rate_limit.py               plainer where refused; looked for before repeated; in time
directory.py, client.py, errors.py                 channels and people; the client; what errors mean
"""
