"""What is printed of one packet."""
