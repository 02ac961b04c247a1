"""The hearing: appointment, attendance, own work, votes, and the sitting as a whole."""
