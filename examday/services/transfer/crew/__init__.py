"""The people who are there: who could still do what is left of a work."""
