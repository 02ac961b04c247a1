"""What is printed of one work."""
