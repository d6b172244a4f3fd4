"""k2c1 of Choi et al. (2017), written plainly in PyTorch."""

import torch.nn.functional as F
from torch import nn

from classic_layers import KERAS_NORM, ChoiBlock, Mel, decibels

WIDTHS = {"0.1M": (43, 87), "0.25M": (72, 145), "0.5M": (106, 212), "1M": (152, 304), "3M": (265, 535)}


class Block(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv = nn.Conv1d(inputs, outputs, 4)
        self.bn = nn.BatchNorm1d(outputs, **KERAS_NORM)

    def forward(self, x):
        return F.max_pool1d(F.elu(self.bn(self.conv(F.pad(x, (1, 2))))), 4)


class K2c1(nn.Module):
    def __init__(self, labels=50, c=0, dropout=0.5, budget="1M", n_fft=512, hop=256, n_mels=96):
        super().__init__()
        self.sample_rate, self.samples = 12000, 349440
        a, b = (c, 2 * c) if c else WIDTHS[budget]
        self.spec = Mel(12000, n_fft, hop, n_mels)
        self.layer1 = ChoiBlock(1, a, (1, 4), (n_mels, 4), (1, 2, 0, 0))
        self.layer2, self.layer3, self.layer4, self.layer5 = Block(a, a), Block(a, a), Block(a, b), Block(b, b)
        self.dense1, self.dense2 = nn.Linear(b, b), nn.Linear(b, b)
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(b, labels)

    def features(self, x):
        return decibels(self.spec(x)).unsqueeze(1)

    def logits(self, x):
        x = self.layer1(x).squeeze(2)
        for layer in (self.layer2, self.layer3, self.layer4, self.layer5):
            x = layer(x)
        x = x.flatten(1)
        return self.output(self.dropout(F.elu(self.dense2(self.dropout(F.elu(self.dense1(x)))))))


def outputs(budget, published):
    """`published` is the number without the norms, which have two parameters for each channel."""
    a, b = WIDTHS[budget]
    return dict(network="k2c1", make=K2c1, labels=50, options={"budget": budget}, made_with={"budget": budget},
                parameters=published + 2 * (3 * a + 2 * b))


SMALL = {"n_fft": 128, "n_mels": 8}
CASES = {"k2c1": dict(network="k2c1", samples=1023 * 64, options=SMALL | {"hop_length": 64},
                      made_with=SMALL | {"hop": 64}, names="own", make=K2c1)}
OUTPUTS = {"k2c1_0_1M": outputs("0.1M", 96559), "k2c1_1M": outputs("1M", 999450)}
