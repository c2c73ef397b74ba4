"""HTML pages, a file for each area: usable without scripts, phone width first."""
