"""The network with three shapes of kernels of dl4mir (2017), written plainly in PyTorch."""

import torch
from torch import nn

from classic_layers import KERAS_NORM
from dl4mir_layers import Block, Dl4mir, case


class MultiKernel(Dl4mir):
    def __init__(self, labels=8, c=7, dropout=0.0, n_fft=512, hop=256, n_mels=64):
        super().__init__(n_fft, hop, n_mels)
        self.map_bn = nn.BatchNorm2d(1, **KERAS_NORM)
        self.tall, self.square, self.wide = (Block(1, c, (2, 2), kernel) for kernel in ((20, 3), (3, 3), (3, 20)))
        self.block2, self.block3, self.block4 = (Block(3 * c, 3 * c, (pool, pool)) for pool in (2, 2, 4))
        self.dropout = nn.Dropout(dropout)
        self.dense = nn.Linear(3 * c, labels)

    def logits(self, x):
        x = self.map_bn(x)
        x = torch.cat([self.tall(x), self.square(x), self.wide(x)], dim=1)
        x = self.block4(self.block3(self.block2(x)))
        return self.dense(self.dropout(x.mean(dim=(2, 3))))


CASES = {"dl4mir_multi_kernel": case("dl4mir_multi_kernel", MultiKernel, 18, ("adam",))}
OUTPUTS = {"dl4mir_multi_kernel": dict(network="dl4mir_multi_kernel", make=MultiKernel, labels=8, parameters=13240)}
