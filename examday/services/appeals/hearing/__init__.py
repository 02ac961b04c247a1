"""The hearing: appointment, attendance, votes."""
