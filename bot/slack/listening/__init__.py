"""From what Slack sends to what the handlers take: read, kept, acknowledged.

app.py        the Bolt app: which listener hears what
listeners.py  the listeners
payloads.py   commands, presses, forms and shortcuts, read
events.py     what is said to the bot, who looks at its Home tab, where it comes in
intake.py     from the handler to the inbox
dedupe.py     what comes again is told once
"""
