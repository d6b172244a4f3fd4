"""The CRNN of Choi et al. (2017), written plainly in PyTorch."""

from torch import nn

from classic_layers import ChoiRecurrent, Mel, decibels

WIDTHS = {"0.1M": (30, 60, 30), "1M": (96, 195, 96)}


class ChoiCrnn(ChoiRecurrent):
    def __init__(self, labels=50, c=0, dropout=0.0, budget="1M", block_dropout=0.1):
        first, others, units = (c, 2 * c, c) if c else WIDTHS[budget]
        super().__init__(first, others, units, block_dropout)
        self.sample_rate, self.samples = 12000, 349440
        self.spec = Mel(12000, 512, 256, 96)
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(units, labels)

    def features(self, x):
        return decibels(self.spec(x)).unsqueeze(1)

    def logits(self, x):
        return self.output(self.dropout(self.body(self.padded(x))))


def outputs(budget, published):
    """`published` is the number without the norms, which have two parameters for each channel."""
    first, others, _ = WIDTHS[budget]
    return dict(network="choi_crnn", make=ChoiCrnn, labels=50, options={"budget": budget}, made_with={"budget": budget},
                parameters=published + 2 * (first + 3 * others))


CASES = {"choi_crnn": dict(network="choi_crnn", samples=98304, options={"block_dropout": 0.0}, made_with={"block_dropout": 0.0},
                           names="own", rules=("sgd",), make=ChoiCrnn)}
# The rounding of float32 in the wider ones is above a tenth of what the test allows.
OUTPUTS = {"choi_crnn_0_1M": outputs("0.1M", 96710)}
