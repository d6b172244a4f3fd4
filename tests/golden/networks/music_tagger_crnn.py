"""music_tagger_crnn of Choi (2016), written plainly in PyTorch."""

from torch import nn

from classic_layers import KERAS_NORM, ChoiRecurrent, Mel, decibels


class MusicTaggerCrnn(ChoiRecurrent):
    def __init__(self, labels=50, c=64, dropout=0.3, gru_units=32, norm_axis="time", frames=1440, block_dropout=0.1):
        super().__init__(c, 2 * c, gru_units, block_dropout)
        self.sample_rate, self.samples = 12000, 349440
        self.axis = norm_axis
        self.spec = Mel(12000, 512, 256, 96)
        self.input_bn = nn.BatchNorm1d(96 if norm_axis == "frequency" else frames, **KERAS_NORM)
        self.dropout = nn.Dropout(dropout)
        self.dense = nn.Linear(gru_units, labels)

    def features(self, x):
        """Decibels of the square of the power: [N, 1, bands, frames]."""
        return decibels(self.spec(x).square()).unsqueeze(1)

    def logits(self, x):
        x = self.padded(x).squeeze(1)
        x = self.input_bn(x) if self.axis == "frequency" else self.input_bn(x.transpose(1, 2)).transpose(1, 2)
        return self.dense(self.dropout(self.body(x.unsqueeze(1))))


SMALL = {"gru_units": 5, "block_dropout": 0.0}
CASES = {"music_tagger_crnn": dict(network="music_tagger_crnn", samples=98304, options=SMALL, made_with=SMALL | {"frames": 480},
                                   names="own", rules=("adamw",), make=MusicTaggerCrnn)}
# Levels that are not normalised per band reach the gates as sums of hundreds: rounding changes the logits by 5e-5.
OUTPUTS = {"music_tagger_crnn": dict(network="music_tagger_crnn", make=MusicTaggerCrnn, labels=50, parameters=396786,
                                     tolerance=6e-4)}
