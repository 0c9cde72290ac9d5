"""Whether a gap is real: the sections that hold differences against chance, and their words."""
