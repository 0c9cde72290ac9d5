"""Prices and fund facts: sources, the cache before them, and the checks that both pass.

yahoo.py, yahoo_client.py     Yahoo Finance
sample.py, sample_funds.py    a simulated market; sample_holdings.py: what its funds hold
files.py, price_tables.py     a team's own prices, from files; which column of a table is what
holdings/                     whole lists of what funds hold, from files
cache.py, disk_store.py       what was fetched, kept on disk
series.py, checks.py          one symbol's prices on its sessions; what must hold before they are believed
calendar.py, reference.py     sessions of exchanges; facts that no source sends
"""
