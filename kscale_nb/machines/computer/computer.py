"""TIP-0128's ThermodynamicComputer, made to run: chips, power, heat and a monitor, with books that must balance."""

from __future__ import annotations

import numpy as np

from kscale_nb.errors import KscaleError, echoed
from kscale_nb.machines.checked import number, real_number
from kscale_nb.machines.computer.chip import ThermodynamicChip
from kscale_nb.machines.computer.heat import LONGEST_SPAN, Balance, Books, HeatManagement
from kscale_nb.machines.computer.monitor import EfficiencyMonitor
from kscale_nb.machines.computer.power import PowerManagement
from kscale_nb.machines.computer.records import ComputationResult, EfficiencyResult, HeatResult
from kscale_nb.machines.computer.workloads import Operation, named_operation
from kscale_nb.machines.metrics.metrics import Metric
from kscale_nb.printed import figure_text

HOTTEST = 1e12  # beyond it no radiator is computed with [K]


class ThermodynamicComputer:
    """A machine that runs numpy workloads and accounts for their time, energy, heat and entropy.

    Time and energy follow from the chips at the present voltage and temperature, so that they are the same on every
    run. An operation that cannot be is refused with a KscaleError and leaves the machine as it was.

    >>> from kscale_nb import ThermodynamicComputer
    >>> computer = ThermodynamicComputer()
    >>> record = computer.compute("MatrixProduct", [[1.0, 2.0]], [[3.0], [4.0]])
    >>> record.result.tolist(), record.flop, f"{record.energy:.4g} J"
    ([[11.0]], 4.0, '2.742e-08 J')
    """

    def __init__(
        self,
        chips: ThermodynamicChip | None = None,
        heat: HeatManagement | None = None,
        power: PowerManagement | None = None,
        *,
        voltage: float | None = None,
        temperature: float | None = None,
    ):
        for name, part, kind in (
            ("chips", chips, ThermodynamicChip), ("heat", heat, HeatManagement), ("power", power, PowerManagement)
        ):  # fmt: skip
            if part is not None and not isinstance(part, kind):
                raise KscaleError(f"{name}: a {kind.__name__} is expected, not {echoed(part)}")
        self.chips = chips or ThermodynamicChip.of_model()
        self.heat = heat or HeatManagement.of_model()
        self.power = power or PowerManagement.of_model()
        self.monitor = EfficiencyMonitor(self.chips.discarded_share, self.chips.bit_entropy)
        kelvins = self.heat.coolant_temperature if temperature is None else temperature
        self.start_temperature, limit = real_number(kelvins), self.heat.temperature_limit
        if not 0 < self.start_temperature < limit:
            raise KscaleError(f"temperature: a number between 0 and {limit:.4g} [K] is expected, not {echoed(kelvins)}")
        self.voltage = 0.0
        self.set_voltage(self.chips.design_voltage if voltage is None else voltage)

    @classmethod
    def of_model(
        cls, *, voltage: float | None = None, temperature: float | None = None, **changes
    ) -> ThermodynamicComputer:
        """The machine that the book's quantities describe after changes of them, in all its parts alike.

        >>> computer = ThermodynamicComputer.of_model(coolant_mass="20 kg", radiator_mass_per_area="10 kg/m^2")
        >>> f"{computer.heat.mass:.4g} kg"
        '21.8 kg'
        """
        parts = (part.of_model(**changes) for part in (ThermodynamicChip, HeatManagement, PowerManagement))
        return cls(*parts, voltage=voltage, temperature=temperature)

    # -- state -----------------------------------------------------------------------------------------

    @property
    def temperature(self) -> float:
        """Of chips and coolant, by the energy stored in them [K]."""
        return self.start_temperature + self.monitor.books.stored / self.heat.heat_capacity

    @property
    def books(self) -> Books:
        """All accounts since the start."""
        return self.monitor.books

    def balance(self) -> Balance:
        """What the books leave over: zero to rounding, whatever was done."""
        return self.heat.balance(self.books, self.start_temperature)

    def set_voltage(self, voltage: float) -> None:
        """Run at this voltage from now on [V]. Raises KscaleError outside the chips' limits."""
        low, high = self.chips.lowest_voltage, self.chips.highest_voltage
        if not low <= real_number(voltage) <= high:
            raise KscaleError(f"the chips run at a number of volts from {low:g} to {high:g}, not at {echoed(voltage)}")
        self.voltage = float(voltage)

    def idle_power(self, temperature: float) -> float:
        """Drawn by leakage alone [W]."""
        return self.power.drawn(self.chips.leakage_power(self.voltage, temperature))

    # -- TIP-0128's four operations --------------------------------------------------------------------

    def compute(self, operation: Operation | str, *arguments, recycling: bool = False) -> ComputationResult:
        """Run an operation: an `Operation`, or the name of one with its arguments; `recycling` runs the engine beside.

        Raises KscaleError for an unknown operation, bad arguments, or a limit that would be passed.
        """
        if isinstance(operation, str):
            operation = named_operation(operation, arguments)
        elif arguments or not isinstance(operation, Operation):
            raise KscaleError(f"an operation is expected, such as MatrixProduct(a, b), got {echoed(operation)}")
        start, work = self.temperature, operation.work()
        ratio = self.heat.engine_ratio(self.temperature) if recycling else 1.0
        flips = self.chips.flips(work) * operation.runs
        cycles = max(1.0, flips / self.chips.flips_per_cycle)
        clock = self.chips.clock(self.voltage, start)
        seconds = float(np.ceil(cycles)) / clock
        charging = operation.runs * self.chips.charging(work, self.voltage)
        self.power.check(operation.name, time=seconds)

        def drawn(temperature: float) -> float:
            return self.power.drawn(charging / seconds) + self.idle_power(temperature)

        books = self._run(operation.name, seconds, drawn, ratio)
        chip_energy = books.drawn * self.power.efficiency
        erased = work.bits_erased * operation.runs
        floor = erased * self.chips.bit_entropy * max(start, start + books.stored / self.heat.heat_capacity)
        if chip_energy < floor:
            raise KscaleError(
                f"{operation.name} would erase {figure_text(erased, trailing_zeros=False)} bits with "
                f"{figure_text(chip_energy)} J, below Landauer's {figure_text(floor)} J: no such chip can be"
            )
        result = np.array(work.result)
        result.flags.writeable = False
        counts = Books(
            chip_energy=chip_energy, flop=work.flop * operation.runs, bits_erased=erased, bits_switched=flips
        )
        self.monitor.books += books + counts
        return ComputationResult(
            name=operation.name, result=result, runs=operation.runs, time=seconds, energy=books.drawn,
            heat=books.drawn - books.work, work=books.work, entropy_produced=books.entropy_produced,
            bits_erased=erased, bits_switched=flips, flop=counts.flop, landauer_floor=floor, voltage=self.voltage,
            clock=clock, temperature=start, temperature_after=self.temperature,
        )  # fmt: skip

    def optimize_efficiency(self, throughput_floor: float | None = None) -> EfficiencyResult:
        """Set the voltage of least energy per operation at the present temperature, above a throughput if given.

        The optimum is found twice: by search, and as the root of the first-order condition. Where only weak inversion
        counts, Lambert's W gives it in closed form, which the record carries for comparison.
        """
        temperature, chips = self.temperature, self.chips
        searched, root = chips.least_energy_voltage(temperature), chips.stationary_voltage(temperature)
        voltage, limited_by = (searched, "voltage limits") if root is None else (root, "energy")
        if throughput_floor is not None:
            throughput_floor = number("throughput_floor", throughput_floor, 0, unit="FLOP/s")
            floor_voltage = chips.voltage_for(throughput_floor, temperature)
            if floor_voltage > voltage:
                voltage, limited_by = floor_voltage, "throughput floor"
        before = chips.flip_energy(self.voltage, temperature)
        self.set_voltage(voltage)
        energy = chips.flip_energy(voltage, temperature)
        return EfficiencyResult(
            voltage=voltage, clock=chips.clock(voltage, temperature), throughput=chips.throughput(voltage, temperature),
            energy_per_flop=energy * chips.flips_per_flop, energy_over_before=energy / before, limited_by=limited_by,
            searched_voltage=searched, stationary_voltage=root,
            closed_form_voltage=chips.weak_inversion_voltage(temperature),
            residual=chips.energy_steepness(voltage, temperature), temperature=temperature,
        )  # fmt: skip

    def recycle_heat(self, seconds: float, efficiency: float | None = None) -> HeatResult:
        """Idle with the heat engine between coolant and radiator; by default where it gives most power.

        Raises KscaleError for an efficiency above Carnot's, or above what this engine reaches of it.
        """
        return self._pause("recycling heat", seconds, self.heat.engine_ratio(self.temperature, efficiency))

    def monitor_performance(self, **known) -> dict[str, Metric]:
        """TIP-0128's twelve metrics of the machine so far; `known` are fields of System that it cannot know.

        Raises KscaleError before the machine has drawn any energy, and for a field that it knows itself.

        >>> computer = ThermodynamicComputer()
        >>> _ = computer.compute("ElementwiseSum", [1.0, 2.0], [3.0, 4.0])
        >>> computer.monitor_performance(carbon_intensity=0)["carbon_per_computation"].value
        0.0
        """
        return self.monitor.measure_all(self.heat, self.power, **known)

    # -- and what they need beside ---------------------------------------------------------------------

    def idle(self, seconds: float, *, gated: bool = False) -> HeatResult:
        """Leak and cool through the radiator, without the engine; `gated` cuts the chips off their supply meanwhile.

        >>> awake, asleep = (ThermodynamicComputer().idle(1, gated=gated).energy for gated in (False, True))
        >>> f"{asleep / awake:.2f}"
        '0.05'
        """
        return self._pause("idling", seconds, 1.0, self.chips.gated_share if gated else 1.0)

    def pump_heat(self, seconds: float, radiator_temperature: float) -> HeatResult:
        """Idle with a heat pump that holds the radiator warmer than the chips, in the present proportion."""
        hot = real_number(radiator_temperature)
        if not self.temperature < hot <= HOTTEST:
            raise KscaleError(
                f"a heat pump's radiator is warmer than the coolant: above {self.temperature:.4g} [K], "
                f"not {echoed(radiator_temperature)}"
            )
        return self._pause("pumping heat", seconds, hot / self.temperature)

    def _pause(self, what: str, seconds: float, ratio: float, leaking: float = 1.0) -> HeatResult:
        seconds, start = number(what, seconds, 0, unit="s"), self.temperature
        books = self._run(what, seconds, lambda temperature: leaking * self.idle_power(temperature), ratio)
        self.monitor.books += books + Books(chip_energy=books.heating * self.power.efficiency)
        return HeatResult(
            time=seconds, energy=books.drawn, work=books.work, work_taken=books.work_taken, heat_taken=books.heat_taken,
            heat_rejected=books.rejected, entropy_produced=books.entropy_produced, ratio=ratio,
            temperature=start, temperature_after=self.temperature,
        )  # fmt: skip

    def _run(self, what: str, seconds: float, drawn, ratio: float) -> Books:
        """Integrate, and check the supply's limits where power is highest: at one of the ends."""
        if seconds > LONGEST_SPAN:
            raise KscaleError(f"{what} would take {seconds:.4g} s: the longest span is {LONGEST_SPAN:.4g} s at a time")
        start, share = self.temperature, self.heat.work_share(ratio)

        def with_pump(temperature: float) -> float:
            return drawn(temperature) + max(0.0, -share * self.heat.taken(temperature, ratio)[0])

        self.power.check(what, power=with_pump(start), time=seconds)
        books = self.heat.run(start, seconds, drawn, ratio)
        after = start + books.stored / self.heat.heat_capacity
        self.power.check(what, power=with_pump(after), energy=books.drawn)
        return books
