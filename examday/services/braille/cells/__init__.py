"""Cells as they are entered, drawn, heard and put in rows."""
