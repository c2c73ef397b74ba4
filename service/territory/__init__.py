"""Departments, provinces, districts, and published figures about districts.

A place is known by its UBIGEO of INEI (RENIEC and SUNAT number places differently; their codes never enter). The places come
with the installation; figures are imported from files, each with the source that published it. The quintile of poverty is
*derived*: worked out here from published poverty and population, in place of an official quintile that is not published as data.
"""
