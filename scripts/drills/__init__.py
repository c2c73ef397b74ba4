"""Long trials of promises, one module each, for `raymi drill`: `run(times, seed)` prints what it tried and returns how often it failed."""
