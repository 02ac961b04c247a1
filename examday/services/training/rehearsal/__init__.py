"""The technical rehearsal of the day before: a training booklet, and a case of the commission about it."""
