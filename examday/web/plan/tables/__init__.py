"""Pages of tables of the plan: sent, reported on, brought in, saved."""
