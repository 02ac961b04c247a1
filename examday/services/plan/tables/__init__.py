"""Tables that were sent: kept, looked at, examined together, brought in."""
