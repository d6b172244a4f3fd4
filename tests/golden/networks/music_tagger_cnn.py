"""music_tagger_cnn of Choi (2016), written plainly in PyTorch."""

from torch import nn

from classic_layers import KERAS_NORM, Mel, choi_blocks, decibels

WIDTHS = {"code": (2, 4, 4, 4, 2), "weights": (1, 4, 4, 6, 8)}


class MusicTaggerCnn(nn.Module):
    def __init__(self, labels=50, c=32, dropout=0.0, widths="weights", norm_axis="time", frames=1366):
        super().__init__()
        self.sample_rate, self.samples = 12000, 349440
        widths = [c * multiple for multiple in WIDTHS[widths]]
        self.axis = norm_axis
        self.spec = Mel(12000, 512, 256, 96)
        self.input_bn = nn.BatchNorm1d(96 if norm_axis == "frequency" else frames, **KERAS_NORM)
        self.depth = len(choi_blocks(self, widths))
        self.dropout = nn.Dropout(dropout)
        self.dense = nn.Linear(widths[-1], labels)

    def features(self, x):
        """Decibels of the square of the power: [N, 1, bands, frames]."""
        return decibels(self.spec(x).square()).unsqueeze(1)

    def logits(self, x):
        x = x.squeeze(1)
        x = self.input_bn(x) if self.axis == "frequency" else self.input_bn(x.transpose(1, 2)).transpose(1, 2)
        x = x.unsqueeze(1)
        for i in range(1, self.depth + 1):
            x = getattr(self, f"layer{i}")(x)
        return self.dense(self.dropout(x.flatten(1)))


CODE = {"widths": "code", "norm_axis": "frequency"}
CASES = {"music_tagger_cnn": dict(network="music_tagger_cnn", samples=327680, made_with={"frames": 1281}, names="own",
                                  rules=("sgd",), make=MusicTaggerCnn)}
OUTPUTS = {
    "music_tagger_cnn_code": dict(network="music_tagger_cnn", make=MusicTaggerCnn, labels=50, options=CODE | {"channels": 32},
                                  made_with=CODE, parameters=447922),
    "music_tagger_cnn_weights": dict(network="music_tagger_cnn", make=MusicTaggerCnn, labels=50, parameters=865950),
}
