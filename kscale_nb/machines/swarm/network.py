"""The swarm's network: links of light between near neighbours, ways over them, and what a loss costs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from heapq import heappop, heappush

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import ConvexHull, QhullError, cKDTree
from scipy.spatial.distance import pdist

from kscale_nb.errors import KscaleError
from kscale_nb.machines.swarm.links import energy_per_byte
from kscale_nb.machines.swarm.parameters import SwarmParameters

NEIGHBOURS = 8
CHILDREN = 2  # of a node in the tree of an exchange, so that each of its links is a third of its rate
WAYS = 400_000  # that are followed in a large network, by taking fewer nodes to start from
MOST_SOURCES = 64


@dataclass(frozen=True)
class Ways:
    """Shortest ways between nodes that are joined, from a sample of them where there are many."""

    hops: float  # in the mean
    most_hops: int
    delay: float  # along the links, in the mean [s]
    detour: float  # that delay over light's on the straight line


@dataclass(frozen=True, eq=False)
class Exchange:
    """Bytes summed up a tree of shortest ways and spread down again, piece after piece, both ways at once."""

    links: np.ndarray  # (members - 1, 2), parent and child
    rate: float  # of the slowest of them [byte/s]
    delay: float  # from the root to the farthest [s]
    time: float  # [s]


@dataclass(frozen=True, eq=False)
class Network:
    """Nodes at their places, and the links that their terminals hold: each node's share of them is the same.

    Where the nearest neighbours do not join all, more of them are asked for.
    """

    parameters: SwarmParameters
    positions: np.ndarray  # (nodes, 3) [m]
    powers: np.ndarray  # of each node at full load [W]
    masses: np.ndarray  # [kg]
    links: np.ndarray  # (links, 2), node numbers, the lower first

    @classmethod
    def of(cls, parameters: SwarmParameters, positions: np.ndarray, powers: np.ndarray, masses: np.ndarray) -> Network:
        """Each node joined with its nearest neighbours.

        >>> swarm = SwarmParameters.of_model(modules=3, lots=10)
        >>> line = Network.of(swarm, np.array([[0.0, 0, 0], [3e8, 0, 0], [9e8, 0, 0]]), np.ones(3), np.ones(3))
        >>> line.links.tolist(), round(line.longest_delay, 3)
        ([[0, 1], [0, 2], [1, 2]], 3.002)
        """
        return cls(parameters, positions, powers, masses, _neighbours(positions))

    @property
    def nodes(self) -> int:
        return len(self.positions)

    def _lengths(self, links: np.ndarray) -> np.ndarray:
        return np.linalg.norm(self.positions[links[:, 0]] - self.positions[links[:, 1]], axis=1)

    @cached_property
    def lengths(self) -> np.ndarray:
        """Of the links [m]."""
        return self._lengths(self.links)

    def rates(self, links: np.ndarray) -> np.ndarray:
        """What each of these links carries each way if all terminals turn to them, evenly [byte/s].

        Terminals limit it, a share of each node's mass; power does, the network's share of its own; and the poorer end.
        """
        p = self.parameters
        degrees = np.maximum(1, np.bincount(links.ravel(), minlength=self.nodes))
        terminals = p.terminal_share * self.masses / p.terminal_mass * p.link_rate / degrees
        power = self.powers * (1 - p.logic_weight - p.memory_weight) / degrees
        costs = energy_per_byte(p, self._lengths(links))
        return np.minimum(terminals[links], power[links] / costs[:, None]).min(axis=1)

    @cached_property
    def rate(self) -> np.ndarray:
        """Of each link with its neighbours, each way [byte/s]."""
        return self.rates(self.links)

    @property
    def energy_per_byte(self) -> float:
        """Of a byte over one link, in the mean of what the links carry [J/byte]."""
        total = self.rate.sum()
        return float((self.rate * energy_per_byte(self.parameters, self.lengths)).sum() / total) if total else 0.0

    @cached_property
    def delays(self) -> csr_array:
        """Light's time along each link, as a graph [s]; nodes at one place are told from nodes without a link."""
        times = np.maximum(self.lengths / self.parameters.speed_of_light, np.finfo(float).tiny)
        ends = np.concatenate([self.links, self.links[:, ::-1]])
        return coo_array((np.tile(times, 2), ends.T), (self.nodes, self.nodes)).tocsr()

    @cached_property
    def parts(self) -> np.ndarray:
        """To which connected part each node belongs, the largest being 0."""
        _, labels = connected_components(self.delays, directed=False)
        order = np.argsort(-np.bincount(labels, minlength=1), kind="stable")
        return np.argsort(order)[labels]

    @property
    def reach(self) -> float:
        """Share of the nodes that are in the largest connected part."""
        return float(np.mean(self.parts == 0)) if self.nodes else 0.0

    @cached_property
    def nearest_delay(self) -> float:
        """Light's time to the nearest neighbour, in the mean [s]."""
        if self.nodes < 2:
            return 0.0
        distances, _ = cKDTree(self.positions).query(self.positions, 2)
        return float(distances[:, 1].mean()) / self.parameters.speed_of_light

    @cached_property
    def longest_delay(self) -> float:
        """Light's time between the two nodes farthest apart: between two corners of their hull [s]."""
        try:
            corners = self.positions[ConvexHull(self.positions).vertices]
        except (QhullError, ValueError):  # too few, or all in one plane
            corners = self.positions
        return float(pdist(corners).max(initial=0.0)) / self.parameters.speed_of_light

    @cached_property
    def ways(self) -> Ways:
        """Shortest ways from all nodes, or from as many as are soon followed."""
        count = min(self.nodes, MOST_SOURCES, max(2, WAYS // max(1, self.nodes)))
        sources = np.unique(np.linspace(0, self.nodes - 1, count).astype(int)) if self.nodes else []
        if len(self.links) == 0:
            return Ways(0.0, 0, 0.0, 1.0)
        hops = dijkstra(self.delays, indices=sources, unweighted=True)
        delays = dijkstra(self.delays, indices=sources)
        joined = np.isfinite(hops) & (hops > 0)
        straight = np.linalg.norm(self.positions[sources][:, None] - self.positions[None], axis=2)[joined].mean()
        delay = float(delays[joined].mean())
        light = float(straight) / self.parameters.speed_of_light
        return Ways(float(hops[joined].mean()), int(hops[joined].max()), delay, delay / light if light else 1.0)

    @property
    def bisection(self) -> float:
        """What crosses the poorest of three planes that halve the nodes, each way [byte/s]."""
        crossing = []
        for place in self.positions.T:
            lower = np.zeros(self.nodes, bool)
            lower[np.argsort(place, kind="stable")[: self.nodes // 2]] = True
            crossing.append(float(self.rate[lower[self.links[:, 0]] != lower[self.links[:, 1]]].sum()))
        return min(crossing)

    def without(self, lost: np.ndarray) -> Network:
        """Those that are left, on the links that they had: what stands before any terminal turns to a new neighbour."""
        kept = np.ones(self.nodes, bool)
        kept[lost] = False
        number = np.cumsum(kept) - 1
        links = number[self.links[kept[self.links].all(axis=1)]]
        return Network(self.parameters, self.positions[kept], self.powers[kept], self.masses[kept], links)

    def from_the_middle(self, members: np.ndarray) -> tuple[csr_array, int]:
        """The links among members as a graph of delays [s], and the member nearest their middle."""
        middle = self.positions[members].mean(axis=0)
        nearest = int(np.argmin(np.linalg.norm(self.positions[members] - middle, axis=1)))
        return self.delays[members][:, members], nearest

    def exchange(self, size: float, members: np.ndarray | None = None) -> Exchange:
        """Add up so many bytes of each member, and give all the sum; of the largest connected part by default.

        Raises KscaleError for members that no links between them join.
        """
        members = np.flatnonzero(self.parts == 0) if members is None else np.asarray(members)
        if len(members) < 2:
            return Exchange(np.empty((0, 2), int), np.inf, 0.0, 0.0)
        delays, parents = _slender(*self.from_the_middle(members))
        children = np.flatnonzero(parents >= 0)
        if cut_off := len(members) - 1 - len(children):
            raise KscaleError(f"exchange: {cut_off:,} of {len(members):,} members are cut off")
        links = np.column_stack([members[parents[children]], members[children]])
        rate, delay = float(self.rates(links).min()), float(delays.max())
        return Exchange(links, rate, delay, size / rate + 2 * delay)


def _slender(graph: csr_array, root: int) -> tuple[np.ndarray, np.ndarray]:
    """A tree of short ways whose nodes share their terminals among few: delays from the root [s], and parents.

    Nodes join by their delay, as in Dijkstra's search, but none takes more than two children unless nobody else can.
    Parents are -1 at the root and at nodes that it does not reach.
    """
    delays, parents = np.full(graph.shape[0], np.inf), np.full(graph.shape[0], -1)
    children, limit, waiting, refused = np.zeros(graph.shape[0], int), CHILDREN, [(0.0, root, -1)], []
    while waiting:
        delay, node, parent = heappop(waiting)
        if np.isinf(delays[node]):
            if parent >= 0 and children[parent] >= limit:
                refused.append((delay, node, parent))
            else:
                delays[node], parents[node] = delay, parent
                children[parent] += parent >= 0
                part = slice(graph.indptr[node], graph.indptr[node + 1])
                for other, step in zip(graph.indices[part].tolist(), graph.data[part].tolist(), strict=True):
                    if np.isinf(delays[other]):
                        heappush(waiting, (delay + step, other, node))
        if not waiting and refused:
            waiting, refused, limit = sorted(refused), [], limit + 1
    return delays, parents


def _neighbours(positions: np.ndarray) -> np.ndarray:
    """Each node's nearest neighbours as pairs, as many as join all."""
    count = len(positions)
    if count < 2:
        return np.empty((0, 2), int)
    tree, neighbours = cKDTree(positions), min(NEIGHBOURS, count - 1)
    while True:  # near neighbours nearly always join all; where they do not, ask for more of them
        _, indices = tree.query(positions, neighbours + 1)
        ends = np.column_stack([np.repeat(np.arange(count), neighbours + 1), indices.ravel()])
        ends = ends[ends[:, 0] != ends[:, 1]]  # itself; where nodes share a place, not always the first
        links = np.unique(np.sort(ends, axis=1), axis=0)
        graph = coo_array((np.ones(len(links)), links.T), (count, count))
        if neighbours == count - 1 or connected_components(graph, directed=False, return_labels=False) == 1:
            return links
        neighbours = min(2 * neighbours, count - 1)
