"""Messages from data: blocks, tables and chart specs; nothing is fetched or computed here.

text.py, blocks.py, message.py     numbers and names as people read them; Block Kit; what is sent
sections/                          one file a follow-up; the comparison is the first
rules/                             cards, digests, lists
charts/                            chart specs to PNG bytes
STYLE.md                           how messages speak
"""
