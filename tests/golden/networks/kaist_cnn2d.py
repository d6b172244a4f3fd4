"""The network of question 1 of KAIST's homework on music tagging (2021), written plainly in PyTorch."""

from torch import nn

from classic_layers import Mel, decibels
from layers import Conv2dBlock

POOLS = ((4, 4), (3, 3), (3, 3), (2, 5))  # bands, frames


class KaistCnn2d(nn.Module):
    def __init__(self, labels=50, c=64, dropout=0.0):
        super().__init__()
        self.sample_rate, self.samples = 16000, 48000
        self.spec = Mel(16000, 512, 256, 96, htk=True, norm=None)
        self.input_bn = nn.BatchNorm2d(1)
        widths = (1, c, 2 * c, 2 * c, c)
        for i, pool in enumerate(POOLS):
            setattr(self, f"layer{i + 1}", Conv2dBlock(widths[i], widths[i + 1], pool))
        self.dropout = nn.Dropout(dropout)
        self.dense = nn.Linear(c, labels)

    def features(self, x):
        return decibels(self.spec(x), top_db=float("inf")).unsqueeze(1)

    def logits(self, x):
        x = self.input_bn(x)
        for i in range(1, 5):
            x = getattr(self, f"layer{i}")(x)
        return self.dense(self.dropout(x.flatten(1)))


CASES = {"kaist_cnn2d": dict(network="kaist_cnn2d", samples=48000, names="own", rules=("sgd",), make=KaistCnn2d)}
OUTPUTS = {"kaist_cnn2d": dict(network="kaist_cnn2d", make=KaistCnn2d, labels=50, parameters=299892)}
