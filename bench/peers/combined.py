"""A network of `combined` written plainly in PyTorch, with the names of ours, for tests/golden/make_training.py: the filters of
musicnn before a recurrent back end."""

import torch
from torch import nn

from networks import Conv2dBlock, LogMel, long_filters, tall_filters


class MusicnnFront(nn.Module):
    """Features of the filters, timbral ones first, as the bands of a map [N, 1, 11 filters, T]."""

    def __init__(self, filters):
        super().__init__()
        self.spec = LogMel(16000, 128)
        self.input_bn = nn.BatchNorm2d(1)
        self.tall, self.short = tall_filters(4 * filters, 67), tall_filters(4 * filters, 38)
        self.long, self.medium, self.brief = (long_filters(1, filters, frames) for frames in (129, 65, 33))

    def features(self, x):
        return self.spec(x)

    def forward(self, x):
        x = self.input_bn(x)
        bands = x.mean(dim=2)
        timbral = [bank(x).amax(dim=2) for bank in (self.tall, self.short)]
        temporal = [bank(bands) for bank in (self.long, self.medium, self.brief)]
        return torch.cat(timbral + temporal, dim=1).unsqueeze(1)


class RecurrentBack(nn.Module):
    POOLS = ((2, 2), (3, 2), (4, 2), (4, 1))

    def __init__(self, bands, frames, c, units, layers, labels, dropout):
        super().__init__()
        widths, blocks = (1, c, 2 * c, 2 * c, 2 * c), []
        for i, (over_bands, over_frames) in enumerate(self.POOLS):
            pool = (min(over_bands, bands), min(over_frames, frames))
            blocks.append(Conv2dBlock(widths[i], widths[i + 1], pool))
            bands, frames = bands // pool[0], frames // pool[1]
        self.blocks = nn.Sequential(*blocks)
        self.gru = nn.GRU(2 * c, units, layers, batch_first=True)
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(units, labels)

    def forward(self, x):
        x = self.blocks(x).amax(dim=2).transpose(1, 2)
        return self.output(self.dropout(self.gru(x)[0][:, -1]))


class Combined(nn.Module):
    def __init__(self, front, back):
        super().__init__()
        self.front, self.back = front, back

    def features(self, x):
        return self.front.features(x)

    def logits(self, x):
        return self.back(self.front(x))

    def forward(self, x):
        return self.logits(self.features(x))


def musicnn_and_recurrent(labels, c, dropout, samples, musicnn_filters, gru_units, gru_layers):
    back = RecurrentBack(11 * musicnn_filters, 1 + samples // 256, c, gru_units, gru_layers, labels, dropout)
    return Combined(MusicnnFront(musicnn_filters), back)
