"""The linear embedding of KAIST's homework on metric learning (2021), written plainly in PyTorch."""

from torch import nn

from classic_layers import Mel, decibels


class KaistEmbedding(nn.Module):
    def __init__(self, labels=50, c=4096, dropout=0.0, samples=48000, n_fft=512, hop=256, n_mels=96):
        super().__init__()
        self.sample_rate, self.samples, self.labels = 16000, samples, labels
        self.spec = Mel(16000, n_fft, hop, n_mels, htk=True, norm=None)
        self.input_bn = nn.BatchNorm2d(1)
        self.dropout = nn.Dropout(dropout)
        self.dense = nn.Linear(n_mels * (1 + samples // hop), c)

    def features(self, x):
        return decibels(self.spec(x), top_db=float("inf")).unsqueeze(1)

    def embedding(self, x):
        return self.dense(self.input_bn(x).flatten(1))

    def logits(self, x):
        return self.dropout(self.embedding(x))[:, :self.labels]


SAMPLES = 31 * 128
SMALL = {"n_fft": 256, "n_mels": 16}
CASES = {"kaist_embedding": dict(network="kaist_embedding", samples=SAMPLES, options=SMALL | {"hop_length": 128},
                                 made_with=SMALL | {"hop": 128, "samples": SAMPLES}, names="own", rules=("adam",),
                                 make=KaistEmbedding)}
OUTPUTS = {"kaist_embedding": dict(network="kaist_embedding", make=KaistEmbedding, labels=50, parameters=73928706,
                                    recognised_labels=4096)}
