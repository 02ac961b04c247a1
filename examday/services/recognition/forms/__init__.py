"""A form that is read by machine: what is read, and what is sealed of it."""
