"""The bill of materials of K1S1AI's production line, and its rock, read off the model for the linear programme."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from kscale_nb import MODEL
from kscale_nb.errors import KscaleError, check_known, echoed
from kscale_nb.machines.checked import number
from kscale_nb.machines.line.production import Stream, Way

# What each kind of rock holds: elements by the names of the model's quantities.
HELD = {
    "metal": {
        "Fe": "metal_iron", "Ni": "metal_nickel", "Co": "metal_cobalt", "P": "metal_phosphorus", "S": "metal_sulphur",
        "C": "metal_carbon", "Cu": "metal_copper", "Cr": "metal_chromium", "Mo": "metal_molybdenum",
    },
    "slag": {
        "O": "slag_oxygen", "Si": "silicon_in_slag", "Al": "aluminium_in_slag", "K": "slag_potassium",
        "Ti": "slag_titanium", "Cr": "slag_chromium",
    },
    "chondrite": {
        "H": "chondrite_hydrogen", "C": "chondrite_carbon", "O": "chondrite_oxygen", "F": "chondrite_fluorine",
        "Al": "chondrite_aluminium", "Si": "chondrite_silicon", "P": "chondrite_phosphorus",
        "S": "chondrite_sulphur", "Cl": "chondrite_chlorine", "K": "chondrite_potassium",
        "Ti": "chondrite_titanium", "Cr": "chondrite_chromium", "Fe": "chondrite_iron", "Co": "chondrite_cobalt",
        "Ni": "chondrite_nickel", "Cu": "chondrite_copper", "Mo": "chondrite_molybdenum", "Li": "chondrite_lithium",
        "B": "chondrite_boron", "Ne": "chondrite_neon", "Ar": "chondrite_argon",
    },
    "regolith": {"Ne": "regolith_neon", "Ar": "regolith_argon"},  # the rest of it is left out of account
}  # fmt: skip
CAST = {"metal": {"Fe", "Ni"}}  # is used as it comes; all else must be extracted

# How the document makes what can be made in several ways. It names no metal for its windings: copper is the usual one.
DOCUMENT = {"mirrors": "aluminised", "windings": "copper", "structure": "maraging", "storage": "battery"}


def streams(*names: str, **changes) -> list[Stream]:
    """The rock of these kinds, after changes of the model: metal, asteroid (metal with slag), chondrite, regolith.

    >>> asteroid, = streams("asteroid")
    >>> round(asteroid.elements["Fe"], 3)
    0.773
    """
    value = MODEL.values(**changes)

    def won(kind: str) -> dict[str, float]:
        shares = {element: value[name] for element, name in HELD[kind].items()}
        cast = CAST.get(kind, set())
        yields = {"Si": value["silicon_from_slag"]} | dict.fromkeys(cast, 1.0)
        return {element: share * yields.get(element, value["extraction"]) for element, share in shares.items()}

    parts = {
        "metal": {"metal": 1.0}, "chondrite": {"chondrite": 1.0}, "regolith": {"regolith": 1.0},
        "asteroid": {"metal": value["asteroid_metal"], "slag": value["asteroid_slag"]},
    }  # fmt: skip
    for name in names:
        check_known("stream", name, parts)
    return [Stream(name, dict(_sum((won(kind), share) for kind, share in parts[name].items()))) for name in names]


def ways(chosen: Mapping[str, str] | None = None, *, without: Iterable[str] = (), **changes) -> list[Way]:
    """Every way to make every product, after changes of the model; of a product that is `chosen`, that way alone.

    What is used up in making a product is told beside what stays in it, the iron that carries it home included.
    Raises KscaleError for a product or a way that there is not.

    >>> [way.name for way in ways(DOCUMENT) if way.product == "windings"]
    ['copper']
    """
    chosen = {} if chosen is None else chosen
    if not isinstance(chosen, Mapping):
        raise KscaleError(f"ways: a way for each product is expected, such as {DOCUMENT}, not {echoed(chosen)}")
    if not isinstance(without, Iterable):
        raise KscaleError(f"ways: without takes a list of products, not {echoed(without)}")
    chosen, without = dict(chosen), [without] if isinstance(without, str) else list(without)
    found = _all_ways(MODEL.values(**changes))
    products = list(dict.fromkeys(way.product for way in found))
    for product in [*chosen, *without]:
        check_known("product", product, products)
    for product, name in chosen.items():
        names = [way.name for way in found if way.product == product]
        check_known(f"way to make {product}", name, names)
    return [w for w in found if w.product not in without and chosen.get(w.product, w.name) == w.name]


def by_element(power: float, **changes) -> dict[str, float]:
    """What all that stands in a civilisation of this power [W] is made of, as the document makes it [kg].

    After changes of the model. The Earth's shield is left out, since it does not grow with the power.
    Raises KscaleError for no power above 0.

    >>> {element: f"{mass:.1e}" for element, mass in by_element(1e16).items() if mass > 1e12}
    {'Fe': '8.8e+13', 'Ni': '8.4e+12', 'O': '4.9e+12', 'Cu': '3.0e+12'}
    """
    times = number("power", power, above=0, unit="W") / MODEL.value("K1_power", **changes)
    standing = _sum((way.elements, 1.0) for way in ways(DOCUMENT, without=["shield"], **changes))
    return {element: times * mass for element, mass in standing.most_common()}


def _all_ways(value: Mapping[str, float]) -> list[Way]:
    def plain(*names: str) -> dict[str, float]:
        mass = sum(value[name] for name in names)
        return {"Fe": mass * (1 - value["metal_nickel"]), "Ni": mass * value["metal_nickel"]}

    def maraging(mass: float) -> dict[str, float]:
        parts = {"Ni": "steel_nickel", "Co": "steel_cobalt", "Mo": "steel_molybdenum", "Ti": "steel_titanium"}
        shares = {element: value[name] for element, name in parts.items()}
        return {element: mass * share for element, share in ({"Fe": 1 - sum(shares.values())} | shares).items()}

    def water(mass: float) -> dict[str, float]:
        return {"H": mass * value["hydrogen_in_water"], "O": mass * (1 - value["hydrogen_in_water"])}

    battery, lye = value["buffer_battery_mass"], value["buffer_battery_mass"] * value["electrolyte_share"]
    hydroxide = value["potassium_mass"] / value["potassium_in_hydroxide"]
    oxygen_over_hydrogen = value["oxygen_weight"] / value["hydrogen_weight"]
    hydrogen = (hydroxide - value["potassium_mass"]) / (1 + oxygen_over_hydrogen)
    cell = _sum([
        (plain("buffer_battery_mass"), 1 - lye / battery), (water(lye - hydroxide), 1),
        ({"K": value["potassium_mass"], "H": hydrogen, "O": hydrogen * oxygen_over_hydrogen}, 1),
    ])  # fmt: skip
    table = {
        ("mirrors", "aluminised"): plain("mirror_mass") | {"Al": value["coating_mass"]},
        ("mirrors", "bare"): plain("bare_mirror_mass"),
        ("turbines", "iron-nickel"): plain("bare_turbine_mass"),
        ("windings", "copper"): {"Cu": value["copper_mass"]},
        ("windings", "aluminium"): {"Al": value["aluminium_winding_mass"]},
        ("windings", "iron"): {"Fe": value["iron_winding_mass"]},
        ("radiators", "iron-nickel"): plain("radiator_mass", "computing_radiator_mass"),
        ("steam", "water"): water(value["water_mass"]),
        ("structure", "maraging"): maraging(value["structure_mass"]),
        ("structure", "iron-nickel"): plain("plain_structure_mass"),
        ("servers", "iron-nickel"): plain("K1_machine_mass"),
        ("storage", "battery"): cell,
        ("storage", "flywheel"): plain("buffer_flywheel_mass"),
        ("shield", "bare film"): plain("shield_mass"),
        ("chips", "silicon"): {"Si": value["silicon_mass"]},
        ("fab gases", "noble gases"): {},
    }
    used_up = {
        ("chips", "silicon"): {"C": value["carbon_mass"]},
        ("fab gases", "noble gases"): {"Ne": value["neon_mass"], "Ar": value["argon_mass"]},
    }
    made = []
    for (product, name), elements in table.items():
        propellant = {"Fe": value["propellant_share"] * sum(elements.values())}
        consumed = used_up.get((product, name), {}) | propellant
        if any([*elements.values(), *consumed.values()]):  # turbines may be no more than windings
            made.append(Way(product, name, dict(elements), consumed))
    return made


def _sum(parts: Iterable[tuple[Mapping[str, float], float]]) -> Counter:
    total: Counter = Counter()
    for elements, share in parts:
        for element, mass in elements.items():
            total[element] += mass * share
    return total
