"""JSON routes, a file for each area."""
