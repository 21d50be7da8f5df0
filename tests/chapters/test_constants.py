"""Constants: CODATA's own values, or what follows from them; none stands twice."""

import pytest
import scipy.constants

from kscale_nb import MODEL
from kscale_nb.chapters import constants
from kscale_nb.quantity import quantities_of
from kscale_nb.units import same_dimension, unit_factor

OF_CODATA = {
    "boltzmann_constant": "Boltzmann constant",
    "planck_constant": "Planck constant",
    "speed_of_light": "speed of light in vacuum",
    "elementary_charge": "elementary charge",
    "avogadro": "Avogadro constant",
    "standard_gravity": "standard acceleration of gravity",
    "atmosphere": "standard atmosphere",
}


@pytest.mark.parametrize(("name", "title"), OF_CODATA.items())
def test_what_the_si_defines_is_codatas_own_value(name, title):
    assert MODEL.value(name) == pytest.approx(scipy.constants.physical_constants[title][0], rel=1e-15)


def test_every_figure_from_codata_is_compared_with_it():
    cited = {name for name, q in MODEL.quantities.items() if q.source == "codata" and q.provenance != "chosen"}
    assert cited == {*OF_CODATA, "one_second", "silicon_density"}


def test_stefan_and_boltzmanns_constant_follows():
    assert not MODEL["stefan_boltzmann"].is_given
    assert MODEL.value("stefan_boltzmann") == pytest.approx(scipy.constants.Stefan_Boltzmann, rel=1e-9)


def test_units_of_time_and_length_are_those_of_astronomers():
    assert MODEL.value("earth_orbit") == unit_factor("au") == scipy.constants.astronomical_unit
    assert MODEL.value("one_year") == unit_factor("year") == scipy.constants.Julian_year


def test_silicon_is_as_dense_as_its_weight_in_its_molar_volume():
    volume = scipy.constants.physical_constants["molar volume of silicon"][0]
    assert MODEL.value("silicon_weight") / volume == pytest.approx(MODEL.value("silicon_density"), rel=1e-5)


def test_no_constant_stands_twice(defaults):
    """Neither in another chapter, nor under another unit; one of a unit, as a year, is a number like any other."""
    for name, constant in quantities_of(constants).items():
        if defaults[name] == unit_factor(constant.unit):
            continue
        for other, quantity in MODEL.quantities.items():
            alike = defaults[other] == defaults[name] and same_dimension(quantity.unit, constant.unit)
            assert other == name or not (quantity.is_given and alike), f"{name} stands again as {other}"
