"""All tables of the service, loaded."""

import importlib
import pkgutil

import service


def load_tables() -> None:
    """Import every module of the service, so that SQLModel's metadata is complete."""
    for module in pkgutil.walk_packages(service.__path__, "service."):
        importlib.import_module(module.name)
