"""What the pages of a case show, gathered in one read."""
