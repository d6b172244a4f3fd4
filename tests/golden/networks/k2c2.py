"""k2c2 of Choi et al. (2017), written plainly in PyTorch."""

from torch import nn

from classic_layers import Mel, choi_blocks, decibels

WIDTHS = {"0.1M": (20, 41, 41, 62, 83), "1M": (67, 135, 135, 203, 271), "3M": (118, 236, 236, 355, 473)}


class K2c2(nn.Module):
    def __init__(self, labels=50, c=0, dropout=0.0, budget="1M"):
        super().__init__()
        self.sample_rate, self.samples = 12000, 349440
        widths = (c, 2 * c, 2 * c, 3 * c, 4 * c) if c else WIDTHS[budget]
        self.spec = Mel(12000, 512, 256, 96)
        self.depth = len(choi_blocks(self, widths))
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(widths[-1], labels)

    def features(self, x):
        return decibels(self.spec(x)).unsqueeze(1)

    def logits(self, x):
        for i in range(1, self.depth + 1):
            x = getattr(self, f"layer{i}")(x)
        return self.output(self.dropout(x.flatten(1)))


def outputs(budget, published):
    """`published` is the number without the norms, which have two parameters for each channel."""
    return dict(network="k2c2", make=K2c2, labels=50, options={"budget": budget}, made_with={"budget": budget},
                parameters=published + 2 * sum(WIDTHS[budget]))


CASES = {"k2c2": dict(network="k2c2", samples=327680, names="own", rules=("sgd",), make=K2c2)}
OUTPUTS = {"k2c2_0_1M": outputs("0.1M", 96328), "k2c2_1M": outputs("1M", 1002206), "k2c2_3M": outputs("3M", 3043331)}
