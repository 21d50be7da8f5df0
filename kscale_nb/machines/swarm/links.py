"""A link of light: what arrives over a distance, and what each byte costs.

Two equal mirrors far apart pass the square of their area over wavelength times distance, which is the gain of both over
the path's loss of a link budget (Liang and others, 2022); near by, all of it.
"""

from __future__ import annotations

import math

import numpy as np

from kscale_nb.machines.swarm.parameters import SwarmParameters


def captured(parameters: SwarmParameters, distance: np.ndarray | float) -> np.ndarray | float:
    """Share of a beam that reaches an equal mirror at a distance [m]: diffraction, and no more than all.

    >>> swarm = SwarmParameters.of_model(lots=10)
    >>> f"{captured(swarm, 2e6):.3g}", captured(swarm, 1.0)
    ('6.42e-06', np.float64(1.0))
    """
    near = math.pi / 4 * parameters.aperture**2 / parameters.wavelength  # so far all of the beam still arrives
    return (near / np.maximum(distance, near)) ** 2


def energy_per_byte(parameters: SwarmParameters, distance: np.ndarray | float) -> np.ndarray | float:
    """Electricity of a terminal for each byte over a distance [J/byte]: its own, and the light's.

    >>> f"{energy_per_byte(SwarmParameters.of_model(lots=10), 2e7) / 8 * 1e9:.3g} nJ/bit"
    '15.7 nJ/bit'
    """
    p = parameters
    arriving = p.link_margin * p.photons * p.planck * p.speed_of_light / p.wavelength
    sent = arriving / (captured(p, distance) * p.telescope_efficiency**2)
    return p.link_energy + sent / p.laser_efficiency
