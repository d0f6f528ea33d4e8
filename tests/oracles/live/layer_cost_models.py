"""Models of torch whose layers get other batches than the model does, or are called more or less often than once."""

import torch
import torch.nn.functional as F
from torch import nn


class SwinBlock(nn.Module):
    """Shifted windows of 4 × 4: the windows stand in the batch axis while attention runs."""

    def __init__(self, width, heads, shift):
        super().__init__()
        self.heads, self.shift = heads, shift
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.proj = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.mlp = nn.Sequential(nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width))

    def forward(self, x):
        b, h, w, c = x.shape
        y = torch.roll(self.norm1(x), (-self.shift, -self.shift), (1, 2)) if self.shift else self.norm1(x)
        y = y.view(b, h // 4, 4, w // 4, 4, c).permute(0, 1, 3, 2, 4, 5).reshape(-1, 16, c)
        n = y.shape[0]
        q, k, v = self.qkv(y).reshape(n, 16, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
        y = ((q @ k.transpose(-2, -1)).softmax(-1) @ v).transpose(1, 2).reshape(n, 16, c)
        y = self.proj(y).view(b, h // 4, w // 4, 4, 4, c).permute(0, 1, 3, 2, 4, 5).reshape(b, h, w, c)
        x = x + y
        return x + self.mlp(self.norm2(x))


class Swin(nn.Module):
    def __init__(self):
        super().__init__()
        self.patch = nn.Conv2d(3, 24, 2, 2)
        self.stages = nn.ModuleList([SwinBlock(24, 3, 0), SwinBlock(24, 3, 2)])
        self.merge, self.head = nn.Linear(96, 48, bias=False), nn.Linear(48, 7)

    def forward(self, x):
        x = self.patch(x).permute(0, 2, 3, 1)
        for stage in self.stages:
            x = stage(x)
        b, h, w, c = x.shape
        x = x.view(b, h // 2, 2, w // 2, 2, c).permute(0, 1, 3, 4, 2, 5).flatten(3)
        return self.head(self.merge(x).mean((1, 2)))


class Stacked(nn.Module):
    """Sequences first all the way: (steps, batch, features)."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Linear(10, 16)
        self.attn, self.rnn, self.head = nn.MultiheadAttention(16, 4), nn.LSTM(16, 12), nn.Linear(12, 3)

    def forward(self, x):
        x = self.embed(x)
        x = x + self.attn(x, x, x)[0]
        return self.head(self.rnn(x)[0][-1])


class Bidirectional(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn, self.head = nn.GRU(6, 8, 2, bidirectional=True), nn.Linear(16, 2)

    def forward(self, x):
        return self.head(self.rnn(x.permute(1, 0, 2))[0].mean(0))


class Twice(nn.Module):
    """One layer for three resolutions, as detection heads have it."""

    def __init__(self):
        super().__init__()
        self.stem, self.head = nn.Conv2d(3, 8, 3, padding=1), nn.Conv2d(8, 4, 3, padding=1)

    def forward(self, x):
        x = self.stem(x)
        return [self.head(y) for y in (x, F.max_pool2d(x, 2), F.max_pool2d(x, 4))]


class Shared(nn.Module):
    """The same module under two names, in two parents."""

    def __init__(self):
        super().__init__()
        core = nn.Linear(8, 8)
        self.left = nn.Sequential(nn.Linear(6, 8), core)
        self.right = nn.Sequential(nn.Linear(5, 8), core, nn.Linear(8, 2))

    def forward(self, x):
        return self.right[2](self.left(x[:, :6])) + self.right(x[:, :5])


class Siamese(nn.Module):
    def __init__(self):
        super().__init__()
        self.tower = nn.Sequential(nn.Linear(9, 12), nn.ReLU(), nn.Linear(12, 4))
        self.join = nn.Linear(8, 3)

    def forward(self, a, b):
        return self.join(torch.cat([self.tower(a), self.tower(b)], 1))


class Clips(nn.Module):
    """Frames folded into the batch with reshape, then steps first."""

    def __init__(self):
        super().__init__()
        self.frame = nn.Sequential(nn.Conv2d(3, 6, 3, stride=2), nn.ReLU(), nn.Conv2d(6, 8, 3))
        self.rnn, self.head = nn.RNN(8, 10, batch_first=True), nn.Linear(10, 4)

    def forward(self, x):
        b, t, c, h, w = x.shape
        y = self.frame(x.reshape(b * t, c, h, w)).amax((2, 3)).reshape(b, t, -1)
        return self.head(self.rnn(y)[0]).mean(1)


class ByHand(nn.Module):
    """Weights used without a call of their layers, a layer never used, `forward` called by hand."""

    def __init__(self):
        super().__init__()
        self.a, self.b, self.unused = nn.Linear(7, 5), nn.Linear(5, 5), nn.Linear(5, 50)
        self.scale = nn.Parameter(torch.ones(5, 3))

    def forward(self, x):
        return F.linear(self.b.forward(self.a(x)), self.b.weight) @ self.scale


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Linear(5, 16)
        self.block = nn.TransformerEncoderLayer(16, 2, 24, batch_first=True)
        self.rest = nn.TransformerEncoder(nn.TransformerEncoderLayer(16, 2, 24, batch_first=True), 2)

    def forward(self, x):
        return self.rest(self.block(self.embed(x)))


class Unregistered(nn.Module):
    """Layers in a plain list work all the same."""

    def __init__(self):
        super().__init__()
        self.steps = [nn.Linear(6, 6) for _ in range(3)]
        self.head = nn.Linear(6, 2)

    def forward(self, x):
        for step in self.steps:
            x = step(x).relu()
        return self.head(x)


class Adapter(nn.Linear):
    def __init__(self, inputs, outputs, rank):
        super().__init__(inputs, outputs)
        self.down, self.up = nn.Linear(inputs, rank, bias=False), nn.Linear(rank, outputs, bias=False)

    def forward(self, x):
        return super().forward(x) + self.up(self.down(x))


class Adapted(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(Adapter(8, 6, 2), nn.Tanh(), Adapter(6, 4, 1))

    def forward(self, x):
        return self.net(x)


class Neighbours(nn.Module):
    """A convolution over patches: every patch is a sample of the inner network."""

    def __init__(self):
        super().__init__()
        self.inner, self.outer = nn.Sequential(nn.Flatten(), nn.Linear(48, 8)), nn.Linear(8, 2)

    def forward(self, x):
        y = F.unfold(x, 4, stride=4).transpose(1, 2)
        b, n = y.shape[:2]
        y = self.inner(y.reshape(b * n, 3, 4, 4)).reshape(b, n, 8)
        return self.outer(y.mean(1))


class Loops(nn.Module):
    """One sequence after the other, without a batch."""

    def __init__(self):
        super().__init__()
        self.rnn, self.head = nn.GRU(5, 6), nn.Linear(6, 2)

    def forward(self, x):
        return self.head(torch.stack([self.rnn(x[i])[0][-1] for i in range(x.shape[0])]))


class Swapped(nn.Module):
    """Sequences first outside, batch first inside."""

    def __init__(self):
        super().__init__()
        self.rnn, self.head = nn.GRU(5, 6, batch_first=True), nn.Linear(6, 2)

    def forward(self, x):
        return self.head(self.rnn(x.transpose(0, 1))[0])
