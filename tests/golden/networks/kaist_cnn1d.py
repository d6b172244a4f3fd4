"""The baseline of KAIST's homework on music tagging (2021), written plainly in PyTorch."""

from torch import nn
import torch.nn.functional as F

from classic_layers import Mel, decibels


class Block(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv = nn.Conv1d(inputs, outputs, 3, padding=3)
        self.bn = nn.BatchNorm1d(outputs)

    def forward(self, x):
        return F.max_pool1d(F.relu(self.bn(self.conv(x))), 3)


class KaistCnn1d(nn.Module):
    def __init__(self, labels=50, c=32, dropout=0.0, n_fft=512, hop=256, n_mels=96):
        super().__init__()
        self.sample_rate, self.samples = 16000, 48000
        self.spec = Mel(16000, n_fft, hop, n_mels, htk=True, norm=None)
        self.input_bn = nn.BatchNorm2d(1)
        self.layer1, self.layer2, self.layer3 = Block(n_mels, c), Block(c, c), Block(c, c)
        self.dropout = nn.Dropout(dropout)
        self.dense = nn.Linear(c, labels)

    def features(self, x):
        return decibels(self.spec(x), top_db=float("inf")).unsqueeze(1)

    def logits(self, x):
        x = self.input_bn(x).squeeze(1)
        for layer in (self.layer1, self.layer2, self.layer3):
            x = layer(x)
        return self.dense(self.dropout(x.mean(dim=2)))


SMALL = {"n_fft": 256, "n_mels": 16}
CASES = {"kaist_cnn1d": dict(network="kaist_cnn1d", samples=59 * 128, options=SMALL | {"hop_length": 128},
                             made_with=SMALL | {"hop": 128}, names="own", rules=("adam",), make=KaistCnn1d)}
OUTPUTS = {"kaist_cnn1d": dict(network="kaist_cnn1d", make=KaistCnn1d, labels=50, parameters=17300)}
