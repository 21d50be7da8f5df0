"""The swarm's network: who is near whom, the shortest net of links that joins all, and what light takes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree
from scipy.spatial import ConvexHull, QhullError, cKDTree
from scipy.spatial.distance import pdist

from kscale_nb.chapters.constants import speed_of_light

LIGHT = float(speed_of_light.value)
NEIGHBOURS = 8


@dataclass(frozen=True, eq=False)
class NetworkRecord:
    """A net that joins all nodes: its links as pairs of node numbers, and its measures."""

    nodes: int
    links: np.ndarray  # (nodes - 1, 2)
    lengths: np.ndarray  # of the links [m]
    nearest_delay: float  # mean light delay to the nearest neighbour [s]
    longest_delay: float  # light delay between the two nodes farthest apart [s]

    @property
    def total_length(self) -> float:
        """Of all links [m]."""
        return float(self.lengths.sum())

    @property
    def longest_link(self) -> float:
        """[m]"""
        return float(self.lengths.max(initial=0.0))


def span(positions: np.ndarray, light: float = LIGHT) -> NetworkRecord:
    """The shortest net of links that joins nodes at these positions [m], shape (nodes, 3), at the speed of light [m/s].

    >>> line = span(np.array([[0.0, 0, 0], [3e8, 0, 0], [9e8, 0, 0]]))
    >>> line.links.tolist(), round(line.longest_delay, 3)
    ([[0, 1], [1, 2]], 3.002)
    """
    count = len(positions)
    if count < 2:
        return NetworkRecord(count, np.empty((0, 2), int), np.empty(0), 0.0, 0.0)
    tree, neighbours = cKDTree(positions), min(NEIGHBOURS, count - 1)
    while True:  # near neighbours nearly always join all; where they do not, ask for more of them
        distances, indices = tree.query(positions, neighbours + 1)
        sources = np.repeat(np.arange(count), neighbours)
        # nodes at one place are joined by links of no length, which a sparse matrix would not hold
        weights = np.maximum(distances[:, 1:].ravel(), np.finfo(float).tiny)
        graph = coo_matrix((weights, (sources, indices[:, 1:].ravel())), (count, count)).tocsr()
        graph = graph.maximum(graph.T)
        if connected_components(graph, directed=False, return_labels=False) == 1:
            break
        neighbours = min(2 * neighbours, count - 1)
    links = minimum_spanning_tree(graph).tocoo()
    ends = np.sort(np.column_stack([links.row, links.col]), axis=1)
    order = np.lexsort((ends[:, 1], ends[:, 0]))
    return NetworkRecord(
        count, ends[order], links.data[order], float(distances[:, 1].mean()) / light, _diameter(positions) / light
    )


def _diameter(positions: np.ndarray) -> float:
    """Largest distance between two nodes: between two corners of their hull [m]."""
    try:
        corners = positions[ConvexHull(positions).vertices]
    except QhullError:  # too few, or all in one plane
        corners = positions
    return float(pdist(corners).max())
