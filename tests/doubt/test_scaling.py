"""Laws fitted to runs: known ones are found again, and what is no table of runs is refused by column and row."""

import json

import numpy as np
import pytest

from kscale_nb import MODEL, KscaleError, fit_scaling_law
from kscale_nb.commands import main
from kscale_nb.doubt import scaling
from kscale_nb.doubt.scaling import LAW

TRUTH = dict(zip(LAW, (1.8172, 482.01, 2085.43, 0.3478, 0.3658), strict=True))  # as Besiroglu and others print it
GOOD = [f"{n}e8,{d}e9,{1.8 + 9 / n**0.3 + 7 / d**0.4:.4f}" for n in (1, 3, 9) for d in (2, 5, 12, 30)]


def runs_by(law: dict, seed: int = 0, count: int = 240, noise: float = 0.005) -> np.ndarray:
    """Runs of a law, over the sizes and texts that Hoffmann and others tried; the loss errs by so great a share."""
    chance = np.random.default_rng(seed)
    sizes, texts = np.exp(chance.uniform(np.log([[6e7], [3e8]]), np.log([[1.6e10], [3e11]]), (2, count)))
    floor, by_size, by_data, alpha, beta = (law[name] for name in LAW)
    loss = floor + by_size / sizes**alpha + by_data / texts**beta
    return np.array([sizes, texts, loss * np.exp(chance.normal(0, noise, count))])


@pytest.fixture
def written(tmp_path):
    def write(runs, name: str = "runs.csv", header: str = "parameters,tokens,loss"):
        if not isinstance(runs, bytes | str):
            runs = "\n".join(
                [header, *(row if isinstance(row, str) else ",".join(map(repr, map(float, row))) for row in runs)]
            )
        path = tmp_path / name
        path.write_bytes(runs if isinstance(runs, bytes) else runs.encode())
        return path

    return write


# -- known laws ---------------------------------------------------------------------------------------


def test_a_law_without_noise_is_found_to_a_thousandth(written):
    law = fit_scaling_law(written(runs_by(TRUTH, noise=0).T), draws=2)
    assert law.point == pytest.approx(TRUTH, rel=1e-3)


@pytest.mark.parametrize("law", [TRUTH, dict(zip(LAW, (0.5, 60, 30_000, 0.2, 0.55), strict=True))])
def test_a_law_is_found_in_runs_that_err_by_half_a_per_cent(written, law):
    found = fit_scaling_law(written(runs_by(law, seed=2).T), draws=100)
    tolerance = {
        "loss_floor": 0.15,
        "loss_per_size": 0.5,
        "loss_per_data": 0.5,
        "size_exponent": 0.12,
        "data_exponent": 0.12,
    }
    for name, share in tolerance.items():
        assert found.point[name] == pytest.approx(law[name], rel=share), name
    a, b = (found.exponents()[name][0] for name in "ab")
    assert a == pytest.approx(law["data_exponent"] / (law["size_exponent"] + law["data_exponent"]), abs=0.03)
    assert a + b == pytest.approx(1)


def test_the_intervals_hold_the_truth_as_often_as_they_say(written):
    held = np.array([
        [low < TRUTH[name] < high for name in LAW for _, low, high in [law.interval(name)]]
        for seed in range(12) for law in [fit_scaling_law(written(runs_by(TRUTH, seed, 80).T), draws=60)]
    ])  # fmt: skip
    assert 0.6 < held.mean() < 0.95  # numbers of twelve laws, which go up and down together
    narrow = fit_scaling_law(written(runs_by(TRUTH, 3).T), draws=60).interval("size_exponent")
    wide = fit_scaling_law(written(runs_by(TRUTH, 3, noise=0.02).T), draws=60).interval("size_exponent")
    assert wide[2] - wide[1] > 2 * (narrow[2] - narrow[1])


def test_hubers_loss_forgives_spoilt_runs_and_squares_do_not(written, monkeypatch):
    """The same check, and a fit that must fail it."""
    runs = runs_by(TRUTH, seed=4)
    runs[2, ::20] *= 1.3  # one run in twenty has diverged

    def misses() -> bool:
        law = fit_scaling_law(written(runs.T), draws=2)
        return (
            abs(law.exponents()["a"][0] / (0.3658 / 0.7136) - 1) > 0.05
            or abs(law.point["loss_floor"] / 1.8172 - 1) > 0.05
        )

    assert not misses()
    monkeypatch.setattr(scaling, "DELTA", 1e3)
    assert misses()


def test_runs_of_another_law_are_told_apart(written):
    """What is recovered comes from the losses: with those of other runs it is not."""
    runs = runs_by(TRUTH)
    runs[2] = np.random.default_rng(0).permutation(runs[2])
    with pytest.raises(KscaleError, match="does not fall"):
        fit_scaling_law(written(runs.T))


def test_slopes_of_the_objective_are_its_differences():
    runs, weights, at = np.log(runs_by(TRUTH, count=30)), np.arange(30.0), np.array([0.4, 6, 7.5, 0.3, 0.4])
    steps = 1e-6 * np.eye(5)
    value = lambda place: scaling._objective(place, runs, weights)[0]  # noqa: E731
    by_hand = [(value(at + step) - value(at - step)) / 2e-6 for step in steps]
    assert scaling._objective(at, runs, weights)[1] == pytest.approx(by_hand, rel=1e-5)


def test_the_best_split_is_the_models(written):
    law = fit_scaling_law(written(runs_by(TRUTH, seed=1).T), draws=50)
    best, moved = law.optimum("5.76e23 FLOP"), MODEL.under(**law.point)
    assert best["fitted_parameters"][0] == moved.value("fitted_parameters", training_compute=5.76e23)
    for value, low, high in best.values():
        assert low < value < high
    size, ratio = (
        np.log(np.divide(*best[name][:0:-1])) for name in ("fitted_parameters", "fitted_tokens_per_parameter")
    )
    assert ratio == pytest.approx(2 * size, rel=1e-3)  # tokens per parameter go as the square of the size
    far = law.optimum(2.4e33)["fitted_parameters"]
    assert np.log(far[2] / far[1]) > 2 * size  # and nine decades further on, it is less well known


def test_a_seed_fixes_the_draws(written):
    path = written(runs_by(TRUTH, count=40).T)
    one, again, other = (fit_scaling_law(path, draws=5, seed=seed) for seed in (7, 7, 8))
    assert all((one.draws[name] == again.draws[name]).all() for name in LAW)
    assert (one.draws["size_exponent"] != other.draws["size_exponent"]).any() and one.point == other.point


# -- files --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", [
    lambda rows: "N;D;Loss\n" + "\n".join(rows).replace(",", ";"),
    lambda rows: "\ufeffparams\ttraining tokens\tval-loss\r\n" + "\r\n".join(rows).replace(",", "\t"),
    lambda rows: "name,N,D,loss\n\n" + "\n".join(f'"a,b",{row}' for row in rows) + "\n\n",
])  # fmt: skip
def test_tables_as_they_come(written, change):
    plain = fit_scaling_law(written(GOOD), draws=2)
    assert fit_scaling_law(written(change(GOOD)), draws=2).point == plain.point


def with_row(row: str) -> str:
    return "\n".join(["parameters,tokens,loss", *GOOD[:2], row, *GOOD[2:]])


def table(runs) -> str:
    return "\n".join(["N,D,loss", *(f"{n}e8,{d}e9,{loss}" for n, d, loss in runs)])


@pytest.mark.parametrize(("content", "told"), [
    (b"", "the file is empty"),
    (b"\n , \n", "the file is empty"),
    (bytes(range(256)), "this is no text in UTF-8"),
    (b"N,D,loss\n\0\0", "this is no text"),
    ('N,D,loss\n"1,2', "this is no CSV"),
    ("parameters,tokns,loss\n1,2,3", "no column 'tokens' (or training_tokens, train_tokens, d, n_tokens, "
     "num_tokens): is it 'tokns'?"),
    ("a,b,c\n1,2,3", "no column 'parameters'"),
    ("7e9,1e12,2.1\n7e9,1e12,2.1", "there are '7e9', '1e12', '2.1'"),
    ("N,params,D,loss\n1,2,3,4", "two columns of parameters: 'N' and 'params'"),
    (with_row("1e9,many,3"), "column 'tokens', row 4: a finite number above 0 is expected, not 'many'"),
    (with_row("1e9,,3"), "column 'tokens', row 4: a finite number above 0 is expected, not ''"),
    (with_row("-1e9,1e9,3"), "column 'parameters', row 4"),
    (with_row("0,1e9,3"), "column 'parameters', row 4"),
    (with_row("1e9,nan,3"), "column 'tokens', row 4"),
    (with_row("1e9,1e9,inf"), "column 'loss', row 4"),
    (with_row("1e9,1e999,3"), "column 'tokens', row 4"),
    (with_row("1e9,1e9,0"), "column 'loss', row 4: a finite number above 0 is expected, not '0'"),
    (with_row("1_000,1e9,3"), "column 'parameters', row 4"),
    (with_row("1e9,1e9"), "row 4 has 2 fields, and the header 3"),
    ("\n".join(["N,D,loss", *GOOD[:5]]), "10 to 10,000 runs are expected, not 5"),
    ("N,D,loss", "10 to 10,000 runs are expected, not 0"),
    (table((7, d, 3 - d / 99) for d in range(1, 14)), "all runs have the same parameters: at least 3"),
    (table((n, 1 + n % 2, 3 - n / 99) for n in range(1, 14)), "the runs have only 2 different tokens"),
    (table((n, 2 * n, 2 + 1 / n) for n in range(1, 14)), "cannot be told apart"),
    (table((n, d, 2.5) for n in range(1, 5) for d in range(1, 5)), "the loss does not fall with"),
    (table((n, d, 1 + n / 9 + d / 9) for n in range(1, 5) for d in range(1, 5)), "the loss does not fall with"),
])  # fmt: skip
def test_what_is_no_table_of_runs_is_told_by_column_and_row(written, content, told):
    with pytest.raises(KscaleError) as error:
        fit_scaling_law(written(content))
    line = str(error.value)
    assert line.startswith("runs.csv: ") and told in line and line.count("runs.csv") == 1 and line.isprintable()


@pytest.mark.parametrize(
    ("how", "told"), [({"draws": 1}, "draws is a whole number"), ({"seed": -1}, "seed"), ({"draws": "9"}, "draws")]
)
def test_numbers_of_draws_are_checked_first(how, told):
    with pytest.raises(KscaleError, match=told):
        fit_scaling_law("none.csv", **how)
    with pytest.raises(KscaleError, match="the name of a file"):
        fit_scaling_law(5)


def test_a_law_answers_in_words_or_refuses(written):
    law = fit_scaling_law(written(GOOD), draws=5)
    asked = {
        "did you mean 'size_exponent'": lambda: law.interval("size_exponnt"),
        "share": lambda: law.interval("loss_floor", 2),
        "positive": lambda: law.optimum(0),
        "does not fit": lambda: law.optimum("5 W"),
    }
    for told, ask in asked.items():
        with pytest.raises(KscaleError, match=told):
            ask()


def test_the_command_prints_the_law_and_its_record(written, capsys):
    path = str(written(runs_by(TRUTH).T))
    assert main(["scaling", path, "--draws", "20", "--compute", "1e25"]) == 0
    out = capsys.readouterr().out
    assert all(word in out for word in ("alpha", "tokens per parameter", "1 × 10²⁵ FLOP", "240 runs", "20 bootstrap"))
    assert main(["scaling", path, "--draws", "20", "--format", "json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert (
        record["runs"] == 240
        and record["size_exponent"]["low"] < record["size_exponent"]["value"] < record["size_exponent"]["high"]
    )
