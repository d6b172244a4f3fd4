"""Writes attention.json: attention and transformer blocks by PyTorch, in double precision.

Run from this folder with Python, numpy and torch; the versions go into the file. Inputs and weights are numbers of a linear
congruential generator, made here and in golden_attention_test.cpp, in the order of the calls of `Numbers`.
"""

import json

import numpy as np
import torch
from torch.nn.functional import scaled_dot_product_attention

N, T, S, HEADS, D = 2, 5, 7, 2, 4
WIDTH = HEADS * D
FEED_FORWARD = 12


class Numbers:
    """Numbers in [-1, 1) from the 32-bit linear congruential generator of Numerical Recipes."""

    def __init__(self, state):
        self.state = state

    def __call__(self, *shape):
        values = np.empty(int(np.prod(shape)))
        for i in range(values.size):
            self.state = (1664525 * self.state + 1013904223) % 2**32
            values[i] = self.state / 2**31 - 1
        return torch.from_numpy(values.reshape(shape)).requires_grad_()


def listed(tensor):
    return [float(f"{v:.12g}") for v in tensor.detach().numpy().ravel()]


def heads(x):
    return x.reshape(x.shape[0], x.shape[1], HEADS, D).transpose(1, 2)


def attention(key_mask=None, bias=None, scale=None):
    numbers = Numbers(1)
    q, k, v, dy = numbers(N, T, WIDTH), numbers(N, S, WIDTH), numbers(N, S, WIDTH), numbers(N, T, WIDTH)
    added = torch.zeros(N, 1, T, S, dtype=torch.float64)
    if key_mask is not None:
        added = added.masked_fill(torch.tensor(key_mask)[:, None, None, :] == 0, -torch.inf)
    if bias is not None:
        added = added + bias(numbers)
    y = scaled_dot_product_attention(heads(q), heads(k), heads(v), attn_mask=added, scale=scale)
    y = y.transpose(1, 2).reshape(N, T, WIDTH)
    y.backward(dy)
    return {"y": listed(y), "dq": listed(q.grad), "dk": listed(k.grad), "dv": listed(v.grad)}


def fill(module, numbers):
    """Every parameter in the order of its module: 0.5 times the next numbers, norms about 1."""
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            values = 0.5 * numbers(*parameter.shape)
            parameter.copy_(values + 1 if "norm" in name and name.endswith("weight") else values)


def multi_head():
    numbers = Numbers(2)
    layer = torch.nn.MultiheadAttention(WIDTH, HEADS, batch_first=True, dtype=torch.float64)
    fill(layer, numbers)
    x = numbers(N, T, WIDTH)
    y, weights = layer(x, x, x, average_attn_weights=False)
    return {"y": listed(y), "weights": listed(weights)}


def block(norm_first, activation):
    numbers = Numbers(3)
    layer = torch.nn.TransformerEncoderLayer(
        WIDTH, HEADS, FEED_FORWARD, dropout=0.0, activation=activation, layer_norm_eps=1e-3, batch_first=True,
        norm_first=norm_first, dtype=torch.float64)
    fill(layer, numbers)
    x = numbers(N, T, WIDTH)
    y = layer(x)
    y.backward(numbers(N, T, WIDTH))
    return {"y": listed(y), "dx": listed(x.grad)}


def main():
    golden = {
        "versions": {m.__name__: m.__version__ for m in (np, torch)},
        "plain": attention(),
        "scale": attention(scale=0.125),
        "key mask": attention(key_mask=[[1, 0, 1, 1, 0, 1, 1], [0, 0, 0, 0, 0, 0, 1]]),
        "bias": attention(bias=lambda numbers: numbers(T, S).detach()),
        "causal bias": attention(bias=lambda _: torch.full((T, S), -torch.inf, dtype=torch.float64).triu(1)),
        "multi-head": multi_head(),
        "norms before": block(True, "gelu"),
        "norms after": block(False, "relu"),
    }
    with open("attention.json", "w") as file:
        json.dump(golden, file)
        file.write("\n")


main()
