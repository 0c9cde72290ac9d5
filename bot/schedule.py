"""When a channel hears of a session: a pure function of the session's end and the channel's local time."""
