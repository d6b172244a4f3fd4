"""Layers that the networks of tests/golden/networks share, written plainly in PyTorch."""

import math

import librosa
import torch
from torch import nn
import torch.nn.functional as F


class Mel(nn.Module):
    """Waveforms [N, samples] -> mel bands [N, bands, frames] of the magnitudes to a power, as librosa: Slaney's scale, equal areas,
    unless `bank` has other arguments of librosa.filters.mel. Frames lie within the waveform when pad_mode is None."""

    def __init__(self, sample_rate, n_fft, hop, n_mels, pad_mode="reflect", power=2, **bank):
        super().__init__()
        self.n_fft, self.hop, self.power = n_fft, hop, power
        self.padding = {"center": False} if pad_mode is None else {"center": True, "pad_mode": pad_mode}
        bank = librosa.filters.mel(sr=sample_rate, n_fft=n_fft, n_mels=n_mels, fmax=sample_rate / 2, **bank)
        self.register_buffer("window", torch.hann_window(n_fft), persistent=False)
        self.register_buffer("bank", torch.from_numpy(bank), persistent=False)

    def forward(self, x):
        spectrum = torch.stft(x, self.n_fft, self.hop, window=self.window, return_complex=True, **self.padding)
        squares = spectrum.real.square() + spectrum.imag.square()
        return torch.matmul(self.bank, squares if self.power == 2 else squares.sqrt())


KERAS_NORM = {"eps": 1e-3, "momentum": 0.01}


def decibels(x, amin=1e-10, multiplier=10.0, top_db=80.0):
    """Decibels of bands [N, bands, frames], at most `top_db` below the maximum of each example."""
    level = multiplier * torch.log10(torch.clamp(x, min=amin))
    return torch.maximum(level, level.amax(dim=(1, 2), keepdim=True) - top_db)


class ChoiBlock(nn.Module):
    """Convolution, norm, ELU and maximum on maps [N, C, F, T]; extents are (bands, frames)."""

    def __init__(self, inputs, outputs, pool, kernel=(3, 3), pad=(1, 1, 1, 1)):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel)
        self.bn = nn.BatchNorm2d(outputs, **KERAS_NORM)
        self.pool, self.pad = pool, pad  # pad: before and behind the frames, then the bands

    def forward(self, x):
        return F.max_pool2d(F.elu(self.bn(self.conv(F.pad(x, self.pad)))), self.pool)


CHOI_POOLS = ((2, 4), (2, 4), (2, 4), (3, 5), (4, 4))


def choi_blocks(module, widths, pools=CHOI_POOLS):
    """layer1, layer2, ... of `module`; returns them in order."""
    blocks = []
    for i, (inputs, outputs, pool) in enumerate(zip((1, *widths), widths, pools), 1):
        blocks.append(ChoiBlock(inputs, outputs, pool))
        setattr(module, f"layer{i}", blocks[-1])
    return blocks


class KerasGru(nn.Module):
    """The GRU of Keras 1: hard-sigmoid gates, and the reset gate before the product. [N, T, inputs] -> all states [N, T, units].
    That of TensorFlow 1 has another function `gate`, torch.sigmoid."""

    def __init__(self, inputs, units, gate=lambda x: torch.clamp(0.2 * x + 0.5, 0, 1)):
        super().__init__()
        self.gate = gate
        self.weight_ih = nn.Parameter(torch.empty(3 * units, inputs))
        self.weight_hh = nn.Parameter(torch.empty(3 * units, units))
        self.bias = nn.Parameter(torch.empty(3 * units))
        for parameter in self.parameters():
            nn.init.uniform_(parameter, -units**-0.5, units**-0.5)

    def forward(self, x):
        w_r, w_z, w_n = self.weight_ih.chunk(3)
        u_r, u_z, u_n = self.weight_hh.chunk(3)
        b_r, b_z, b_n = self.bias.chunk(3)
        h, states = x.new_zeros(x.shape[0], u_r.shape[1]), []
        for x_t in x.unbind(1):
            r = self.gate(x_t @ w_r.T + h @ u_r.T + b_r)
            z = self.gate(x_t @ w_z.T + h @ u_z.T + b_z)
            n = torch.tanh(x_t @ w_n.T + (r * h) @ u_n.T + b_n)
            h = z * h + (1 - z) * n
            states.append(h)
        return torch.stack(states, 1)


class KerasLstm(nn.Module):
    """The LSTM of Keras 1: hard-sigmoid gates and one bias. [N, T, inputs] -> all states [N, T, units], twice for both directions."""

    def __init__(self, inputs, units, both=False):
        super().__init__()
        self.sides = ("", "_reverse") if both else ("",)
        for side in self.sides:
            for name, shape in (("weight_ih", (4 * units, inputs)), ("weight_hh", (4 * units, units)), ("bias", (4 * units,))):
                parameter = nn.Parameter(torch.empty(shape))
                nn.init.uniform_(parameter, -units**-0.5, units**-0.5)
                self.register_parameter(name + side, parameter)

    def direction(self, x, side):
        w, u, b = (getattr(self, name + side) for name in ("weight_ih", "weight_hh", "bias"))
        h, states = x.new_zeros(x.shape[0], u.shape[1]), []
        c = h
        for x_t in x.unbind(1):
            i, f, g, o = (x_t @ w.T + h @ u.T + b).chunk(4, dim=1)
            i, f, o = (torch.clamp(0.2 * gate + 0.5, 0, 1) for gate in (i, f, o))
            c = f * c + i * torch.tanh(g)
            h = o * torch.tanh(c)
            states.append(h)
        return torch.stack(states, 1)

    def forward(self, x):
        return torch.cat([self.direction(x, "") if side == "" else self.direction(x.flip(1), side).flip(1) for side in self.sides], 2)


def log_mean_of_probabilities(step_logits):
    """[N, T, labels] -> [N, labels]: its softmax is the mean over the steps of the softmax of the labels."""
    return torch.logsumexp(F.log_softmax(step_logits, -1), 1) - math.log(step_logits.shape[1])


class ChoiRecurrent(nn.Module):
    """The body of the recurrent taggers of Choi et al.: maps [N, 1, 96, T] -> [N, units]."""

    def __init__(self, first, others, units, block_dropout):
        super().__init__()
        choi_blocks(self, (first, others, others, others), ((2, 2), (3, 3), (4, 4), (4, 4)))
        self.gru1, self.gru2 = KerasGru(others, units), KerasGru(units, units)
        self.block_dropout = nn.Dropout(block_dropout)

    @staticmethod
    def padded(x):
        missing = -x.shape[-1] % 96
        return F.pad(x, (missing // 2, missing - missing // 2))

    def body(self, x):
        for layer in (self.layer1, self.layer2, self.layer3, self.layer4):
            x = self.block_dropout(layer(x))
        return self.gru2(self.gru1(x.squeeze(2).transpose(1, 2)))[:, -1]
