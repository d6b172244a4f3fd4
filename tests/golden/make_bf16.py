"""Writes bf16_outputs.json beside this file: logits of each network of models/ in float64 in PyTorch, and how much the rounding
of its products to bf16 may change each of them. tests/models/bf16_outputs_test.cpp compares runs with --precision bf16.

Derivation. In that precision both operands of a product (convolution, matrix product, attention, recurrent step) are rounded to
the nearest bf16: an operand x becomes x (1 + e) with |e| <= u = 2^-8. To the first order a logit L changes by the sum over all
operands of all products of e x dL/dx. The e are independent, with mean 0; by Hoeffding's inequality the sum is beyond
c u S, where S^2 = sum of (x dL/dx)^2, with a probability of at most 2 exp(-c^2 / 2). `sensitivity` is S. It holds when only some
of the products are rounded, too.

S is computed with operands x (1 + e), e = 0: the derivative by e is x dL/dx. Features are computed in float32 everywhere.

usage: python tests/golden/make_bf16.py        (needs the packages torch, librosa and numpy)
"""

import json
from pathlib import Path
import sys

import torch
import torch.nn.functional as F
from torch.overrides import TorchFunctionMode

sys.path.insert(0, str(Path(__file__).resolve().parent))
from make_training import CASES, LABELS, example_batch, lcg_fill  # noqa: E402

PRODUCTS = ("conv1d", "conv2d", "linear", "matmul", "__matmul__")


class Products(TorchFunctionMode):
    """Calls `operand` for the operands of all products."""

    def operand(self, x):
        raise NotImplementedError

    def __torch_function__(self, func, types, args=(), kwargs=None):
        name = getattr(func, "__name__", "")
        if name in PRODUCTS:
            args = (self.operand(args[0]), self.operand(args[1]), *args[2:])
        elif name == "scaled_dot_product_attention":
            return self.attention(*args[:3])
        elif name == "gru":
            return self.gru(args[0], args[2], args[4])
        return func(*args, **(kwargs or {}))

    def attention(self, query, key, value):
        scores = self.operand(query) @ self.operand(key).transpose(-2, -1) / query.shape[-1] ** 0.5
        return self.operand(scores.softmax(dim=-1)) @ self.operand(value)

    def gru(self, x, parameters, layers):
        """x [N, T, D], states that begin at 0; returns outputs and None."""
        for layer in range(layers):
            weight_ih, weight_hh, bias_ih, bias_hh = parameters[4 * layer:4 * layer + 4]
            inputs = self.operand(x) @ self.operand(weight_ih).T + bias_ih
            recurrent, h, outputs = self.operand(weight_hh).T, x.new_zeros(x.shape[0], weight_hh.shape[1]), []
            for t in range(x.shape[1]):
                (reset, update, new), (r, z, n) = inputs[:, t].chunk(3, 1), (self.operand(h) @ recurrent + bias_hh).chunk(3, 1)
                r, z = torch.sigmoid(reset + r), torch.sigmoid(update + z)
                h = (1 - z) * torch.tanh(new + r * n) + z * h
                outputs.append(h)
            x = torch.stack(outputs, dim=1)
        return x, None


class Relative(Products):
    """Operands x (1 + e)."""

    def __init__(self):
        super().__init__()
        self.e = []

    def operand(self, x):
        self.e.append(torch.zeros_like(x, requires_grad=True))
        return x * (1 + self.e[-1])


class Rounded(Products):
    """Operands rounded to bf16, to see how near the bound is."""

    def operand(self, x):
        return x.to(torch.bfloat16).to(x.dtype)


def outputs_of(case, channels):
    network = case.make(labels=LABELS, c=channels, dropout=0.0, **case.made_with)
    lcg_fill(network)
    network.double().eval().requires_grad_(False)
    features = network.features(example_batch("label", case.samples)[0][:1].double())
    exact = network.logits(features)[0]
    with Rounded():
        rounded = network.logits(features)[0]
    with Relative() as relative:
        logits = network.logits(features)[0]
    assert torch.allclose(exact, logits, rtol=1e-9, atol=1e-9)
    squares = []
    for logit in logits:
        slopes = torch.autograd.grad(logit, relative.e, retain_graph=True, allow_unused=True)
        squares.append(sum(slope.square().sum() for slope in slopes if slope is not None))
    sensitivity = torch.stack(squares).sqrt()
    share = (rounded - exact).abs() / (2**-8 * sensitivity)
    print(case.network, exact.tolist(), sensitivity.tolist(), "rounded:", share.tolist(), flush=True)
    return exact.tolist(), sensitivity.tolist()


def main():
    runs = []
    for name, case in CASES.items():
        channels = 16
        exact, sensitivity = outputs_of(case, channels)
        numbers = {"logits": [float(f"{x:.8g}") for x in exact], "sensitivity": [float(f"{x:.4g}") for x in sensitivity]}
        runs.append({"case": name} | case.described() | {"channels": channels} | numbers)
    lines = ",\n".join(json.dumps(r, separators=(",", ":")) for r in runs)
    head = f'"made_by": "tests/golden/make_bf16.py", "torch": "{torch.__version__}"'
    (Path(__file__).parent / "bf16_outputs.json").write_text(f'{{{head}, "runs": [\n{lines}\n]}}\n')


main()
