"""The network along time of dl4mir (2017), written plainly in PyTorch."""

from torch import nn

from dl4mir_layers import Block, Dl4mir, case


class Cnn1d(Dl4mir):
    def __init__(self, labels=8, c=30, dropout=0.0, kernel_bands=32, n_fft=512, hop=256, n_mels=64):
        super().__init__(n_fft, hop, n_mels)
        self.block1 = Block(1, c, (1, 4), (kernel_bands, 4), (0, 0, 0, 0))
        self.block2, self.block3 = Block(c, c, (1, 4), (1, 4)), Block(c, c, (1, 4), (1, 4))
        self.dropout = nn.Dropout(dropout)
        self.dense = nn.Linear(c, labels)

    def logits(self, x):
        x = self.block3(self.block2(self.block1(x)))
        return self.dense(self.dropout(x.mean(dim=(2, 3))))


CASES = {"dl4mir_cnn1d": case("dl4mir_cnn1d", Cnn1d, 18, ("adamw",), kernel_bands=8)}
OUTPUTS = {"dl4mir_cnn1d": dict(network="dl4mir_cnn1d", make=Cnn1d, labels=8, parameters=11558)}
