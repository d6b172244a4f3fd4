"""Writes effects.json: the filters and the reverberation of training effects by SciPy, in double.

Run from this folder with Python, numpy and scipy; the versions go into the file. The signal is made here and in
effects_test.cpp. The reverberation is computed from transfer functions: a comb whose feedback f has the low-pass filter
(1 - d) / (1 - d/z) is z^-D (1 - d/z) / (1 - d/z - f (1 - d) z^-D), an all-pass (1.5 z^-D - 1) / (1 - z^-D / 2).
"""

import json

import numpy as np
import scipy
from scipy import ndimage, signal


def lcg(state, count):
    """Numbers in [0, 1) from the 32-bit linear congruential generator of Numerical Recipes."""
    values = np.empty(count)
    for i in range(count):
        state = (1664525 * state + 1013904223) % 2**32
        values[i] = state / 2**32
    return values


def burst(count):
    """Noise that ends after a fifth."""
    x = (lcg(1, count) - 0.5).astype(np.float32)
    x[count // 5 :] = 0
    return x.astype(np.float64)


def delayed(length, terms):
    coefficients = np.zeros(length + 2)
    for place, value in terms:
        coefficients[place] += value
    return coefficients


def comb(x, delay, feedback, damping):
    numerator = delayed(delay, [(delay, 1), (delay + 1, -damping)])
    denominator = delayed(delay, [(0, 1), (1, -damping), (delay, -feedback * (1 - damping))])
    return signal.lfilter(numerator, denominator, x)


def all_pass(x, delay):
    return signal.lfilter(delayed(delay, [(0, -1), (delay, 1.5)]), delayed(delay, [(0, 1), (delay, -0.5)]), x)


def reverb(x, rate, reverberance, damping, room):
    scale = room / 100 * 0.9 + 0.1
    a = -1 / np.log(0.7)
    b = 100 / (np.log(0.02) * a + 1)
    feedback = 1 - np.exp((reverberance - b) / (a * b))
    damping = damping / 100 * 0.3 + 0.2
    wet = []
    for offset in (0, 12):
        total = 0
        for delay in (1116, 1188, 1277, 1356, 1422, 1491, 1557, 1617):
            total = total + comb(x, int(scale * rate / 44100 * (delay + offset) + 0.5), feedback, damping)
            offset = -offset
        for delay in (225, 341, 441, 556):
            total = all_pass(total, int(rate / 44100 * (delay + offset) + 0.5))
            offset = -offset
        wet.append(0.015 * total)
    return x + (wet[0] + wet[1]) / 2


def numbers(values):
    return [float(f"{v:.9g}") for v in values]


def taps(cutoff):
    half = int(8 / cutoff / 2)
    return signal.firwin(2 * half + 1, 2 * cutoff if cutoff < 0.5 else 1 - 1e-12, window="hann")


def main():
    x = burst(4000)
    golden = {
        "versions": {m.__name__: m.__version__ for m in (np, scipy)},
        "taps": {str(c): numbers(taps(c)) for c in (0.0625, 0.1, 0.3)},
        "low-pass": numbers(ndimage.convolve1d(x, taps(0.1), mode="nearest")[::37]),
        "reverb": {
            f"{rate} {a} {b} {c}": numbers(reverb(x, rate, a, b, c)[::37])
            for rate, a, b, c in ((8000, 50, 50, 100), (22050, 99, 0, 10), (8000, 0, 99, 0))
        },
    }
    with open("effects.json", "w") as file:
        file.write("{\n" + ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in golden.items()) + "\n}\n")


if __name__ == "__main__":
    main()
