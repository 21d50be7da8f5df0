"""The same draws on many machines: parts go to the workers of a dask cluster, and are merged as they come back."""

from __future__ import annotations

import logging
import pickle
import re
import socket
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice

from kscale_nb.doubt.program import Work
from kscale_nb.errors import KscaleError, echoed

PATIENCE = 10  # seconds for a scheduler to answer, and for a worker to be there
ADDRESS = re.compile(r"(?:(?:tcp|tls)://)?([\w.-]+|\[[\da-fA-F:]+\]):(\d{1,5})", re.ASCII)
RETRIES = 3  # of a part whose worker was lost or out of memory


def distributed():
    """The library. Raises KscaleError where it is not installed."""
    try:
        import distributed
    except ImportError:
        raise KscaleError("a cluster needs dask: pip install 'kscale-nb[cluster]'") from None
    return distributed


@contextmanager
def connected(address: str) -> Iterator:
    """A client of the scheduler at an address, such as tcp://10.0.0.5:8786. Raises KscaleError if none answers."""
    library, place = distributed(), ADDRESS.fullmatch(address)
    if not place:
        raise KscaleError(f"the address of a scheduler is such as tcp://10.0.0.5:8786, not {echoed(address)}")
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what matters is told in a line
    try:
        socket.create_connection(
            (place[1].strip("[]"), int(place[2])), PATIENCE
        ).close()  # says at once who is not there
        client = library.Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError, OverflowError) as error:
        raise KscaleError(f"no scheduler answers at {echoed(address)}: {error or type(error).__name__}") from None
    with client:
        yield client


def parts(client, work: Work, ranges: Iterable[range]) -> Iterator:
    """Parts of the work in the order in which they are done; a lost worker's are done again by another.

    Few are under way at a time, so that no machine's memory grows with the number of draws.
    Raises KscaleError if the cluster has no worker, or gives up.
    """
    library, ranges = distributed(), iter(ranges)
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
        sent = client.submit(pickle.loads, pickle.dumps(work), pure=False)  # a task: it, too, can be done again

        def submitted(blocks: range):
            return client.submit(Work.part, sent, blocks, pure=False, retries=RETRIES)

        ahead = 2 * sum(client.nthreads().values())
        under_way = library.as_completed(map(submitted, islice(ranges, ahead)), client.loop, with_results=True)
        for _future, part in under_way:
            yield part
            under_way.update(map(submitted, islice(ranges, 1)))
    except KscaleError:
        raise
    except TimeoutError:
        raise KscaleError(f"the cluster has no worker, nor got one within {PATIENCE} seconds") from None
    except Exception as error:  # of another machine, which may be anything
        raise KscaleError(f"the cluster gave up: {type(error).__name__}: {error}") from error


def bar(share: float) -> None:
    """A line on the standard error that fills."""
    end = "\n" if share >= 1 else ""
    print(f"\r[{'#' * int(40 * share):40}] {share:4.0%}", end=end, file=sys.stderr, flush=True)
