"""The page of the hearing and its steps, from appointment to votes."""
