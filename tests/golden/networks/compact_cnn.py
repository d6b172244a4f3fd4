"""compact_cnn of Choi et al. (2017), written plainly in PyTorch; its norms with frozen statistics in evaluation."""

from torch import nn

from classic_layers import Mel, choi_blocks, decibels

POOLS = ((2, 4), (3, 4), (2, 5), (2, 4), (4, 4))


class CompactCnn(nn.Module):
    def __init__(self, labels=50, c=32, dropout=0.0):
        super().__init__()
        self.sample_rate, self.samples = 12000, 348000
        self.spec = Mel(12000, 512, 256, 96, "constant")
        self.depth = len(choi_blocks(self, [c] * 5, POOLS))
        self.dropout = nn.Dropout(dropout)
        self.dense = nn.Linear(c, labels)

    def features(self, x):
        level = decibels(self.spec(x))
        return (level - level.amax(dim=(1, 2), keepdim=True)).unsqueeze(1)

    def logits(self, x):
        for i in range(1, self.depth + 1):
            x = getattr(self, f"layer{i}")(x)
        return self.dense(self.dropout(x.flatten(1)))


CASES = {"compact_cnn": dict(network="compact_cnn", samples=327680, names="own", rules=("sgd",), make=CompactCnn)}
OUTPUTS = {"compact_cnn": dict(network="compact_cnn", make=CompactCnn, labels=50, parameters=39282)}
