"""What modules radiate at one another.

A module is a sphere with as much surface as its radiators, which seen from afar is any convex body that turns. From
one sphere to another far off the view factor is half of 1 - sqrt(1 - (r/d)^2): the cone under which a point sees a
sphere of radius r at a distance d.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from kscale_nb.machines.swarm.network import Network

OBSERVERS = 256


@dataclass(frozen=True)
class Heat:
    """Share of its sky that others fill, for a sample of the modules, and what it makes of their temperature."""

    view: float  # in the mean
    most_view: float
    warming: float  # of the radiators' temperature in the mean, over that of a module alone, less 1


def view_factor(radius: np.ndarray | float, distance: np.ndarray | float) -> np.ndarray | float:
    """Share of a far sphere's light that falls on one of this radius [m] at a distance of centres [m].

    >>> f"{view_factor(1.0, 10.0):.4g}"
    '0.002506'
    """
    ratio = np.minimum(1.0, np.divide(radius, distance)) ** 2
    return ratio / (2 * (1 + np.sqrt(1 - ratio)))  # the same, without the loss of digits


def heat_of(network: Network) -> Heat:
    """Of a swarm whose modules all run at full load."""
    p, nodes = network.parameters, network.nodes
    if nodes < 2:
        return Heat(0.0, 0.0, 0.0)
    radii = np.sqrt(network.powers * p.radiating_surface / (4 * math.pi))
    views = []
    for one in np.unique(np.linspace(0, nodes - 1, min(nodes, OBSERVERS)).astype(int)):
        distances = np.linalg.norm(network.positions - network.positions[one], axis=1)
        distances[one] = np.inf
        views.append(float(view_factor(radii, np.maximum(distances, radii)).sum()))
    views = np.minimum(np.array(views), 1 - 1e-9)  # nobody radiates out of a full sky
    return Heat(float(views.mean()), float(views.max()), float(((1 - views) ** -0.25).mean() - 1))
