"""The recurrent network of dl4mir (2017), written plainly in PyTorch."""

from torch import nn

from classic_layers import KERAS_NORM, KerasGru
from dl4mir_layers import Block, Dl4mir, case


class Crnn(Dl4mir):
    def __init__(self, labels=8, c=21, dropout=0.3, gru_units=41, n_fft=512, hop=256, n_mels=64):
        super().__init__(n_fft, hop, n_mels)
        self.map_bn = nn.BatchNorm2d(1, **KERAS_NORM)
        self.block1 = Block(1, c, (2, 2))
        self.block2, self.block3, self.block4 = (Block(c, c, (pool, pool)) for pool in (2, 2, 4))
        self.gru1, self.gru2 = KerasGru(c, gru_units), KerasGru(gru_units, gru_units)
        self.dropout = nn.Dropout(dropout)
        self.dense = nn.Linear(gru_units, labels)

    def logits(self, x):
        x = self.block4(self.block3(self.block2(self.block1(self.map_bn(x)))))
        steps = x.permute(0, 2, 3, 1).flatten(1, 2)  # the steps of the lowest band, then those of the next
        return self.dense(self.dropout(self.gru2(self.gru1(steps))[:, -1]))


# 34 bands leave two rows of two steps.
CASES = {"dl4mir_crnn": case("dl4mir_crnn", Crnn, 34, ("adam", "rmsprop"), gru_units=5)}
OUTPUTS = {"dl4mir_crnn": dict(network="dl4mir_crnn", make=Crnn, labels=8, parameters=30644)}
