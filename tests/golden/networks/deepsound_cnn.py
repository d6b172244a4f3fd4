"""The convolutional genre classifier of DeepSound (2018), written plainly in PyTorch."""

import torch
from torch import nn
import torch.nn.functional as F

from classic_layers import Mel


class Block(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv = nn.Conv1d(inputs, outputs, 5)
        self.bn = nn.BatchNorm1d(outputs, eps=1e-3, momentum=0.1)

    def forward(self, x):
        return F.max_pool1d(F.relu(self.bn(self.conv(x))), 2)


class DeepsoundCnn(nn.Module):
    def __init__(self, labels=10, c=256, dropout=0.5, n_fft=2048, hop=1024, n_mels=128):
        super().__init__()
        self.sample_rate, self.samples = 22050, 661794
        self.spec = Mel(22050, n_fft, hop, n_mels)
        self.layer1, self.layer2, self.layer3 = Block(n_mels, c), Block(c, c), Block(c, c)
        self.dropout = nn.Dropout(dropout)
        self.dense = nn.Linear(c, labels)

    def features(self, x):
        return torch.log(torch.clamp(self.spec(x), min=1e-6))

    def logits(self, x):
        for layer in (self.layer1, self.layer2, self.layer3):
            x = self.dropout(layer(x))
        return self.dense(x.transpose(1, 2)).mean(dim=1)


SMALL = {"n_fft": 256, "n_mels": 16}
CASES = {
    "deepsound_cnn": dict(network="deepsound_cnn", samples=59 * 128, options=SMALL | {"hop_length": 128},
                          made_with=SMALL | {"hop": 128}, names="own", make=DeepsoundCnn),
}
OUTPUTS = {"deepsound_cnn": dict(network="deepsound_cnn", make=DeepsoundCnn, labels=10, parameters=824074)}
