"""Pages of the hearing: appointment, attendance, opening."""
