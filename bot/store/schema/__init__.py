"""What the tables are, and how records become rows.

columns.py   types of columns: moments in UTC, texts, records as JSON
content.py   records to JSON and back, exactly
tables.py    the tables
rows.py      rows to records
"""
