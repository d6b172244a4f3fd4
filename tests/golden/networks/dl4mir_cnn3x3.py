"""The network of 3x3 convolutions of dl4mir (2017), written plainly in PyTorch."""

from torch import nn

from classic_layers import KERAS_NORM
from dl4mir_layers import Block, Dl4mir, case


class Cnn3x3(Dl4mir):
    def __init__(self, labels=8, c=5, dropout=0.0, n_fft=512, hop=256, n_mels=64):
        super().__init__(n_fft, hop, n_mels)
        self.map_bn = nn.BatchNorm2d(1, **KERAS_NORM)
        widths = (1, 2 * c, 3 * c, 3 * c, 4 * c, 4 * c)
        for i in range(1, 6):
            setattr(self, f"block{i}", Block(widths[i - 1], widths[i], (2, 2)))
        self.dropout = nn.Dropout(dropout)
        self.dense = nn.Linear(4 * c, labels)

    def logits(self, x):
        x = self.map_bn(x)
        for i in range(1, 6):
            x = getattr(self, f"block{i}")(x)
        return self.dense(self.dropout(x.mean(dim=(2, 3))))


CASES = {"dl4mir_cnn3x3": case("dl4mir_cnn3x3", Cnn3x3, 18, ("rmsprop",))}
OUTPUTS = {"dl4mir_cnn3x3": dict(network="dl4mir_cnn3x3", make=Cnn3x3, labels=8, parameters=10175)}
