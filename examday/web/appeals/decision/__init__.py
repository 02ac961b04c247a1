"""Pages on which members find, vote, decide and sign."""
