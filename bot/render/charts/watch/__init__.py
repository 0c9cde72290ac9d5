"""Charts of rules: one against its threshold, its past, all of a channel.

scale      an axis that holds the threshold, and numbers in the quantity's unit
trace      one quantity against its threshold, labelled at the right edge
shades     when a rule fired: tints, bars, dates, key
stack      panels above each other on one time axis
rule       one rule: where it stands and how it came there
past       years of a rule, and what a longer confirmation would have changed
overview   all rules of a channel in small
"""
