"""The network of Despois (2016), written plainly in PyTorch."""

import torch
from torch import nn
import torch.nn.functional as F


class Block(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 2)

    def forward(self, x):
        return F.max_pool2d(F.elu(self.conv(F.pad(x, (0, 1, 0, 1)))), 2)


class DespoisjCnn(nn.Module):
    def __init__(self, labels=10, c=64, dropout=0.5, units=1024, n_fft=256, hop=126, columns=128):
        super().__init__()
        self.sample_rate, self.samples = 44100, columns * 7 * hop
        self.n_fft, self.hop, self.columns = n_fft, hop, columns
        window = torch.hann_window(n_fft, periodic=False, dtype=torch.float64)
        self.register_buffer("window", (2 * window / window.sum()).float(), persistent=False)
        self.layer1, self.layer2, self.layer3, self.layer4 = (Block(a, b) for a, b in
                                                              ((1, c), (c, 2 * c), (2 * c, 4 * c), (4 * c, 8 * c)))
        self.dense1 = nn.Linear(columns // 16 * (n_fft // 32) * 8 * c, units)
        self.dropout = nn.Dropout(dropout)
        self.dense2 = nn.Linear(units, labels)

    def features(self, x):
        """[N, 1, rows, columns], from 0 to 1."""
        spectrum = torch.stft(x, self.n_fft, self.hop, window=self.window, pad_mode="constant", return_complex=True)
        powers = (spectrum.real.square() + spectrum.imag.square())[:, :-1, :7 * self.columns]
        column = powers.unflatten(2, (self.columns, 7)).mean(dim=3)
        return torch.clamp(1 + 10 * torch.log10(torch.clamp(column, min=1e-12)) / 120, 0, 1).unsqueeze(1)

    def logits(self, x):
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        x = F.elu(self.dense1(x.permute(0, 3, 2, 1).flatten(1)))
        return self.dense2(self.dropout(x))


# 32 columns of 32 rows.
CASES = {
    "despoisj_cnn": dict(network="despoisj_cnn", samples=32 * 7 * 30, options={"n_fft": 64, "hop_length": 30, "units": 6},
                         made_with={"n_fft": 64, "hop": 30, "columns": 32, "units": 6}, names="own", rules=("adam", "adamw"),
                         make=DespoisjCnn),
}
OUTPUTS = {"despoisj_cnn": dict(network="despoisj_cnn", make=DespoisjCnn, labels=10, parameters=34244800 + 10250)}
