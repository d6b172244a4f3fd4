"""The three networks for singing in every frame, of the tutorial of Choi et al. (2017), written plainly in PyTorch."""

from torch import nn
import torch.nn.functional as F

from classic_layers import KERAS_NORM, KerasLstm, Mel, decibels, log_mean_of_probabilities


class Voice(nn.Module):
    def __init__(self):
        super().__init__()
        self.sample_rate, self.samples = 16000, 160000
        self.spec = Mel(16000, 512, 256, 40, "constant")

    def features(self, x):
        """[N, 1, bands, frames]: decibels below the maximum."""
        level = decibels(self.spec(x))
        return (level - level.amax(dim=(1, 2), keepdim=True)).unsqueeze(1)

    def logits(self, x):
        """The last frame, at the end of a chunk of whole hops, is none of the steps."""
        return log_mean_of_probabilities(self.dense(self.dropout(self.states(x[..., :-1]))))


class ConvBlock(nn.Module):
    def __init__(self, inputs, outputs, kernel):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2)
        self.bn = nn.BatchNorm2d(outputs, **KERAS_NORM)

    def forward(self, x):
        return F.relu(self.bn(self.conv(x)))


class VoiceConvRnn(Voice):
    def __init__(self, labels=2, c=32, dropout=0.0, lstm_units=25):
        super().__init__()
        self.layer1, self.layer2, self.layer3 = ConvBlock(1, c, 3), ConvBlock(c, c, 3), ConvBlock(c, c // 2, 3)
        self.layer4 = ConvBlock(c // 2, 1, 1)
        self.lstm1, self.lstm2 = KerasLstm(40, lstm_units), KerasLstm(lstm_units, lstm_units)
        self.dropout = nn.Dropout(dropout)
        self.dense = nn.Linear(lstm_units, labels)

    def states(self, x):
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.lstm2(self.lstm1(x.squeeze(1).transpose(1, 2)))


class VoiceRecurrent(Voice):
    def __init__(self, labels=2, c=20, dropout=0.0, both=False):
        super().__init__()
        sides = 2 if both else 1
        self.input_bn = nn.BatchNorm2d(1, **KERAS_NORM)
        self.lstm1 = KerasLstm(40, 3 * c, both)
        self.lstm2 = KerasLstm(sides * 3 * c, 2 * c, both)
        self.lstm3 = KerasLstm(sides * 2 * c, 4 * c, both)
        self.dropout = nn.Dropout(dropout)
        self.dense = nn.Linear(sides * 4 * c, labels)

    def states(self, x):
        return self.lstm3(self.lstm2(self.lstm1(self.input_bn(x).squeeze(1).transpose(1, 2))))


def bi_lstm(labels=2, c=10, dropout=0.0):
    return VoiceRecurrent(labels, c, dropout, both=True)


SAMPLES, RATES = 24 * 256, (2.0, 1.0)
CASES = {
    "voice_conv_rnn": dict(network="voice_conv_rnn", samples=SAMPLES, options={"lstm_units": 5}, made_with={"lstm_units": 5},
                           names="own", rules=("adamw",), rate_scales=RATES, make=VoiceConvRnn),
    "voice_lstm": dict(network="voice_lstm", samples=SAMPLES, names="own", rules=("adamw",), rate_scales=RATES,
                       make=VoiceRecurrent),
    "voice_bi_lstm": dict(network="voice_bi_lstm", samples=SAMPLES, names="own", rules=("adam", "adamw"), rate_scales=RATES,
                          make=bi_lstm),
}
OUTPUTS = {
    "voice_conv_rnn": dict(network="voice_conv_rnn", make=VoiceConvRnn, labels=2, parameters=26123),
    "voice_lstm": dict(network="voice_lstm", make=VoiceRecurrent, labels=2, parameters=79284),
    "voice_bi_lstm": dict(network="voice_bi_lstm", make=bi_lstm, labels=2, parameters=56084),
}
