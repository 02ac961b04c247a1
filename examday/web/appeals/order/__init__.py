"""Pages of the order for reprocessing."""
