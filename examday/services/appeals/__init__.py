"""Use cases of the conflict commission: register, hear, find, decide, sign, reprocess, close."""
