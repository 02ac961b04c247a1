"""What each print-out shows, paper by paper."""
