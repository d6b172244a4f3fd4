"""Writes training.json beside this file: what ten training steps in PyTorch do to each network of models/, for every
optimiser; with names of networks, training_NAME.json of each of them. tests/train/training_parity_test.cpp repeats them.
Weights, waveforms and targets come from the generator of tests/models/lcg.h, so that the files hold results only.

The runs are in float64, so that the expected values carry no rounding of their own; `drift` is how far runs in float32
are from them at most: the difference to expect of another float32 implementation. One such run is a single draw, so
there are several, with waveforms that differ in the last place.

usage: python tests/golden/make_training.py [NETWORK...]        (needs the packages torch and numpy)
"""

import json
import math
from pathlib import Path
import sys

import numpy
import torch
import torch.nn.functional as F

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench/peers"))
from networks import NETWORKS  # noqa: E402

STEPS, BATCH, LABELS, CHANNELS = 10, 4, 3, 4
DRAWS = 4
# Short but valid chunks: 1280 frames leave one position after the poolings of fcn and fcn4, 384 leave four steps of crnn.
SAMPLES = {"crnn": 98304, "fcn": 327680, "fcn4": 327680, "short_chunk_cnn": 33000, "short_chunk_cnn_res": 33000}
# The pooling of the sample-level networks leaves one position of 3^10 samples; 17 tokens are left of 33000 samples in cnnsa and
# music_tagging_transformer.
SAMPLES |= {"musicnn": 16000, "sample_cnn": 59049, "sample_cnn_se": 59049, "cnnsa": 33000, "music_tagging_transformer": 33000}
# Options beside channels, dropout and samples.
OPTIONS = {
    "cnnsa": {"block_dropout": 0.0, "attention_dropout": 0.0},
    "music_tagging_transformer": {"width": 16},
}
# Factor of the learning rates: a batch norm over the four values that are left at the end of a sample-level network, and one behind
# a softmax, amplify rounding from step to step, and at the full rates runs in float32 end apart.
RATE_SCALES = {"sample_cnn": 0.1, "sample_cnn_se": 0.1, "cnnsa": 0.1, "music_tagging_transformer": 0.1}
# Networks of training.json.
FIRST = ("fcn", "fcn4", "short_chunk_cnn", "short_chunk_cnn_res")
# eps is large beside the rounding of gradients whose exact value is zero (a bias before a norm).
RULES = {
    "adam": ("tags", lambda p: torch.optim.Adam(p, lr=1e-3, weight_decay=1e-2, eps=1e-5)),
    "sgd": ("tags", lambda p: torch.optim.SGD(p, lr=2e-3, momentum=0.9, nesterov=True, weight_decay=1e-3)),
    "adamw": ("label", lambda p: torch.optim.AdamW(p, lr=1e-3, weight_decay=1e-1, eps=1e-5)),
    "rmsprop": ("label", lambda p: torch.optim.RMSprop(p, lr=1e-4, alpha=0.99, weight_decay=1e-3, eps=1e-3)),
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
        if last == "num_batches_tracked":
            continue
        u = draw(numbers, tensor.numel())
        fan = tensor.numel() / tensor.shape[0]
        values = (0.04 * u if last in ("pos_embedding", "cls_token") else 0.2 * u if last == "running_mean" or last.startswith("bias") else 1 + u if last == "running_var" else
                  1 + 0.4 * u if tensor.dim() == 1 else u * math.sqrt(24 / fan))
        with torch.no_grad():
            tensor.copy_(torch.from_numpy(values.astype(numpy.float32)).reshape(tensor.shape))


def example_batch(task, samples):
    numbers = lcg(1)
    waveforms = torch.from_numpy(draw(numbers, BATCH * samples).astype(numpy.float32)).reshape(BATCH, samples)
    if task == "label":
        return waveforms, F.one_hot(torch.arange(BATCH) % LABELS).float()
    return waveforms, torch.from_numpy(draw(numbers, BATCH * LABELS) > 0).float().reshape(BATCH, LABELS)


def run(name, rule, dtype, draw=0):
    task, make_optimizer = RULES[rule]
    network = NETWORKS[name][0](labels=LABELS, c=CHANNELS, dropout=0.0, **OPTIONS.get(name, {}))
    lcg_fill(network)
    network.to(dtype)
    waveforms, targets = (x.to(dtype) for x in example_batch(task, SAMPLES[name]))
    if draw:
        signs = torch.rand(waveforms.shape, generator=torch.Generator().manual_seed(draw)).round() * 2 - 1
        waveforms = waveforms * (1 + signs * 2**-23)
    optimizer = make_optimizer(network.parameters())
    for group in optimizer.param_groups:
        group["lr"] *= RATE_SCALES.get(name, 1.0)
    losses = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        logits = network(waveforms)
        loss_of = F.cross_entropy if task == "label" else F.binary_cross_entropy_with_logits
        loss = loss_of(logits, targets)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    network.eval()
    with torch.no_grad():
        logits = network(waveforms).flatten().tolist()
    state = [projection(tensor) for tensor in network.state_dict().values() if tensor.is_floating_point()]
    return {"losses": losses, "logits": logits, "state": state}


def projection(tensor):
    """One number that depends on every element and its place: its product with generated numbers, per sqrt(element)."""
    flat = tensor.flatten().double().numpy()
    return float(flat @ draw(lcg(7), flat.size)) / math.sqrt(flat.size)


def largest_difference(a, b):
    return float(numpy.abs(numpy.array(a) - numpy.array(b)).max())


def write_runs(file, networks):
    runs = []
    for name in networks:
        for rule, (task, _) in RULES.items():
            exact = run(name, rule, torch.float64)
            singles = [run(name, rule, torch.float32, draw) for draw in range(DRAWS)]
            drift = {key: float(f"{max(largest_difference(exact[key], s[key]) for s in singles):.2g}") for key in exact}
            results = {key: [float(f"{value:.7g}") for value in values] for key, values in exact.items()}
            described = {"network": name, "rule": rule, "task": task, "samples": SAMPLES[name], "options": OPTIONS.get(name, {}), "rate_scale": RATE_SCALES.get(name, 1.0), "drift": drift}
            runs.append(described | results)
            print(name, rule, results["losses"], drift)
    lines = ",\n".join(json.dumps(r, separators=(",", ":")) for r in runs)
    head = f'"made_by": "tests/golden/make_training.py", "torch": "{torch.__version__}"'
    (Path(__file__).parent / file).write_text(f'{{{head}, "runs": [\n{lines}\n]}}\n')


def main():
    for name in sys.argv[1:]:
        write_runs(f"training_{name}.json", [name])
    if len(sys.argv) == 1:
        write_runs("training.json", FIRST)


main()
