"""The swarm's manager: it places the first document's two jobs on modules, and says what they yield.

Training reads tokens on all its modules and adds up what they learnt over the network; serving thinks in each module by
itself. Processors that wait to be swapped compute nothing; a module that is lost whole stops a training run once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import ClassVar

import numpy as np
from scipy.sparse.csgraph import connected_components, dijkstra

from kscale_nb.errors import KscaleError, echoed
from kscale_nb.machines.built import OfModel
from kscale_nb.machines.checked import number
from kscale_nb.machines.swarm.network import Exchange, Network


@dataclass(frozen=True, kw_only=True)
class Job(OfModel):
    """What both kinds of work have: how much of the swarm they ask for, and the machine's work for a joule."""

    share: float = 1.0  # of the modules
    efficiency: float  # [FLOP/J] of logic
    idle_hardware: float  # share of a module that waits to be swapped

    def __post_init__(self):
        for name in (field.name for field in fields(self)):
            share = name in ("share", "utilisation", "idle_hardware")
            zero = name in ("idle_hardware", "loss_rate", "interruption_cost")
            bounds = ({"low": 0} if zero else {"above": 0}) | ({"high": 1.0} if share else {})
            object.__setattr__(self, name, number(name, getattr(self, name), **bounds))


@dataclass(frozen=True, kw_only=True)
class Training(Job):
    """The training run: tokens in batches, and an exchange of all gradients once in so many steps.

    >>> run = Training.of_model(steps_alone=500)
    >>> f"{run.flop_per_token:.3g}", f"{run.weights:.3g}"
    ('2.7e+16', '8.99e+15')
    """

    quantities: ClassVar[dict[str, str]] = {
        "efficiency": "logic_efficiency", "idle_hardware": "idle_hardware", "parameters": "active_parameters",
        "flop_per_parameter": "flop_per_parameter_and_token", "weights": "weights_bytes", "batch": "useful_batch",
        "utilisation": "training_utilisation", "loss_rate": "module_loss_rate",
        "interruption_cost": "interruption_cost",
    }  # fmt: skip

    parameters: float
    flop_per_parameter: float  # and token
    weights: float  # [byte]
    batch: float  # [token] of one step
    utilisation: float  # of the peak
    loss_rate: float  # of modules, whole [1/s]
    interruption_cost: float  # what one of them costs the run [s]
    steps_alone: float = 1.0  # between exchanges

    @property
    def flop_per_token(self) -> float:
        return self.flop_per_parameter * self.parameters

    def placed(self, network: Network, members: np.ndarray, exchange: Exchange | None = None) -> Placement:
        """What it yields on these modules of the network, by an exchange of theirs where one is known already."""
        logic = float(network.powers[members].sum()) * network.parameters.logic_weight * (1 - self.idle_hardware)
        peak = logic * self.efficiency * self.utilisation / self.flop_per_token  # [token/s]
        if not peak:
            return Placement(self, members, 0.0, 0.0, None)
        exchange = exchange or network.exchange(self.weights, members)
        reading = self.steps_alone * self.batch / peak
        runs = 1 / (1 + len(members) * self.loss_rate * self.interruption_cost)
        waiting = exchange.time / (reading + exchange.time)
        return Placement(self, members, peak * (1 - waiting) * runs, waiting, exchange)


@dataclass(frozen=True, kw_only=True)
class Serving(Job):
    """Answering: as many tokens as a module's logic computes, or as its memory's power can read, the fewer."""

    quantities: ClassVar[dict[str, str]] = {
        "efficiency": "logic_efficiency", "idle_hardware": "idle_hardware", "flop_per_token": "flop_per_token",
        "bytes_per_token": "bytes_read_per_token", "reading_energy": "dram_energy_per_bit",
    }  # fmt: skip

    flop_per_token: float
    bytes_per_token: float  # that are read
    reading_energy: float  # [J/byte]

    def placed(self, network: Network, members: np.ndarray) -> Placement:
        """What it yields on these modules of the network."""
        p = network.parameters
        power = float(network.powers[members].sum()) * (1 - self.idle_hardware)
        computed = power * p.logic_weight * self.efficiency / self.flop_per_token
        read = power * p.memory_weight / (self.bytes_per_token * self.reading_energy)
        return Placement(self, members, min(computed, read), 0.0, None)


@dataclass(frozen=True, eq=False)
class Placement:
    """A job on its modules."""

    job: Job
    modules: np.ndarray  # their numbers in the network
    tokens_per_second: float  # read or written
    waiting: float  # share of the time in which it waits for an exchange
    exchange: Exchange | None


def place(network: Network, jobs: Sequence[Job]) -> list[Placement]:
    """Give each job its share of the modules, in their order, training first.

    Training takes modules that are joined, from the middle outward; serving needs no links, and takes those that are
    cut off before others. Raises KscaleError for what is no job, or shares above all of it.
    """
    for job in jobs:
        if not isinstance(job, Job):
            raise KscaleError(f"a job is a Training or a Serving, not {echoed(job)}")
    if (total := sum(job.share for job in jobs)) > 1 + 1e-9:
        raise KscaleError(f"jobs: they ask for {total:.4g} of the modules, and there is one of each")
    free, placed = np.ones(network.nodes, bool), {}
    for number_, job in sorted(enumerate(jobs), key=lambda one: not isinstance(one[1], Training)):
        wanted = round(job.share * network.nodes)
        members = (_joined if isinstance(job, Training) else _any)(network, free, wanted)
        free[members] = False
        placed[number_] = job.placed(network, members)
    return [placed[number_] for number_ in range(len(jobs))]


def _joined(network: Network, free: np.ndarray, wanted: int) -> np.ndarray:
    """Up to so many of the free modules, all of one connected part and nearest its middle."""
    there = np.flatnonzero(free)
    if not len(there) or not wanted:
        return there[:0]
    _, parts = connected_components(network.delays[there][:, there], directed=False)
    there = there[parts == np.bincount(parts).argmax()]
    graph, root = network.from_the_middle(there)
    delays = dijkstra(graph, indices=root)
    return np.sort(there[np.argsort(delays, kind="stable")[:wanted]])


def _any(network: Network, free: np.ndarray, wanted: int) -> np.ndarray:
    there = np.flatnonzero(free)
    return np.sort(there[np.argsort(network.parts[there] == 0, kind="stable")[:wanted]])
