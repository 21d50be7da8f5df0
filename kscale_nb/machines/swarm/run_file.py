"""A run in a file: arrays, books and the state of chance, so that it goes on as if it had never stopped."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tempfile
import zipfile
from dataclasses import asdict
from pathlib import Path

import numpy as np

from kscale_nb.errors import KscaleError
from kscale_nb.machines.swarm.growth import Allocation
from kscale_nb.machines.swarm.parameters import SwarmParameters
from kscale_nb.machines.swarm.records import EnergyBooks, MassBooks
from kscale_nb.machines.swarm.swarm import DysonSwarm

FORM = "kscale_nb swarm 2"
ARRAYS = ("positions", "velocities", "module_power", "module_mass", "module_works", "lot_distance", "lot_works")


def save(swarm: DysonSwarm, path: str | os.PathLike) -> None:
    """Write the run. The old file stays whole until the new one is: it is written beside it, then takes its name.

    Raises KscaleError if the folder cannot be written to.
    """
    path = Path(path)
    facts = {
        "form": FORM, "seed": swarm.seed, "day": swarm.day, "parameters": swarm.parameters.as_record(),
        "allocation": asdict(swarm.allocation), "mass": asdict(swarm.mass), "energy": asdict(swarm.energy),
        "mass_at_start": swarm.mass_at_start, "stock_target": swarm.stock_target,
        "mending_begun": swarm.mending_begun, "growth_begun": swarm.growth_begun,
        "chance": swarm.rng.bit_generator.state,
    }  # fmt: skip
    arrays = {name: getattr(swarm, name) for name in ARRAYS}
    content = io.BytesIO()
    header = json.dumps({**facts, "digest": _digest(facts, arrays)})
    np.savez(content, header=np.frombuffer(header.encode(), np.uint8), **arrays)
    unfinished = None
    try:
        handle, unfinished = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(content.getbuffer())
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)
    except OSError as error:
        raise KscaleError(f"{path}: the run cannot be written: {error.strerror}") from None
    finally:
        if unfinished and os.path.exists(unfinished):
            os.unlink(unfinished)


def load(path: str | os.PathLike, expected: SwarmParameters | None = None) -> DysonSwarm:
    """Read a run. Raises KscaleError if the file is missing, cut short, altered, or of another run than `expected`."""
    path = Path(path)
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as file:
            facts = json.loads(bytes(file["header"]))
            arrays = {name: file[name] for name in ARRAYS}
    except FileNotFoundError:
        raise KscaleError(f"{path}: there is no such file") from None
    except OSError as error:
        raise KscaleError(f"{path}: the run cannot be read: {error.strerror or error}") from None
    except (ValueError, KeyError, EOFError, zipfile.BadZipFile):
        raise KscaleError(f"{path}: this is no run of a swarm, or it was cut short") from None
    if not isinstance(facts, dict) or facts.get("form") != FORM:
        raise KscaleError(f"{path}: this is no run of a swarm in the form {FORM!r}")
    if facts.pop("digest", None) != _digest(facts, arrays):
        raise KscaleError(f"{path}: this run was altered: its contents do not fit its digest")
    parameters = SwarmParameters(**facts["parameters"])
    if expected is not None and parameters != expected:
        theirs, ours = parameters.as_record(), expected.as_record()
        name = next(name for name in ours if theirs[name] != ours[name])
        raise KscaleError(f"{path}: this is another run: its {name} is {theirs[name]:g}, here it is {ours[name]:g}")
    swarm = DysonSwarm.__new__(DysonSwarm)
    swarm.parameters, swarm.seed, swarm.day = parameters, facts["seed"], facts["day"]
    swarm.rng = np.random.default_rng()
    swarm.rng.bit_generator.state = facts["chance"]
    swarm.allocation = Allocation(**facts["allocation"])
    swarm.mass, swarm.energy = MassBooks(**facts["mass"]), EnergyBooks(**facts["energy"])
    swarm.mass_at_start, swarm.stock_target = facts["mass_at_start"], facts["stock_target"]
    swarm.mending_begun, swarm.growth_begun = facts["mending_begun"], facts["growth_begun"]
    for name, array in arrays.items():
        setattr(swarm, name, array)
    return swarm


def _digest(facts: dict, arrays: dict[str, np.ndarray]) -> str:
    digest = hashlib.sha256(json.dumps(facts, sort_keys=True).encode())
    for name in ARRAYS:
        digest.update(f"{name} {arrays[name].dtype} {arrays[name].shape}".encode())
        digest.update(np.ascontiguousarray(arrays[name]).tobytes())
    return digest.hexdigest()
