"""The machine's reading beside a person's: short answers cell by cell, essays place by place."""
