"""The networks of tests/golden/networks, plain forms in PyTorch, in the sizes that ours have by default."""

import importlib.util
from pathlib import Path
import sys

GOLDEN = Path(__file__).resolve().parents[2] / "tests/golden"


def golden_networks():
    """Their names: those of the files."""
    return sorted(path.stem for path in (GOLDEN / "networks").glob("*.py"))


def make_golden_network(name, labels=50):
    """The network, and the samples of its chunk."""
    sys.path.insert(0, str(GOLDEN))  # for what they share
    spec = importlib.util.spec_from_file_location(name, GOLDEN / "networks" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    make = next(case["make"] for case in module.CASES.values() if case["network"] == name)
    network = make(labels=labels)
    return network, network.samples
