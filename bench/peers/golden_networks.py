"""The networks of tests/golden/networks, plain forms in PyTorch, in the sizes that ours have by default."""

import importlib.util
from pathlib import Path
import sys

GOLDEN = Path(__file__).resolve().parents[2] / "tests/golden"


def golden_networks():
    """Functions of the number of labels, by the name of the network."""
    sys.path.insert(0, str(GOLDEN))  # for what the files share
    found = {}
    for path in sorted((GOLDEN / "networks").glob("*.py")):
        spec = importlib.util.spec_from_file_location(path.stem, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        found |= {case["network"]: case["make"] for case in module.CASES.values()}
    return found
