"""The desk of a tiflo-translator: entry, answers, hand-in, result."""
