"""The recurrent genre classifier of DeepSound (2016), written plainly in PyTorch."""

import torch
from torch import nn
import torch.nn.functional as F

from classic_layers import KerasLstm, Mel, log_mean_of_probabilities


class PlainBlock(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv = nn.Conv1d(inputs, outputs, 5)

    def forward(self, x):
        return F.max_pool1d(F.relu(self.conv(x)), 2)


class DeepsoundCrnn(nn.Module):
    def __init__(self, labels=10, c=256, dropout=0.5, n_fft=2048, hop=1024, n_mels=128, lstm_units=256):
        super().__init__()
        self.sample_rate, self.samples = 22050, 661794
        self.spec = Mel(22050, n_fft, hop, n_mels)
        self.layer1, self.layer2, self.layer3 = PlainBlock(n_mels, c), PlainBlock(c, c), PlainBlock(c, c)
        self.dropout = nn.Dropout(dropout)
        self.lstm = KerasLstm(c, lstm_units)
        self.dense = nn.Linear(lstm_units, labels)

    def features(self, x):
        return torch.log(torch.clamp(self.spec(x), min=1e-6))

    def logits(self, x):
        x = self.layer3(self.layer2(self.layer1(x)))
        x = self.lstm(self.dropout(x).transpose(1, 2))
        return log_mean_of_probabilities(self.dense(self.dropout(x)))


SMALL = {"n_fft": 256, "n_mels": 16, "lstm_units": 5}
CASES = {
    "deepsound_crnn": dict(network="deepsound_crnn", samples=59 * 128, options=SMALL | {"hop_length": 128},
                           made_with=SMALL | {"hop": 128}, names="own", rules=("adam",), rate_scales=(2.0, 1.0),
                           make=DeepsoundCrnn),
}
OUTPUTS = {"deepsound_crnn": dict(network="deepsound_crnn", make=DeepsoundCrnn, labels=10, parameters=1347850)}
