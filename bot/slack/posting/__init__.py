"""What every post goes through: the channel's turn, its pictures, and plainer forms where Slack refuses it.

rate_limit.py  one post a second per channel
uploads.py     pictures, shared with nobody until a message shows them
shares.py      files for people to keep, and the words above them, in one message
looks.py       a message that may have been posted is found again
fallback.py    a draft goes out as it is meant, else plainer
reply_url.py   Slack's response_url
"""
