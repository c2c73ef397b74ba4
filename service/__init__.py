"""Raymi's service: everything it knows and does. It never imports ``api``; the order of its areas is in the README."""
