"""What `raymi bench` measures, one module each: `run()` measures side by side and prints figures and ratios."""
