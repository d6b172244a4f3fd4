"""The latent-factor network of Dieleman (2014), written plainly in PyTorch."""

import torch
from torch import nn
import torch.nn.functional as F

from classic_layers import Mel


class Block(nn.Module):
    def __init__(self, inputs, outputs, pool):
        super().__init__()
        self.conv, self.pool = nn.Conv1d(inputs, outputs, 4), pool

    def forward(self, x):
        return F.max_pool1d(F.relu(self.conv(x)), self.pool)


class LatentFactorCnn(nn.Module):
    def __init__(self, labels=40, c=256, dropout=0.5, units=2048, n_fft=2048, hop=1102, n_mels=128):
        super().__init__()
        self.sample_rate, self.samples = 22050, 598 * 1102
        self.spec = Mel(22050, n_fft, hop, n_mels, power=1)
        self.layer1, self.layer2 = Block(n_mels, c, 4), Block(c, c, 2)
        self.layer3, self.layer4 = Block(c, 2 * c, 2), Block(2 * c, 2 * c, 1)
        self.dense1, self.dense2 = nn.Linear(6 * c, units), nn.Linear(units, units)
        self.dropout = nn.Dropout(dropout)
        self.factors = nn.Linear(units, labels)

    def features(self, x):
        return torch.log(self.spec(x) + 1e-6)

    def logits(self, x):
        for layer in (self.layer1, self.layer2, self.layer3, self.layer4):
            x = layer(x)
        x = torch.cat([x.mean(dim=2), x.amax(dim=2), torch.linalg.vector_norm(x, dim=2)], dim=1)
        x = self.dropout(F.relu(self.dense1(x)))
        return self.factors(self.dropout(F.relu(self.dense2(x))))


SMALL = {"n_fft": 256, "n_mels": 16}
CASES = {
    "latent_factor_cnn": dict(network="latent_factor_cnn", samples=118 * 128, options=SMALL | {"hop_length": 128, "units": 6},
                              made_with=SMALL | {"hop": 128, "units": 6}, names="own", make=LatentFactorCnn),
}
OUTPUTS = {"latent_factor_cnn": dict(network="latent_factor_cnn", make=LatentFactorCnn, labels=40, parameters=9393704)}
