"""Writes pons.json beside this file: outputs of the networks of Pons et al. in PyTorch, and their losses in ten training steps
with the mean squared error. tests/train/pons_test.cpp repeats them. Weights, waveforms and targets come from the generator of
tests/models/lcg.h.

The runs are in float64; `drift` is the largest difference of a run in float32 from them.

usage: python tests/golden/make_pons.py        (needs the packages torch, librosa and numpy)
"""

import json
import math
from pathlib import Path
import sys

import numpy
import torch
import torch.nn.functional as F

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "bench/peers"))
from pons import PonsSpectrogram, PonsWaveform  # noqa: E402

STEPS, BATCH, LABELS = 10, 4, 3
NETWORKS = {
    "pons_waveform": (PonsWaveform, 3000, {"layers": 5, "channels": 4, "back_filters": 6, "units": 5}),
    "pons_spectrogram": (PonsSpectrogram, 8192, {"channels": 2, "back_filters": 6, "units": 5}),
}
RULES = {
    "adam": lambda p: torch.optim.Adam(p, lr=1e-3, eps=1e-5),
    "sgd": lambda p: torch.optim.SGD(p, lr=1e-1, momentum=0.9, nesterov=True, weight_decay=1e-4),
}
# A rule with which float32 and float64 agree for ten steps. With the others a near tie of a maximum, or the sign of a gradient
# near zero, is decided the other way.
RULE_OF = {"pons_waveform": "adam", "pons_spectrogram": "sgd"}


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
        if last == "num_batches_tracked":
            continue
        u = draw(numbers, tensor.numel())
        fan = tensor.numel() / tensor.shape[0]
        values = (0.2 * u if last in ("running_mean", "bias") else 1 + u if last == "running_var" else
                  1 + 0.4 * u if tensor.dim() == 1 else u * math.sqrt(24 / fan))
        with torch.no_grad():
            tensor.copy_(torch.from_numpy(values.astype(numpy.float32)).reshape(tensor.shape))


def run(name, rule, dtype):
    make, samples, options = NETWORKS[name]
    network = make(labels=LABELS, dropout=0.0, **options)
    lcg_fill(network)
    network.to(dtype)
    numbers = lcg(1)
    waveforms = torch.from_numpy(draw(numbers, BATCH * samples).astype(numpy.float32)).reshape(BATCH, samples).to(dtype)
    targets = torch.from_numpy(draw(numbers, BATCH * LABELS) > 0).to(dtype).reshape(BATCH, LABELS)
    network.eval()
    with torch.no_grad():
        before = network(waveforms).flatten().tolist()
    network.train()
    optimizer = RULES[rule](network.parameters())
    losses = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss = F.mse_loss(torch.sigmoid(network(waveforms)), targets)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    network.eval()
    with torch.no_grad():
        after = network(waveforms).flatten().tolist()
    return {"before": before, "losses": losses, "after": after}


def main():
    runs = []
    for name, (_, samples, options) in NETWORKS.items():
        rule = RULE_OF[name]
        exact, single = run(name, rule, torch.float64), run(name, rule, torch.float32)
        drift = {key: float(f"{max(abs(a - b) for a, b in zip(exact[key], single[key])):.2g}") for key in exact}
        results = {key: [float(f"{value:.8g}") for value in values] for key, values in exact.items()}
        runs.append({"network": name, "rule": rule, "samples": samples, "options": options, "drift": drift} | results)
        print(name, rule, results["losses"], drift)
    lines = ",\n".join(json.dumps(r, separators=(",", ":")) for r in runs)
    head = f'"made_by": "tests/golden/make_pons.py", "torch": "{torch.__version__}"'
    (Path(__file__).parent / "pons.json").write_text(f'{{{head}, "runs": [\n{lines}\n]}}\n')


main()
