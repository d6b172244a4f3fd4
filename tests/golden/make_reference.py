"""Writes reference activations for `sonograd convert --verify`: shape, statistics and sampled values of every stage of a network on
the signal of tests/models/lcg.h, computed in PyTorch (bench/peers) from the published weights, without any code of ours.

The values are those of float64. `drift` of a stage is the largest deviation of runs in float32 from them, over waveforms that differ
in the last place; `limit`, which another float32 implementation has to keep, is ten times that and at least 5e-5. A deviation is
relative to the root mean square of the stage, or to the value itself where that is larger.

The fingerprint is the SHA-256 of the float32 values of parameters and running statistics, in the order of their published names.

usage: python tests/golden/make_reference.py ARCH WEIGHTS OUT.json [ORIGIN]     weights: .pth, .safetensors, folder of a bundle
       python tests/golden/make_reference.py ARCH --fill WEIGHTS.pth OUT.json   first writes weights from the generator
       python tests/golden/make_reference.py --published CHECKPOINTS            all of models/verify/references
(needs the packages torch, librosa and numpy)
"""

import hashlib
import json
import math
from pathlib import Path
import struct
import sys

import numpy
import torch
import torch.nn.functional as F

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench/peers"))
import harmonic_cnn  # noqa: E402, F401: adds itself to NETWORKS
import musicnn_library  # noqa: E402
from networks import NETWORKS  # noqa: E402
from pons import PonsSpectrogram, PonsWaveform  # noqa: E402

DRAWS, MARGIN, LEAST_LIMIT, SAMPLES = 3, 10, 5e-5, 16
RATES = {"fcn4": 12000, "music_tagging_transformer": 22050}
LIBRARY_SAMPLES = 187 * 256 + 256
PONS_SAMPLES = 240000
PUBLISHED = {
    "mtat-crnn": ("crnn", "mtat-crnn.pth"),
    "mtat-fcn": ("fcn", "mtat-fcn.pth"),
    "mtat-musicnn": ("musicnn", "mtat-musicnn.pth"),
    "musicnn-library-MTT_musicnn": ("musicnn_tf", "musicnn_tf/MTT_musicnn"),
    "musicnn-library-MTT_vgg": ("vgg_tf", "musicnn_tf/MTT_vgg"),
}
ORIGINS = {
    "mtat": "weights of Won et al. (2020), github.com/minzwon/sota-music-tagging-models, models/mtat",
    "musicnn": "weights of the musicnn library 0.1.0 (Pons and Serra 2019)",
}


def lcg(seed):
    """s <- (1664525 s + 1013904223) mod 2^32."""
    while True:
        seed = (1664525 * seed + 1013904223) % 2**32
        yield seed


def uniform(numbers, count):
    return numpy.fromiter((next(numbers) for _ in range(count)), dtype=numpy.float64, count=count) / 2**32 - 0.5


def signal(samples, rate):
    tone = numpy.sin(2 * math.pi * 440.0 * numpy.arange(samples) / rate)
    return torch.from_numpy((0.5 * uniform(lcg(1), samples) + 0.25 * tone).astype(numpy.float32))


# Weights.


def read_safetensors(path):
    data = Path(path).read_bytes()
    size = struct.unpack("<Q", data[:8])[0]
    tensors = {}
    for name, about in json.loads(data[8:8 + size]).items():
        if name == "__metadata__" or about["dtype"] != "F32":
            continue
        first, last = about["data_offsets"]
        values = numpy.frombuffer(data[8 + size + first:8 + size + last], "<f4")
        tensors[name] = torch.from_numpy(values.copy()).reshape(about["shape"])
    return tensors


def read_weights(path):
    """float32 tensors by published name."""
    if Path(path).is_dir():
        return {name: torch.from_numpy(values.copy()) for name, values in musicnn_library.read_bundle(path).items()}
    if Path(path).suffix == ".safetensors":
        return read_safetensors(path)
    tensors = torch.load(path, map_location="cpu", weights_only=True)
    return {name: tensor for name, tensor in tensors.items() if tensor.dtype == torch.float32}


def is_front_end(name):
    return name.endswith((".window", ".mel_scale.fb"))


def fingerprint(weights):
    digest = hashlib.sha256()
    for name in sorted(weights):
        if not is_front_end(name):
            digest.update(weights[name].contiguous().numpy().tobytes())
    return digest.hexdigest()


def published_order(name):
    """The order of the published transformer: of the tensors of a block, the norm before the attention is the first."""
    if name.startswith("mlp_head."):
        return 1 << 20
    if not name.startswith("transformer.layers."):
        return 0
    block, half = name.split(".")[2:4]
    part = 0 if ".norm." in name else 1 if "qkv" in name or "net.0" in name else 2
    return 1 + 6 * int(block) + 3 * int(half) + part


def fill(network):
    """Values of the generator for every tensor in the published order, as tests/models/lcg.h makes them."""
    numbers, state = lcg(12345), network.state_dict()
    for name in sorted(state, key=published_order):
        tensor, last = state[name], name.rsplit(".", 1)[-1]
        if last in ("num_batches_tracked", "bw_Q"):
            continue
        u = uniform(numbers, tensor.numel())
        fan = tensor.numel() / tensor.shape[0]
        values = (0.04 * u if last in ("pos_embedding", "cls_token") else 0.2 * u if last == "running_mean" else
                  1 + u if last == "running_var" else 0.2 * u if last.startswith("bias") else
                  1 + 0.4 * u if tensor.dim() == 1 else u * math.sqrt(24 / fan))
        with torch.no_grad():
            tensor.copy_(torch.from_numpy(values.astype(numpy.float32)).reshape(tensor.shape))


# Networks of PyTorch: their options by the extents of the weights, and their stages under our names.


def count(weights, pattern):
    return next(i for i in range(1000) if pattern.format(i) not in weights)


def make_network(arch, weights):
    w = {name: tuple(tensor.shape) for name, tensor in weights.items()}
    rows = lambda name: w[name][0] if name in w else None
    given = lambda **options: {key: value for key, value in options.items() if value is not None}
    labels = rows("dense2.weight") or rows("dense.weight") or rows("mlp_head.1.weight") or rows("back.dense2.weight")
    back = given(back_filters=rows("back.conv1.conv.weight"), units=rows("back.dense1.weight"))
    if arch == "pons_waveform":
        layers = count(w, "front.conv{}.conv.weight") if w else None
        return PonsWaveform(labels or 50, **given(layers=layers, channels=rows("front.conv0.conv.weight")), **back)
    if arch == "pons_spectrogram":
        return PonsSpectrogram(labels or 50, **given(channels=rows("front.timbral1.conv.weight")), **back)
    if arch == "musicnn":
        options = given(c=rows("layer1.conv.weight"), filters=rows("layers.2.conv.weight"), units=rows("dense1.weight"))
    elif arch == "music_tagging_transformer":
        options = given(c=rows("frontend.layer1.conv_1.weight"), width=rows("cls_token"))
    else:
        options = given(c=rows("layer1.conv.weight") or rows("layer1.conv_1.weight"))
    return NETWORKS[arch][0](**given(labels=labels), **options)


def is_sequence(arch, stage):
    """Whether the module puts time before channels."""
    return (arch, stage) == ("crnn", "layer5") or stage.startswith(("frontend.fc", "transformer.", "encoder."))


def stages_of(arch):
    """Our name of a stage -> the module whose output it is."""
    numbered = lambda name, last: {f"{name}{i}": f"{name}{i}" for i in range(1, last + 1)}
    same = lambda *names: {name: name for name in names}
    spec, head = same("spec", "spec_bn"), same("dense1", "bn", "dense2")
    back = same(*(f"back.{part}" for part in ("conv1", "conv2", "bn2", "conv3", "bn3", "dense1", "bn", "dense2")))
    return {
        "fcn": spec | numbered("layer", 5) | same("dense"),
        "fcn4": same("spec") | numbered("layer", 4) | same("dense"),
        "crnn": spec | numbered("layer", 5) | same("dense"),
        "musicnn": spec | {f"layers.{i}": f"layers.{i}" for i in range(5)} | numbered("layer", 3) | head,
        "sample_cnn": numbered("layer", 11) | same("dense"),
        "sample_cnn_se": numbered("layer", 11) | head,
        "short_chunk_cnn": spec | numbered("layer", 7) | head,
        "short_chunk_cnn_res": spec | numbered("layer", 7) | head,
        "cnnsa": spec | numbered("layer", 7) | {f"encoder.{i}": f"encoder.layer.{i}" for i in range(2)} |
                 {"pooler": "pooler.dense", "dense": "dense"},
        "harmonic_cnn": same("hstft", "hstft_bn") | numbered("layer", 7) | head,
        "music_tagging_transformer": same("spec", "frontend.input_bn") | numbered("frontend.layer", 3) | same("frontend.fc") |
                                     {f"transformer.{i}": f"transformer.layers.{i}" for i in range(4)} |
                                     same("mlp_head.0", "mlp_head.1"),
        "pons_waveform": {f"front.conv{i}": f"front.conv{i}" for i in range(7)} | back,
        "pons_spectrogram": same("spec") | {f"front.timbral{i}": f"front.timbral{i}.bn" for i in range(1, 7)} | numbered("front.temporal", 4) | back,
    }[arch]


def in_our_layout(arch, stage, y):
    """Output of a module -> [T, F, C], [T, C] or [C]."""
    y = y[0][0] if isinstance(y, tuple) else y[0]  # a recurrent layer returns its state, too
    if arch == "musicnn" and y.dim() == 3 and stage.startswith("layers."):
        y = y.amax(dim=1, keepdim=True)  # our filters over frequency contain the maximum
    if stage == "pooler":
        y = torch.tanh(y)
    if is_sequence(arch, stage):
        return y
    return y.permute(2, 1, 0) if y.dim() == 3 else y.T if y.dim() == 2 else y


def run_network(arch, weights, waveform, kind):
    network = make_network(arch, weights)
    missing, unused = network.load_state_dict(weights, strict=False)
    assert not [name for name in missing if not name.endswith("num_batches_tracked")], missing
    assert not [name for name in unused if not is_front_end(name)], unused
    if "spec.mel_scale.fb" in weights:
        network.spec.bank.copy_(weights["spec.mel_scale.fb"])
        network.spec.window.copy_(weights["spec.spectrogram.window"])
    network.to(kind).eval()
    found, modules = {}, dict(network.named_modules())
    names = stages_of(arch)
    for stage, module in names.items():
        keep = lambda _, __, y, stage=stage: found.__setitem__(stage, in_our_layout(arch, stage, y))
        modules[module].register_forward_hook(keep)
    network(waveform[None].to(kind))
    return {stage: found[stage] for stage in names}


def run_stages(arch, weights, waveform, kind):
    with torch.no_grad():
        if arch not in musicnn_library.NETWORKS:
            return run_network(arch, weights, waveform, kind)
        network = musicnn_library.NETWORKS[arch]({name: tensor.to(kind) for name, tensor in weights.items()})
        network.logits(waveform)
        return network.stages


def check_library(name, weights, network):
    """The same code on the clip of tests/golden/musicnn_library.json, whose probabilities are those of the original program."""
    expected = json.loads((ROOT / "tests/golden/musicnn_library.json").read_text())[name]["signal"]["probabilities"]
    chunk = torch.cat([torch.zeros(256), signal(LIBRARY_SAMPLES - 256, 16000)])
    logits = musicnn_library.NETWORKS[network]({key: tensor.double() for key, tensor in weights.items()}).logits(chunk)
    largest = (torch.sigmoid(logits[0]) - torch.tensor(expected)).abs().max().item()
    assert largest < 2e-5, largest
    print(f"probabilities of the original program: largest difference {largest:.2g}")


# The reference.


def positions(size):
    numbers = lcg(7)
    return [next(numbers) * size >> 32 for _ in range(min(SAMPLES, size))]


def described(y):
    y = y.double().contiguous().flatten()
    at = positions(y.numel())
    return {"mean": y.mean().item(), "std": y.std(unbiased=False).item(), "min": y.min().item(), "max": y.max().item(),
            "norm": y.norm().item(), "samples": [[i, y[i].item()] for i in at]}


def deviation(of, exact, size):
    rms = exact["norm"] / math.sqrt(size)
    relative = lambda a, b: abs(a - b) / max(rms, abs(b), 1e-30)
    values = [relative(of[key], exact[key]) for key in ("mean", "std", "min", "max", "norm")]
    return max(values + [relative(a[1], b[1]) for a, b in zip(of["samples"], exact["samples"])])


def rounded_up(x):
    digits = 10.0 ** (math.floor(math.log10(x)) - 1)
    return float(f"{math.ceil(x / digits - 1e-6) * digits:.2g}")


def rounded(x):
    return float(f"{x:.9g}")


def write_reference(arch, weights, out, name, origin):
    samples = LIBRARY_SAMPLES if arch in musicnn_library.NETWORKS else PONS_SAMPLES if arch.startswith("pons") else NETWORKS[arch][1]
    rate = RATES.get(arch, 16000)
    waveform = signal(samples, rate)
    exact = run_stages(arch, weights, waveform, torch.float64)
    values = {stage: described(y) for stage, y in exact.items()}
    drift = dict.fromkeys(values, 0.0)
    for draw in range(DRAWS):
        signs = torch.rand(samples, generator=torch.Generator().manual_seed(draw)).round() * 2 - 1
        single = run_stages(arch, weights, waveform * (1 + signs * 2**-23), torch.float32)
        for stage, y in single.items():
            drift[stage] = max(drift[stage], deviation(described(y), values[stage], y.numel()))
    stages = []
    for stage, y in exact.items():
        least = LEAST_LIMIT
        if stage == "spec" and arch in musicnn_library.NETWORKS:
            # One step of float16 in a sampled band: a value near a tie may be rounded to either side.
            least = math.log10(1 + 2**-10) * math.sqrt(y.numel()) / values[stage]["norm"]
        limit = rounded_up(max(least, MARGIN * drift[stage]))
        about = values[stage]
        about["samples"] = [[i, rounded(value)] for i, value in about["samples"]]
        about |= {key: rounded(about[key]) for key in ("mean", "std", "min", "max", "norm")}
        stages.append({"name": stage, "shape": list(y.shape), "drift": float(f"{drift[stage]:.2g}"), "limit": limit} | about)
        print(f"{stage:24} {str(list(y.shape)):18} mean {about['mean']:12.6g}  mabs {y.abs().mean().item():12.6g}  drift {drift[stage]:.2g}")
    logits = list(exact.values())[-1].flatten()
    print("sum of logits", logits.sum().item(), logits.abs().sum().item(), "first", logits[:8].tolist())
    print("probabilities", " ".join(f"{p:.6f}" for p in torch.sigmoid(logits)))
    head = {"sonograd_reference": 1, "name": name, "arch": arch, "origin": origin,
            "made_by": f"tests/golden/make_reference.py, PyTorch {torch.__version__}, float64",
            "fingerprint": fingerprint(weights), "signal": {"sample_rate": rate, "samples": samples}}
    lines = ",\n".join(json.dumps(stage, separators=(",", ":")) for stage in stages)
    text = json.dumps(head, indent=1)[:-2] + f',\n "stages": [\n{lines}\n]}}\n'
    Path(out).write_text(text)


def main():
    if sys.argv[1] == "--published":
        for name, (arch, path) in PUBLISHED.items():
            print(name)
            weights = read_weights(Path(sys.argv[2]) / path)
            if arch in musicnn_library.NETWORKS:
                check_library(Path(path).name, weights, arch)
            write_reference(arch, weights, ROOT / f"models/verify/references/{name}.json", name, ORIGINS[name.split("-")[0]])
        return
    arch, path, out = sys.argv[1], sys.argv[2], sys.argv[3]
    origin = sys.argv[4] if len(sys.argv) > 4 else ""
    if path == "--fill":
        path, out, origin = sys.argv[3], sys.argv[4], "weights of the generator of tests/models/lcg.h"
        network = make_network(arch, {})
        fill(network)
        torch.save(network.state_dict(), path)
    write_reference(arch, read_weights(path), out, Path(path).stem, origin)


main()
