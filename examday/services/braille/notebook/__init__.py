"""The scanned pages of a Braille work: what each is, stated before anybody transcribes."""
