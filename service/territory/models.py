"""Tables of the territory: departments, provinces, districts by their UBIGEO, and published figures about districts.

UBIGEO is the code of INEI: two digits of the department, two of the province, two of the district. A longer code begins with the
code of what it lies in. ``sort_key`` holds what the name sorts by in Spanish, because the database orders text by code point.
"""

from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, Numeric

from service.core.tables import Field, SQLModel, enum, reference


class MainLanguage(StrEnum):
    """The mother tongue of most people of a district, as the census groups them."""

    SPANISH = "es"
    QUECHUA = "qu"
    AYMARA = "ay"
    OTHER_INDIGENOUS = "other_indigenous"


class Department(SQLModel, table=True):
    """One of the 24 departments, or Callao; ``ubigeo`` has two digits."""

    __tablename__ = "department"
    __table_args__ = (CheckConstraint("ubigeo ~ '^[0-9]{2}$'", name="ubigeo_shape"),)

    ubigeo: str = Field(primary_key=True)
    name: str
    sort_key: str


class Province(SQLModel, table=True):
    """A province; ``ubigeo`` has four digits."""

    __tablename__ = "province"
    __table_args__ = (
        CheckConstraint("ubigeo ~ '^[0-9]{4}$'", name="ubigeo_shape"),
        CheckConstraint("department_ubigeo = left(ubigeo, 2)", name="lies_in_its_department"),
    )

    ubigeo: str = Field(primary_key=True)
    department_ubigeo: str = reference("department.ubigeo")
    name: str
    sort_key: str


class District(SQLModel, table=True):
    """A district; ``ubigeo`` has six digits."""

    __tablename__ = "district"
    __table_args__ = (
        CheckConstraint("ubigeo ~ '^[0-9]{6}$'", name="ubigeo_shape"),
        CheckConstraint("province_ubigeo = left(ubigeo, 4)", name="lies_in_its_province"),
    )

    ubigeo: str = Field(primary_key=True)
    province_ubigeo: str = reference("province.ubigeo")
    name: str
    sort_key: str = Field(index=True)


class DistrictIndicator(SQLModel, table=True):
    """Published figures about a district; the column's name carries the year of the figure.

    ``poverty_quintile_derived`` (1 = poorest) is worked out by ``rules.quintiles`` or taken from the imported file: it stands in
    for the official quintile and is not one. ``source`` says where the figures come from.
    """

    __tablename__ = "district_indicator"
    __table_args__ = (
        CheckConstraint("population_2017 > 0", name="somebody_lives_there"),
        CheckConstraint("poverty_total_pct_2018 BETWEEN 0 AND 100", name="poverty_is_a_percentage"),
        CheckConstraint("idh_2019 BETWEEN 0 AND 1", name="idh_is_a_share"),
        CheckConstraint("poverty_quintile_derived BETWEEN 1 AND 5", name="one_of_five"),
    )

    ubigeo: str = Field(primary_key=True, foreign_key="district.ubigeo")
    population_2017: int
    poverty_total_pct_2018: Decimal = Field(sa_type=Numeric(7, 4))
    idh_2019: Decimal = Field(sa_type=Numeric(5, 4))
    poverty_quintile_derived: int
    main_language_2017: MainLanguage = enum(MainLanguage)
    source: str
