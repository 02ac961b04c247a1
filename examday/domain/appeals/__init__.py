"""The conflict commission: cases, diagnosis, hearing, reprocessing.

Pure rules; dates and people come in as values.
"""
