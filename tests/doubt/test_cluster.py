"""Draws on a cluster: the same bits as in one process, whoever is lost on the way; and a line where there is none."""

import os
import pickle
import resource
import shutil
import signal
import subprocess
import sys

import numpy as np
import pytest

from kscale_nb import LEDGER, MODEL, KscaleError
from kscale_nb.commands import main
from kscale_nb.doubt import cluster, sampling
from kscale_nb.doubt.doubts import BLOCK, load_doubts
from kscale_nb.doubt.odds import odds_of
from kscale_nb.doubt.program import Program

distributed = pytest.importorskip("distributed")

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"), pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]  # fmt: skip
TARGETS = ["tokens_over_human_text", "fitted_loss", "fastest_doubling"]
CONDITION = "tokens_over_human_text > 299 and fitted_loss > 1.8"
N = 40 * BLOCK + 77


@pytest.fixture(scope="module")
def client():
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0") as local,
        distributed.Client(local, set_as_default=False) as found,
    ):
        yield found


@pytest.fixture(autouse=True)
def in_many_parts(monkeypatch):
    monkeypatch.setattr(sampling, "AT_ONCE", 2)


def assert_same(one: sampling.Sample, other: sampling.Sample) -> None:
    for name in TARGETS:
        assert one.mean(name) == other.mean(name) and one.impossible(name) == other.impossible(name)
        shares = np.linspace(0, 1, 21)
        assert [one.quantile(name, share) for share in shares] == [other.quantile(name, share) for share in shares]
        assert np.array_equal(one.draws(name), other.draws(name), equal_nan=True)
    assert one.probability(CONDITION) == other.probability(CONDITION)


@pytest.mark.parametrize("error", [None, "measured"])
def test_a_cluster_gives_the_same_bits_as_one_process(client, error):
    assert_same(*(MODEL.sample(N, 3, TARGETS, error=error, client=one) for one in (None, client)))


def test_workers_need_no_more_memory_for_more_draws(client, monkeypatch):
    monkeypatch.setattr(sampling, "AT_ONCE", 40)

    def peak(blocks: int) -> float:
        MODEL.sample(blocks * BLOCK, 3, TARGETS[:1], client=client).interval(TARGETS[0])
        return max(client.run(lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss).values()) / 1024

    few = peak(80)
    assert peak(800) < few + 12  # megabytes, where the draws themselves are 26 on each


def test_a_worker_that_is_killed_is_made_good(client):
    victims, told = set(client.run(os.getpid).values()), []

    def kill_one(share: float) -> None:
        told.append(share)
        if len(told) == 3:
            os.kill(min(victims), signal.SIGKILL)

    drawn = MODEL.sample(N, 3, TARGETS, client=client, tell=kill_one)
    drawn.mean(TARGETS[0])
    assert told == sorted(told) and told[-1] == 1 and len(told) > 10
    client.wait_for_workers(2, timeout=60)
    assert set(client.run(os.getpid).values()) != victims
    assert_same(MODEL.sample(N, 3, TARGETS), drawn)


def test_a_scenario_and_a_ledger_are_drawn_on_a_cluster(client):
    one, other = (MODEL.sample(9_000, targets=TARGETS, human_text_stock="1 T", client=c) for c in (None, client))
    assert_same(one, other)
    assert odds_of(LEDGER, 9_000, client=client) == odds_of(LEDGER, 9_000)


def test_what_is_sent_holds_no_model_and_is_small():
    doubts = load_doubts(MODEL)
    sent = pickle.dumps((Program(MODEL, doubts, MODEL.order), doubts))
    program, again = pickle.loads(sent)
    assert again.model is None and len(sent) < 1_000_000 and b"sympy" not in sent
    assert (again.draw("loss_floor", 1, 2) == doubts.draw("loss_floor", 1, 2)).all()
    assert program.seen == Program(MODEL, doubts, MODEL.order).seen


def test_a_cluster_of_separate_processes_serves_the_command_line(tmp_path, capsys):
    place, dask = tmp_path / "scheduler.json", shutil.which("dask", path=os.path.dirname(sys.executable))
    ends = ["--scheduler-file", str(place)]
    quiet = ["--dashboard-address", "127.0.0.1:0"]
    scheduler = subprocess.Popen(
        [dask, "scheduler", *ends, "--host", "127.0.0.1", "--port", "0", *quiet], stderr=subprocess.DEVNULL
    )
    worker = subprocess.Popen([dask, "worker", *ends, "--nworkers", "2", "--nthreads", "1"], stderr=subprocess.DEVNULL)
    try:
        with distributed.Client(scheduler_file=str(place), timeout=60, set_as_default=False) as found:
            found.wait_for_workers(2, timeout=60)
            address = found.scheduler.address
        line = ["odds", "k1s1ai.premise", "--draws", "50000"]
        assert main([*line, "--cluster", address]) == 0
        on_cluster = capsys.readouterr()
        assert main(line) == 0
        assert capsys.readouterr().out == on_cluster.out and "100%" in on_cluster.err
    finally:
        for process in (worker, scheduler):
            process.terminate()
            process.wait(30)


def test_no_cluster_is_told_in_a_line(monkeypatch, capsys):
    monkeypatch.setattr(cluster, "PATIENCE", 0.5)
    places = dict.fromkeys(["tcp://127.0.0.1:1", "localhost:99999"], "no scheduler answers at")
    for address, fault in (places | dict.fromkeys(["nowhere", "inproc://a/1", "tcp://:x", ""], "address of a")).items():
        assert main(["odds", "k1s1ai.premise", "--cluster", address]) == 2
        told = capsys.readouterr().err
        assert told.count("\n") == 1 and fault in told
    with pytest.raises(KscaleError, match="a dask Client is expected, not 5"):
        MODEL.sample(10, client=5)


def test_a_cluster_without_workers_is_told_in_a_line(monkeypatch):
    monkeypatch.setattr(cluster, "PATIENCE", 0.5)
    with (
        distributed.LocalCluster(n_workers=0, dashboard_address="127.0.0.1:0") as empty,
        distributed.Client(empty, set_as_default=False) as found,
        pytest.raises(KscaleError, match="no worker"),
    ):
        MODEL.sample(10, client=found).mean("fitted_loss")


def test_where_dask_is_missing_its_name_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(KscaleError, match=r"pip install 'kscale-nb\[cluster\]'"):
        MODEL.sample(10, client=object())
