"""Look at this installation from all sides: one line per check, ok or FAIL and what to do."""
