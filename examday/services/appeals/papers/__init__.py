"""What the commission prints, as plain data and as tagged PDF."""
