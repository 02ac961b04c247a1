"""Training of the Braille page network; never imported by the program."""
