"""Writes training_CASE.json beside this file: what ten training steps in PyTorch do to each network of models/, for every
optimiser. tests/train/training_parity_test.cpp repeats them. Weights, waveforms and targets come from the generator of
tests/models/lcg.h, so that the files hold results only.

The runs are in float64, so that the expected values carry no rounding of their own; `drift` is how far runs in float32
are from them at most: the difference to expect of another float32 implementation (of losses as a share of the loss, else
absolute). One such run is a single draw, so there are several, with waveforms that differ in the last place.

Steps amplify rounding. It decides near ties, of a maximum or of ReLU at zero; a batch norm over the few values that are
left at the end of a network divides by a small deviation; and a rule that divides a gradient by its own size turns the
rounding of a gradient near zero into a step of full length. So each run takes the largest of RATE_SCALES at which its
drift stays below MOST_DRIFT, while its losses still change by more than LEAST_CHANGE.

A network is one of bench/peers, with its case below, or a file of tests/golden/networks: the module and its cases.

usage: python tests/golden/make_training.py [CASE...]        (needs the packages torch, librosa and numpy)
"""

from dataclasses import dataclass, field
import importlib.util
import json
import math
from pathlib import Path
import sys

import numpy
import torch
import torch.nn.functional as F

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench/peers"))
from combined import musicnn_and_recurrent  # noqa: E402
from networks import NETWORKS  # noqa: E402
import harmonic_cnn  # noqa: E402, F401
import musicnn_tf  # noqa: E402, F401

STEPS, BATCH, LABELS, CHANNELS = 10, 4, 3, 4
DRAWS = 3
RATE_SCALES = (0.2, 0.05, 0.02, 0.01)
MOST_DRIFT, LEAST_CHANGE = 8e-6, 2e-2
# eps is large beside the rounding of gradients whose exact value is zero (a bias before a norm).
RULES = {
    "adam": ("tags", lambda p: torch.optim.Adam(p, lr=1e-3, weight_decay=1e-2, eps=1e-5)),
    "sgd": ("tags", lambda p: torch.optim.SGD(p, lr=2e-3, momentum=0.9, nesterov=True, weight_decay=1e-3)),
    "adamw": ("label", lambda p: torch.optim.AdamW(p, lr=1e-3, weight_decay=1e-1, eps=1e-5)),
    "rmsprop": ("label", lambda p: torch.optim.RMSprop(p, lr=1e-4, alpha=0.99, weight_decay=1e-3, eps=1e-3)),
}


@dataclass
class Case:
    """A network at a small size. `names`: whether generated values go by the names and layouts of published files, or by ours.
    `rules`: runs of adam are repeated on the emulated device, which takes seconds for maps of a thousand frames. `rate_scales`: others
    for networks whose losses hardly move at these."""

    network: str
    samples: int
    options: dict = field(default_factory=dict)  # of ours, beside channels, dropout and samples
    made_with: dict = field(default_factory=dict)  # arguments of the network in PyTorch, beside labels, c and dropout
    names: str = "published"
    make: object = None
    rules: tuple = tuple(RULES)
    rate_scales: tuple = RATE_SCALES

    def __post_init__(self):
        self.make = self.make or NETWORKS[self.network][0]

    def described(self):
        return {"network": self.network, "samples": self.samples, "options": self.options, "names": self.names}


def both(network, samples, **options):
    return Case(network, samples, options, options)


# Short but valid chunks: 1280 frames leave one position after the poolings of fcn and fcn4, 384 leave four steps of crnn, 59049
# samples one position of the sample-level networks, 33000 samples 17 tokens of cnnsa and music_tagging_transformer.
CASES = {
    "crnn": Case("crnn", 98304),
    "fcn": Case("fcn", 327680),
    "fcn4": Case("fcn4", 327680),
    "short_chunk_cnn": Case("short_chunk_cnn", 33000),
    "short_chunk_cnn_res": Case("short_chunk_cnn_res", 33000),
    "sample_cnn": Case("sample_cnn", 59049),
    "sample_cnn_se": Case("sample_cnn_se", 59049),
    "cnnsa": both("cnnsa", 33000, block_dropout=0.0, attention_dropout=0.0),
    "music_tagging_transformer": both("music_tagging_transformer", 33000, width=16),
    "musicnn": Case("musicnn", 16000),
    "harmonic_cnn": Case("harmonic_cnn", 73728, names="own"),
    # Bands in float32: in float16 a band on the border of two numbers is another one in float64.
    "musicnn_tf": Case("musicnn_tf", 59 * 256 + 512, {"band_type": "float32"}, names="own"),
    "vgg_tf": Case("vgg_tf", 95 * 256 + 512, {"band_type": "float32", "block_dropout": 0.0},
                   {"frames": 96, "block_dropout": 0.0}, "own"),
    "combined_musicnn_recurrent": Case(
        "combined", 16000, {"front": "musicnn", "back": "recurrent", "musicnn_filters": 2, "gru_units": 5, "gru_layers": 2},
        {"samples": 16000, "musicnn_filters": 2, "gru_units": 5, "gru_layers": 2}, "own", musicnn_and_recurrent),
}


def network_files():
    """The modules of tests/golden/networks; each has CASES, arguments of Case by name, and OUTPUTS (make_outputs.py)."""
    sys.path.insert(0, str(Path(__file__).parent))
    for path in sorted((Path(__file__).parent / "networks").glob("*.py")):
        spec = importlib.util.spec_from_file_location(path.stem, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        yield module


CASES |= {name: Case(**case) for module in network_files() for name, case in module.CASES.items()}


class Lcg:
    """s <- (1664525 s + 1013904223) mod 2^32; draws of s / 2^32 - 0.5."""

    def __init__(self, seed):
        self.state = seed

    def draw(self, count):
        powers = numpy.cumprod(numpy.full(count, 1664525, numpy.uint32), dtype=numpy.uint32)
        sums = numpy.cumsum(numpy.concatenate([[numpy.uint32(1)], powers[:-1]]), dtype=numpy.uint32)
        states = powers * numpy.uint32(self.state) + sums * numpy.uint32(1013904223)
        if count:
            self.state = int(states[-1])
        return states / 2**32 - 0.5


def lcg_fill(network):
    numbers = Lcg(12345)
    for name, tensor in network.state_dict().items():
        last = name.rsplit(".", 1)[-1]
        if last in ("num_batches_tracked", "bw_Q"):
            continue
        u = numbers.draw(tensor.numel())
        fan = tensor.numel() / tensor.shape[0]
        values = (0.04 * u if last in ("pos_embedding", "cls_token") else
                  0.2 * u if last == "running_mean" or last.startswith("bias") else
                  1 + u if last == "running_var" else 1 + 0.4 * u if tensor.dim() == 1 else u * math.sqrt(24 / fan))
        with torch.no_grad():
            tensor.copy_(torch.from_numpy(values.astype(numpy.float32)).reshape(tensor.shape))


def example_batch(task, samples):
    numbers = Lcg(1)
    waveforms = torch.from_numpy(numbers.draw(BATCH * samples).astype(numpy.float32)).reshape(BATCH, samples)
    if task == "label":
        return waveforms, F.one_hot(torch.arange(BATCH) % LABELS).float()
    return waveforms, torch.from_numpy(numbers.draw(BATCH * LABELS) > 0).float().reshape(BATCH, LABELS)


def run(case, rule, rate_scale, dtype, draw=0):
    task, make_optimizer = RULES[rule]
    network = case.make(labels=LABELS, c=CHANNELS, dropout=0.0, **case.made_with)
    lcg_fill(network)
    network.to(dtype)
    waveforms, targets = (x.to(dtype) for x in example_batch(task, case.samples))
    if draw:
        signs = torch.rand(waveforms.shape, generator=torch.Generator().manual_seed(draw)).round() * 2 - 1
        waveforms = waveforms * (1 + signs * 2**-23)
    optimizer = make_optimizer(network.parameters())
    for group in optimizer.param_groups:
        group["lr"] *= rate_scale
    results = {"losses": []}
    width = getattr(getattr(network, "hstft", None), "bw_Q", None)
    if width is not None:
        results["q"] = []
    features = network.features(waveforms)
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss_of = F.cross_entropy if task == "label" else F.binary_cross_entropy_with_logits
        loss = loss_of(network.logits(features), targets)
        loss.backward()
        optimizer.step()
        results["losses"].append(loss.item())
        if width is not None:
            results["q"].append(width.item())
    network.eval()
    with torch.no_grad():
        results["logits"] = network.logits(features).flatten().tolist()
    state = network.state_dict().values()
    return results | {"state": [projection(tensor) for tensor in state if tensor.is_floating_point()]}


def projection(tensor):
    """One number that depends on every element and its place: its product with generated numbers, per sqrt(element)."""
    flat = tensor.flatten().double().numpy()
    return float(flat @ Lcg(7).draw(flat.size)) / math.sqrt(flat.size)


def difference(key, exact, other):
    exact, other = numpy.array(exact), numpy.array(other)
    return float((numpy.abs(exact - other) / (numpy.abs(exact) if key == "losses" else 1)).max())


def attempt(case, rule, rate_scale):
    """Exact results and their drift; nothing when the drift is too large."""
    exact = run(case, rule, rate_scale, torch.float64)
    drift = dict.fromkeys(exact, 0.0)
    for draw in range(DRAWS):
        single = run(case, rule, rate_scale, torch.float32, draw)
        for key in exact:
            drift[key] = max(drift[key], difference(key, exact[key], single[key]))
        print(" ", rule, rate_scale, draw, f"{drift['losses']:.2g}", flush=True)
        if drift["losses"] >= MOST_DRIFT:
            return None
    return exact, drift


def steps_of(case, rule):
    for rate_scale in case.rate_scales:
        if (found := attempt(case, rule, rate_scale)) is None:
            continue
        exact, drift = found
        first, last = exact["losses"][0], exact["losses"][-1]
        if abs(first - last) < LEAST_CHANGE * max(first, last):
            break
        described = case.described() | {"rule": rule, "task": RULES[rule][0], "rate_scale": rate_scale}
        described["drift"] = {key: float(f"{value:.2g}") for key, value in drift.items()}
        return described | {key: [float(f"{value:.7g}") for value in values] for key, values in exact.items()}
    sys.exit(f"{case.network}, {rule}: no learning rate at which losses change, and rounding is small beside it")


def main():
    for name in sys.argv[1:] or CASES:
        runs = []
        for rule in CASES[name].rules:
            runs.append({"case": name} | steps_of(CASES[name], rule))
            print(name, rule, runs[-1]["rate_scale"], runs[-1]["losses"], runs[-1]["drift"], flush=True)
        lines = ",\n".join(json.dumps(r, separators=(",", ":")) for r in runs)
        head = f'"made_by": "tests/golden/make_training.py", "torch": "{torch.__version__}"'
        (Path(__file__).parent / f"training_{name}.json").write_text(f'{{{head}, "runs": [\n{lines}\n]}}\n')


if __name__ == "__main__":
    main()
