"""Layers that the networks of tests/golden/networks share, written plainly in PyTorch."""

import librosa
import torch
from torch import nn


class Mel(nn.Module):
    """Waveforms [N, samples] -> mel bands [N, bands, frames] of the magnitudes to a power, as librosa: Slaney's scale, equal areas."""

    def __init__(self, sample_rate, n_fft, hop, n_mels, pad_mode="reflect", power=2):
        super().__init__()
        self.n_fft, self.hop, self.pad_mode, self.power = n_fft, hop, pad_mode, power
        bank = librosa.filters.mel(sr=sample_rate, n_fft=n_fft, n_mels=n_mels, fmax=sample_rate / 2)
        self.register_buffer("window", torch.hann_window(n_fft), persistent=False)
        self.register_buffer("bank", torch.from_numpy(bank), persistent=False)

    def forward(self, x):
        spectrum = torch.stft(x, self.n_fft, self.hop, window=self.window, center=True, pad_mode=self.pad_mode,
                              return_complex=True)
        squares = spectrum.real.square() + spectrum.imag.square()
        return torch.matmul(self.bank, squares if self.power == 2 else squares.sqrt())
