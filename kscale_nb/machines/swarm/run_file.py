"""A run in a file: arrays, books and the state of chance, so that it goes on as if it had never stopped."""

from __future__ import annotations

import hashlib
import io
import json
import os
import stat
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType

import numpy as np

from kscale_nb.errors import KscaleError
from kscale_nb.files import as_path, read_bytes
from kscale_nb.machines.durable import put
from kscale_nb.machines.swarm.growth import Allocation, Policy
from kscale_nb.machines.swarm.parameters import SwarmParameters
from kscale_nb.machines.swarm.records import EnergyBooks, MassBooks
from kscale_nb.machines.swarm.swarm import DysonSwarm

FORM = "kscale_nb swarm 5"
ARRAYS = ("positions", "velocities", "module_power", "module_mass", "module_works", "lot_distance", "lot_works")
MASSES = ("mending_begun", "lots_begun", "modules_begun", "hardware_missing")  # [kg]
MOST_BYTES = 4_000_000_000


def save(swarm: DysonSwarm, path: str | os.PathLike) -> None:
    """Write the run. The old file stays whole until the new one is: it is written beside it, then takes its name.

    Through a link it is written to what the link leads to; the permissions of an old file stay. Raises KscaleError for
    what may not be overwritten, as `check_may_be_written` does, or if the folder cannot be written to.
    """
    check_may_be_written(path)
    facts = {
        "form": FORM, "seed": swarm.seed, "day": swarm.day, "parameters": swarm.parameters.as_record(),
        "policy": asdict(swarm.policy), "failures": swarm.failures,
        "mass": asdict(swarm.mass), "energy": asdict(swarm.energy),
        "mass_at_start": swarm.mass_at_start, "stock_target": swarm.stock_target,
        **{name: getattr(swarm, name) for name in MASSES},
        "chance": swarm.rng.bit_generator.state,
    }  # fmt: skip
    arrays = {name: getattr(swarm, name) for name in ARRAYS}
    content = io.BytesIO()
    header = json.dumps({**facts, "digest": _digest(facts, arrays)})
    np.savez(content, header=np.frombuffer(header.encode(), np.uint8), **arrays)
    try:
        put(os.path.realpath(path), content.getbuffer())
    except OSError as error:
        raise KscaleError(f"{path}: the run cannot be written: {error.strerror}") from None


def check_may_be_written(path: str | os.PathLike) -> None:
    """Raise KscaleError if a file is there that is no run of ours, or if nothing can be written there."""
    path = as_path(path)
    try:
        there = os.stat(path)
        if there.st_size or not stat.S_ISREG(there.st_mode):
            _read(path)
        allowed = os.access(path, os.W_OK)
    except FileNotFoundError:
        allowed = os.access(Path(os.path.realpath(path)).parent, os.W_OK | os.X_OK)
    except KscaleError as error:
        raise KscaleError(f"{error}; it is not overwritten") from None
    except (OSError, ValueError) as error:  # a name that no file can have
        reason = getattr(error, "strerror", None) or error
        raise KscaleError(f"{path}: the run cannot be written: {reason}") from None
    if not allowed:
        raise KscaleError(f"{path}: the run cannot be written: no such folder, or no permission")


def load(path: str | os.PathLike, expected: Mapping[str, float] = MappingProxyType({})) -> DysonSwarm:
    """Read a run, whose seed and parameters are as expected where they are named.

    Raises KscaleError if the file is missing, cut short, altered, or of another run.
    """
    facts, arrays = _read(path)
    parameters = SwarmParameters(**facts["parameters"])
    theirs = parameters.as_record() | {"seed": facts["seed"]}
    for name, ours in expected.items():
        if theirs[name] != ours:
            raise KscaleError(f"{path}: this is another run: its {name} is {theirs[name]:.6g}, here it is {ours:.6g}")
    swarm = DysonSwarm.__new__(DysonSwarm)
    swarm.parameters, swarm.seed, swarm.day = parameters, facts["seed"], facts["day"]
    swarm.rng = np.random.default_rng()
    swarm.rng.bit_generator.state = facts["chance"]
    swarm.failures, policy = facts["failures"], facts["policy"]
    shares = tuple(Allocation(**allocation) for allocation in policy["allocations"])
    swarm.policy = Policy(tuple(policy["days"]), shares, policy["end"])
    swarm.mass, swarm.energy = MassBooks(**facts["mass"]), EnergyBooks(**facts["energy"])
    swarm.mass_at_start, swarm.stock_target = facts["mass_at_start"], facts["stock_target"]
    for name in MASSES:
        setattr(swarm, name, facts[name])
    for name, array in arrays.items():
        setattr(swarm, name, array)
    return swarm


def _read(path: str | os.PathLike) -> tuple[dict, dict[str, np.ndarray]]:
    """The header and the arrays of a run that is whole."""
    content = read_bytes(path, MOST_BYTES)
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            facts = json.loads(bytes(file["header"]))
            arrays = {name: file[name] for name in ARRAYS}
    except Exception:  # a stranger's bytes find every fault that zip files, arrays and JSON can have
        raise KscaleError(f"{path}: this is no run of a swarm, or it was cut short") from None
    if not isinstance(facts, dict) or facts.get("form") != FORM:
        raise KscaleError(f"{path}: this is no run of a swarm in the form {FORM!r}")
    if facts.pop("digest", None) != _digest(facts, arrays):
        raise KscaleError(f"{path}: this run was altered: its contents do not fit its digest")
    return facts, arrays


def _digest(facts: dict, arrays: dict[str, np.ndarray]) -> str:
    digest = hashlib.sha256(json.dumps(facts, sort_keys=True).encode())
    for name in ARRAYS:
        digest.update(f"{name} {arrays[name].dtype} {arrays[name].shape}".encode())
        digest.update(np.ascontiguousarray(arrays[name]).tobytes())
    return digest.hexdigest()
