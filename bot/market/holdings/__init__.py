"""Whole lists of what funds hold, from files: issuers' CSV and XLSX, the SEC's N-PORT, a team's own tables.

lists    rows with named columns, whoever wrote them
files    one file: recognised by its shape, bounded in size, read, checked
nport    the SEC's form
folder   all files of a folder, read again when they change
fetch    polite requests for what may be fetched
"""
