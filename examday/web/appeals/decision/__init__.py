"""Pages on which members find what happened, decide and sign."""
