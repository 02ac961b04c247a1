"""The commands of `examday`, one module per family; each parses, calls a service and presents."""
