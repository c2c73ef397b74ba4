"""Stored files, templates to PDF, signing and verification."""
