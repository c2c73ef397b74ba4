"""The doors of Raymi: JSON under ``/api/v1`` and HTML pages. Everything they know, they ask of ``service``."""
