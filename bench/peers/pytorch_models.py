"""Times the networks of networks.py, and those of tests/golden/networks, on this machine's CPU: a training step (front end,
forward, BCE, backward, Adam) and inference, from waveforms. scripts/bench-peers runs it (protocol.py).

usage: python pytorch_models.py NETWORK BATCH [--mode train|infer] [--variant VARIANT] [--repeats N] [--threads N]
VARIANT: eager, channels_last, compile or compile_channels_last. Compiled inference is frozen: weights are constants, and
batch norms are folded into them, as ours are.
"""

import argparse

import torch
import torch._inductor.config
import torch.nn.functional as F

from golden_networks import golden_networks
import harmonic_cnn  # noqa: F401 (adds itself to NETWORKS)
import musicnn_tf  # noqa: F401 (adds its two to NETWORKS)
import pons  # noqa: F401 (adds its two to NETWORKS)
from networks import NETWORKS
from protocol import serve


def main():
    golden = golden_networks()
    parser = argparse.ArgumentParser()
    parser.add_argument("network", choices=[*NETWORKS, *golden])
    parser.add_argument("batch", type=int)
    parser.add_argument("--mode", choices=["train", "infer"], default="train")
    parser.add_argument("--variant", choices=["eager", "channels_last", "compile", "compile_channels_last"], default="eager")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(0)

    if args.network in NETWORKS:
        make, samples = NETWORKS[args.network]
        network = make()
    else:
        network = golden[args.network](labels=50)
        samples = network.samples
    layout = torch.channels_last if args.variant.endswith("channels_last") else torch.contiguous_format
    compiled = args.variant.startswith("compile")
    network = network.to(memory_format=layout)
    torch._inductor.config.freezing = args.mode == "infer"
    body = torch.compile(network.logits) if compiled else network.logits
    x = torch.rand(args.batch, samples) - 0.5
    y = (torch.rand(args.batch, 50) < 0.1).float()
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-4, foreach=True)

    def maps():
        with torch.no_grad():
            features = network.features(x)
        return features.contiguous(memory_format=layout) if features.dim() == 4 else features

    def train():
        optimizer.zero_grad(set_to_none=True)
        loss = F.binary_cross_entropy_with_logits(body(maps()), y)
        loss.backward()
        optimizer.step()
        return loss.item()

    def infer():
        with torch.no_grad() if compiled else torch.inference_mode():
            return torch.sigmoid(body(maps()))

    network.train(args.mode == "train")
    run = train if args.mode == "train" else infer
    serve(run, args.repeats)


main()
