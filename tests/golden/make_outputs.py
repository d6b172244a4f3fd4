"""Writes outputs_CASE.json beside this file: features, means of the layers and logits of the networks of tests/golden/networks at
their published sizes, in evaluation mode. tests/models/golden_outputs_test.cpp repeats them. Weights and signal come from the
generators of tests/models/lcg.h. The runs are in float64; a run in float32 is within a tenth of what the test allows.

`parameters` of a case is the published number, which the module in PyTorch must have; `tolerance` replaces TOLERANCE where float32
itself is less exact; `recognised_labels` is the number that stands for the labels where no tensor has them as an extent.

usage: python tests/golden/make_outputs.py [CASE...]        (needs the packages torch, librosa and numpy)
"""

import json
import math
from pathlib import Path
import sys

import numpy
import torch

from make_training import Lcg, lcg_fill, network_files, projection

TOLERANCE = 1e-4


def lcg_signal(samples, sample_rate):
    tone = numpy.sin(2 * math.pi * 440.0 * numpy.arange(samples) / sample_rate)
    return torch.from_numpy((0.5 * Lcg(1).draw(samples) + 0.25 * tone).astype(numpy.float32)).unsqueeze(0)


def run(case, dtype):
    network = case["make"](labels=case["labels"], **case.get("made_with", {}))
    assert sum(p.numel() for p in network.parameters()) == case["parameters"], case
    lcg_fill(network)
    network.to(dtype).eval()
    means = {}

    def record(name):
        return lambda module, inputs, output: means.__setitem__(name, output.abs().mean().item())

    for name, child in network.named_children():
        if any(True for _ in child.parameters()):
            child.register_forward_hook(record(name))
    with torch.no_grad():
        features = network.features(lcg_signal(network.samples, network.sample_rate).to(dtype))
        logits = network.logits(features).flatten()
    maps = features.transpose(-1, -2).contiguous()
    return {"features": {"shape": list(maps.shape[-2:]), "mean_abs": maps.abs().mean().item(), "projection": projection(maps)},
            "layers": means, "logits": logits.tolist()}


def difference(exact, other):
    logits = numpy.abs(numpy.array(exact["logits"]) - numpy.array(other["logits"])).max() / numpy.abs(exact["logits"]).mean()
    features = abs(exact["features"]["projection"] - other["features"]["projection"]) / exact["features"]["mean_abs"]
    layers = (abs(mean / other["layers"][name] - 1) for name, mean in exact["layers"].items())
    return max(logits, features, *layers)


def rounded(value):
    if isinstance(value, dict):
        return {key: rounded(part) for key, part in value.items()}
    if isinstance(value, list):
        return [rounded(part) for part in value]
    return float(f"{value:.8g}") if isinstance(value, float) else value


def main():
    cases = {name: case for module in network_files() for name, case in module.OUTPUTS.items()}
    for name in sys.argv[1:] or cases:
        case = cases[name]
        exact = run(case, torch.float64)
        drift = difference(exact, run(case, torch.float32))
        print(name, f"drift {drift:.2g}", exact["features"], exact["layers"], exact["logits"][:4])
        tolerance = case.get("tolerance", TOLERANCE)
        assert drift < tolerance / 10
        described = {"made_by": "tests/golden/make_outputs.py", "torch": torch.__version__}
        described |= {key: case[key] for key in ("network", "labels", "parameters")} | {"options": case.get("options", {})}
        described |= {"tolerance": tolerance} if tolerance != TOLERANCE else {}
        described |= {key: case[key] for key in ("recognised_labels",) if key in case}
        (Path(__file__).parent / f"outputs_{name}.json").write_text(json.dumps(described | rounded(exact)) + "\n")


if __name__ == "__main__":
    main()
