"""A rule and its text, both ways.

    text -> reading.read_rule -> Rule, Policy -> written.write -> the same in canonical form

lexing.py      text -> tokens, by the phrases of vocabulary.py
folding.py     tokens -> the pieces of pieces.py: a fund, a measure, a comparison, an option
reading.py     pieces -> the rule: conditions.py makes each condition, thresholds.py its comparison
amounts.py     numbers with their units
"""
