"""The demo: invented people and groups in eight real districts.

``canchis.csv`` restates published facts about the districts of Canchis, Cusco (UBIGEO 080601-080608): population, languages and
rural share from INEI's census of 2017; total poverty from INEI's poverty map of 2018; the human development index (IDH) of 2019
from PNUD Peru. ``poverty_quintile_derived`` is no official figure: it ranks all districts of the country by total poverty and cuts
their people into fifths, 1 = poorest. ``main_language`` is the largest share.
"""
