"""Writes harmonic_filters.json beside this file: harmonic filters of a few spectra as the published code of Harmonic CNN makes
them (a dense bank, a product with it), in PyTorch and double precision, with the gradients of autograd.
tests/kernels/harmonic_filters_test.cpp compares ours. Spectra and gradients come from the generator of tests/models/lcg.h.

usage: python tests/golden/make_harmonic_filters.py        (needs the packages torch and numpy)
"""

import json
from pathlib import Path

import torch

SAMPLE_RATE, N_FFT, ROWS, HARMONICS, LOWEST, PER_SEMITONE, Q = 4000, 64, 3, 3, 45, 2, 1.3


def lcg(seed, count):
    """s <- (1664525 s + 1013904223) mod 2^32; s / 2^32 - 0.5."""
    values = []
    for _ in range(count):
        seed = (1664525 * seed + 1013904223) % 2**32
        values.append(seed / 2**32 - 0.5)
    return torch.tensor(values, dtype=torch.float64)


def centres():
    """[harmonics x filters], the filters of a harmonic side by side."""
    highest = round(69 + 12 * torch.log2(torch.tensor(SAMPLE_RATE / (2 * HARMONICS) / 440)).item())
    notes = torch.linspace(LOWEST, highest, (highest - LOWEST) * PER_SEMITONE + 1, dtype=torch.float64)[:-1]
    hz = 440.0 * 2.0 ** ((notes - 69) / 12)
    return torch.cat([hz * (h + 1) for h in range(HARMONICS)])


def filter_bank(f0, q):
    """[bins, harmonics x filters]."""
    bandwidth = (0.1079 * f0 + 24.7) / q
    bins = torch.linspace(0, SAMPLE_RATE / 2, N_FFT // 2 + 1, dtype=torch.float64)[:, None]
    rising = bins * (2 / bandwidth) + 1 - 2 * f0 / bandwidth
    falling = bins * (-2 / bandwidth) + 1 + 2 * f0 / bandwidth
    return torch.clamp(torch.minimum(rising, falling), min=0)


def main():
    f0 = centres()
    filters = len(f0) // HARMONICS
    q = torch.tensor([Q], dtype=torch.float64, requires_grad=True)
    x = (lcg(1, ROWS * (N_FFT // 2 + 1)).reshape(ROWS, -1) + 0.5).requires_grad_()
    y = torch.matmul(x, filter_bank(f0, q)).reshape(ROWS, HARMONICS, filters).transpose(1, 2)
    dy = lcg(2, y.numel()).reshape(y.shape)
    y.backward(dy)
    digits = lambda tensor: [float(f"{value:.9g}") for value in tensor.detach().flatten().tolist()]
    result = {"made_by": "tests/golden/make_harmonic_filters.py", "torch": torch.__version__, "filters": filters,
              "y": digits(y), "dx": digits(x.grad), "dq": digits(q.grad)}
    (Path(__file__).parent / "harmonic_filters.json").write_text(json.dumps(result, separators=(",", ":")) + "\n")


main()
