"""Writes recurrent.json beside this file: outputs and gradients of torch.nn.GRU and torch.nn.LSTM with several layers, one and
both directions, initial states and packed sequences. tests/layers/recurrent_test.cpp repeats them; parameters, inputs and
gradients come from the generator of tests/models/lcg.h, so that the file holds results only. In float64.

usage: python tests/golden/make_recurrent.py        (needs the package torch)
"""

import json
from pathlib import Path

import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

CASES = [
    {"cell": "gru", "layers": 1, "bidirectional": False, "lengths": None},
    {"cell": "gru", "layers": 2, "bidirectional": True, "lengths": [7, 3, 5]},
    {"cell": "gru", "layers": 3, "bidirectional": False, "lengths": [2, 7, 1]},
    {"cell": "lstm", "layers": 1, "bidirectional": False, "lengths": None},
    {"cell": "lstm", "layers": 2, "bidirectional": True, "lengths": [4, 7, 2]},
    {"cell": "lstm", "layers": 2, "bidirectional": True, "lengths": None},
]
BATCH, STEPS, INPUTS, UNITS = 3, 7, 5, 4


class Lcg:
    """s <- (1664525 s + 1013904223) mod 2^32; s / 2^32 - 0.5, rounded to float32."""

    def __init__(self, seed):
        self.state = seed

    def tensor(self, *shape):
        count = 1
        for extent in shape:
            count *= extent
        values = []
        for _ in range(count):
            self.state = (1664525 * self.state + 1013904223) % 2**32
            values.append(self.state / 2**32 - 0.5)
        return torch.tensor(values, dtype=torch.float32).double().reshape(shape)


def rounded(tensor):
    return [float(f"{value:.7g}") for value in tensor.detach().flatten().tolist()]


def run(case):
    numbers = Lcg(5)
    kind = torch.nn.GRU if case["cell"] == "gru" else torch.nn.LSTM
    layer = kind(INPUTS, UNITS, case["layers"], batch_first=True, bidirectional=case["bidirectional"]).double()
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.copy_(2 * numbers.tensor(*parameter.shape))
    directions = 2 if case["bidirectional"] else 1
    state = (case["layers"] * directions, BATCH, UNITS)
    x = (4 * numbers.tensor(BATCH, STEPS, INPUTS)).requires_grad_()
    h0 = numbers.tensor(*state).requires_grad_()
    c0 = numbers.tensor(*state).requires_grad_()
    inputs = x
    if case["lengths"]:
        inputs = pack_padded_sequence(x, torch.tensor(case["lengths"]), batch_first=True, enforce_sorted=False)
    y, final = layer(inputs, h0 if case["cell"] == "gru" else (h0, c0))
    if case["lengths"]:
        y, _ = pad_packed_sequence(y, batch_first=True, total_length=STEPS)
    h_n, c_n = (final, None) if case["cell"] == "gru" else final
    loss = (y * numbers.tensor(*y.shape)).sum() + (h_n * numbers.tensor(*state)).sum()
    if c_n is not None:
        loss = loss + (c_n * numbers.tensor(*state)).sum()
    loss.backward()
    results = {"y": rounded(y), "h_n": rounded(h_n), "dx": rounded(x.grad), "dh0": rounded(h0.grad)}
    if c_n is not None:
        results |= {"c_n": rounded(c_n), "dc0": rounded(c0.grad)}
    results["parameters"] = {name: rounded(p.grad) for name, p in layer.named_parameters()}
    return case | results


def main():
    lines = ",\n".join(json.dumps(run(case), separators=(",", ":")) for case in CASES)
    head = f'"made_by": "tests/golden/make_recurrent.py", "torch": "{torch.__version__}"'
    (Path(__file__).parent / "recurrent.json").write_text(f'{{{head}, "cases": [\n{lines}\n]}}\n')


main()
