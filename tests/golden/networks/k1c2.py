"""k1c2 of Choi et al. (2017), written plainly in PyTorch."""

import torch.nn.functional as F
from torch import nn

from classic_layers import ChoiBlock, Mel, decibels

WIDTHS = {"0.1M": (15, 30), "0.25M": (23, 47), "0.5M": (33, 66), "1M": (47, 95), "3M": (81, 163)}


def block(inputs, outputs, pool):
    return ChoiBlock(inputs, outputs, (1, pool), (1, 4), (1, 2, 0, 0))


class K1c2(nn.Module):
    def __init__(self, labels=50, c=0, dropout=0.5, budget="1M", n_fft=512, hop=256, n_mels=96):
        super().__init__()
        self.sample_rate, self.samples = 12000, 349440
        a, b = (c, 2 * c) if c else WIDTHS[budget]
        self.spec = Mel(12000, n_fft, hop, n_mels)
        self.layer1, self.layer2, self.layer3, self.layer4 = block(1, a, 4), block(a, a, 5), block(a, b, 8), block(b, b, 8)
        self.dense1, self.dense2 = nn.Linear(n_mels * b, b), nn.Linear(b, b)
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(b, labels)

    def features(self, x):
        return decibels(self.spec(x)).unsqueeze(1)

    def logits(self, x):
        for layer in (self.layer1, self.layer2, self.layer3, self.layer4):
            x = layer(x)
        x = x.permute(0, 3, 2, 1).flatten(1)  # the channels of a band side by side
        return self.output(self.dropout(F.elu(self.dense2(self.dropout(F.elu(self.dense1(x)))))))


def outputs(budget, published):
    """`published` is the number without the norms, which have two parameters for each channel."""
    return dict(network="k1c2", make=K1c2, labels=50, options={"budget": budget}, made_with={"budget": budget},
                parameters=published + 4 * sum(WIDTHS[budget]))


SMALL = {"n_fft": 128, "n_mels": 8}
CASES = {"k1c2": dict(network="k1c2", samples=1279 * 64, options=SMALL | {"hop_length": 64},
                      made_with=SMALL | {"hop": 64}, names="own", rules=("sgd",), make=K1c2)}
OUTPUTS = {"k1c2_0_1M": outputs("0.1M", 95360), "k1c2_1M": outputs("1M", 943683)}
