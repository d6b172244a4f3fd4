"""Writes harmonic_cnn.json beside this file: ten training steps of a narrow Harmonic CNN in PyTorch, with the Q of its filters
after each. tests/train/harmonic_cnn_test.cpp repeats them. Weights, waveforms and targets come from the generator of
tests/models/lcg.h.

The runs are in float64; `drift` is the largest difference of a run in float32 from them.

usage: python tests/golden/make_harmonic_cnn.py        (needs the packages torch and numpy)
"""

import json
import math
from pathlib import Path
import sys

import numpy
import torch
import torch.nn.functional as F

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench/peers"))
from harmonic_cnn import HarmonicCnn  # noqa: E402

STEPS, BATCH, LABELS, CHANNELS, SAMPLES = 10, 4, 3, 4, 73728
# eps is large beside the rounding of gradients whose exact value is zero (a bias before a norm).
RULES = {
    "adam": lambda p: torch.optim.Adam(p, lr=1e-3, weight_decay=1e-2, eps=1e-5),
    "sgd": lambda p: torch.optim.SGD(p, lr=2e-4, momentum=0.9, nesterov=True, weight_decay=1e-3),
}


def lcg(seed):
    """s <- (1664525 s + 1013904223) mod 2^32; yields s / 2^32 - 0.5."""
    while True:
        seed = (1664525 * seed + 1013904223) % 2**32
        yield seed / 2**32 - 0.5


def draw(numbers, count):
    return numpy.fromiter(numbers, dtype=numpy.float64, count=count)


def lcg_fill(network):
    numbers = lcg(12345)
    for name, tensor in network.state_dict().items():
        last = name.rsplit(".", 1)[-1]
        if last in ("num_batches_tracked", "bw_Q"):
            continue
        u = draw(numbers, tensor.numel())
        fan = tensor.numel() / tensor.shape[0]
        values = (0.2 * u if last in ("running_mean", "bias") else 1 + u if last == "running_var" else
                  1 + 0.4 * u if tensor.dim() == 1 else u * math.sqrt(24 / fan))
        with torch.no_grad():
            tensor.copy_(torch.from_numpy(values.astype(numpy.float32)).reshape(tensor.shape))


def run(rule, dtype):
    network = HarmonicCnn(LABELS, CHANNELS, dropout=0.0)
    lcg_fill(network)
    network.to(dtype)
    numbers = lcg(1)
    waveforms = torch.from_numpy(draw(numbers, BATCH * SAMPLES).astype(numpy.float32)).reshape(BATCH, SAMPLES).to(dtype)
    targets = torch.from_numpy(draw(numbers, BATCH * LABELS) > 0).to(dtype).reshape(BATCH, LABELS)
    optimizer = RULES[rule](network.parameters())
    losses, q = [], []
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss = F.binary_cross_entropy_with_logits(network(waveforms), targets)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        q.append(network.hstft.bw_Q.item())
    network.eval()
    with torch.no_grad():
        logits = network(waveforms).flatten().tolist()
    return {"losses": losses, "q": q, "logits": logits}


def main():
    runs = []
    for rule in RULES:
        exact, single = run(rule, torch.float64), run(rule, torch.float32)
        drift = {key: float(f"{max(abs(a - b) for a, b in zip(exact[key], single[key])):.2g}") for key in exact}
        results = {key: [float(f"{value:.9g}") for value in values] for key, values in exact.items()}
        runs.append({"rule": rule, "samples": SAMPLES, "channels": CHANNELS, "drift": drift} | results)
        print(rule, results["losses"], results["q"], drift)
    lines = ",\n".join(json.dumps(r, separators=(",", ":")) for r in runs)
    head = f'"made_by": "tests/golden/make_harmonic_cnn.py", "torch": "{torch.__version__}"'
    (Path(__file__).parent / "harmonic_cnn.json").write_text(f'{{{head}, "runs": [\n{lines}\n]}}\n')


main()
