"""The rules of the readiness board, by what they look at."""
