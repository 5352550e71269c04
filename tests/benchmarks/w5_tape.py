"""W5: the general tape against the layers that are ordered by hand, on the article's network."""

from functools import partial

from tests.benchmarks import dense
from tests.benchmarks.harness import Workload
from tests.benchmarks.w1_article import NET

WORKLOAD = Workload(
    title="W5  the tape on W1's network",
    unit="step",
    units=NET.steps,
    candidates={
        "dlcore tape": partial(dense.dlcore_tape, NET),
        "dlcore Sequential.fit": partial(dense.dlcore_fit, NET),
    },
    ours="dlcore tape",
    targets={"dlcore Sequential.fit": 1.25},
    again=("dlcore tape", "dlcore Sequential.fit"),
)
