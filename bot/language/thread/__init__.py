"""What is said to the bot about funds, and what follows from what was asked before.

vocabulary.py, wording.py     the words
reading.py, drafts.py         a text to a question; written.py the way back
applying.py                   a question about the funds of a thread, to one that can be answered
nearest.py, guessing.py       what may have been meant by a text that cannot be read
naming.py                     symbols in any message
"""
