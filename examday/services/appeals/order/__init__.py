"""The order for reprocessing after a transfer defect."""
