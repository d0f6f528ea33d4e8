"""Real architectures as plain torch, each read by Paramlens and run by torch."""

import torch
import torch.nn.functional as F
from torch import nn


class Bottleneck(nn.Module):
    def __init__(self, inputs, width, stride=1, groups=1):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride, 1, groups=groups, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, 4 * width, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(4 * width)
        self.short = None
        if stride != 1 or inputs != 4 * width:
            self.short = nn.Sequential(nn.Conv2d(inputs, 4 * width, 1, stride, bias=False), nn.BatchNorm2d(4 * width))

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        y = F.relu(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y))
        return F.relu(y + (x if self.short is None else self.short(x)))


class Basic(nn.Module):
    def __init__(self, inputs, width, stride=1):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, width, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.short = (
            nn.Conv2d(inputs, width, 1, stride, bias=False) if stride != 1 or inputs != width else nn.Identity()
        )

    def forward(self, x):
        return F.relu(self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x))))) + self.short(x))


class ResNet(nn.Module):
    def __init__(self, bottleneck, counts, groups=1):
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(3, 2, 1)
        )
        blocks, inputs = [], 64
        for stage, count in enumerate(counts):
            width = 64 * 2**stage
            for index in range(count):
                stride = 2 if stage and index == 0 else 1
                blocks.append(Bottleneck(inputs, width, stride, groups) if bottleneck else Basic(inputs, width, stride))
                inputs = 4 * width if bottleneck else width
        self.blocks = nn.Sequential(*blocks)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(inputs, 1000)

    def forward(self, x):
        return self.fc(torch.flatten(self.pool(self.blocks(self.stem(x))), 1))


class VGG(nn.Module):
    def __init__(self):
        super().__init__()
        layers, inputs = [], 3
        for width in [64, "M", 128, "M", 256, 256, "M", 512, 512, "M", 512, 512, "M"]:
            if width == "M":
                layers.append(nn.MaxPool2d(2))
            else:
                layers += [nn.Conv2d(inputs, width, 3, padding=1), nn.ReLU()]
                inputs = width
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Sequential(
            nn.Linear(512 * 2 * 2, 4096), nn.ReLU(), nn.Dropout(), nn.Linear(4096, 4096), nn.ReLU(), nn.Linear(4096, 10)
        )

    def forward(self, x):
        return self.classifier(self.features(x).flatten(1))


class Inverted(nn.Module):
    def __init__(self, inputs, outputs, stride, expand):
        super().__init__()
        hidden = inputs * expand
        self.residual = stride == 1 and inputs == outputs
        self.conv = nn.Sequential(
            nn.Conv2d(inputs, hidden, 1, bias=False),
            nn.BatchNorm2d(hidden),
            nn.ReLU6(),
            nn.Conv2d(hidden, hidden, 3, stride, 1, groups=hidden, bias=False),
            nn.BatchNorm2d(hidden),
            nn.ReLU6(),
            nn.Conv2d(hidden, outputs, 1, bias=False),
            nn.BatchNorm2d(outputs),
        )

    def forward(self, x):
        return x + self.conv(x) if self.residual else self.conv(x)


class MobileNetV2(nn.Module):
    def __init__(self):
        super().__init__()
        layers, inputs = [nn.Conv2d(3, 32, 3, 2, 1, bias=False), nn.BatchNorm2d(32), nn.ReLU6()], 32
        for t, c, n, s in [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2)]:
            for i in range(n):
                layers.append(Inverted(inputs, c, s if i == 0 else 1, t))
                inputs = c
        self.features = nn.Sequential(*layers, nn.Conv2d(inputs, 1280, 1))
        self.fc = nn.Linear(1280, 1000)

    def forward(self, x):
        return self.fc(self.features(x).mean([2, 3]))


class Dense(nn.Module):
    def __init__(self, inputs, growth):
        super().__init__()
        self.norm1, self.conv1 = nn.BatchNorm2d(inputs), nn.Conv2d(inputs, 4 * growth, 1, bias=False)
        self.norm2, self.conv2 = nn.BatchNorm2d(4 * growth), nn.Conv2d(4 * growth, growth, 3, padding=1, bias=False)

    def forward(self, x):
        y = self.conv1(F.relu(self.norm1(x)))
        return torch.cat([x, self.conv2(F.relu(self.norm2(y)))], 1)


class DenseNet(nn.Module):
    def __init__(self):
        super().__init__()
        layers, width = [nn.Conv2d(3, 24, 3, padding=1)], 24
        for block in range(3):
            for _ in range(6):
                layers.append(Dense(width, 12))
                width += 12
            if block < 2:
                layers += [nn.BatchNorm2d(width), nn.Conv2d(width, width // 2, 1), nn.AvgPool2d(2)]
                width //= 2
        self.features, self.fc = nn.Sequential(*layers), nn.Linear(width, 10)

    def forward(self, x):
        return self.fc(F.adaptive_avg_pool2d(self.features(x), 1).flatten(1))


def double(a, b):
    return nn.Sequential(nn.Conv2d(a, b, 3, padding=1), nn.ReLU(), nn.Conv2d(b, b, 3, padding=1), nn.ReLU())


class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.down1, self.down2, self.middle = double(3, 32), double(32, 64), double(64, 128)
        self.pool = nn.MaxPool2d(2)
        self.up2, self.up1 = nn.ConvTranspose2d(128, 64, 2, stride=2), nn.ConvTranspose2d(64, 32, 2, stride=2)
        self.dec2, self.dec1, self.head = double(128, 64), double(64, 32), nn.Conv2d(32, 2, 1)

    def forward(self, x):
        a = self.down1(x)
        b = self.down2(self.pool(a))
        y = self.up2(self.middle(self.pool(b)))
        y = self.up1(self.dec2(torch.cat([y, b], 1)))
        return self.head(self.dec1(torch.cat([y, a], 1)))


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(
            nn.ConvTranspose2d(64, 128, 4),
            nn.BatchNorm2d(128),
            nn.ReLU(),
            nn.ConvTranspose2d(128, 64, 4, 2, 1, groups=2),
            nn.ReLU(),
            nn.ConvTranspose2d(64, 3, 4, 2, 1),
            nn.Tanh(),
        )

    def forward(self, x):
        return self.net(x)


class Recurrent(nn.Module):
    def __init__(self, kind, **options):
        super().__init__()
        self.embed = nn.Embedding(1000, 64)
        self.rnn = kind(64, 96, 2, bidirectional=True, **options)
        self.fc = nn.Linear(2 * options.get("proj_size", 96), 5)
        self.first = options.get("batch_first", False)

    def forward(self, x):
        y, _ = self.rnn(self.embed(x))
        return self.fc(y)


class Text(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Linear(20, 64)
        self.encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(64, 4, 128, batch_first=True), 3)
        self.fc = nn.Linear(64, 2)

    def forward(self, x):
        return self.fc(self.encoder(self.embed(x)).mean(1))


class Attend(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv, self.proj = nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x):
        b, n, c = x.shape
        q, k, v = self.qkv(x).reshape(b, n, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
        a = (q @ k.transpose(-2, -1) * (c // self.heads) ** -0.5).softmax(-1)
        return self.proj((a @ v).transpose(1, 2).reshape(b, n, c))


class Fused(Attend):
    def forward(self, x):
        b, n, c = x.shape
        q, k, v = [t.view(b, n, self.heads, c // self.heads).transpose(1, 2) for t in self.qkv(x).split(c, 2)]
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.proj(y.transpose(1, 2).reshape(b, n, c))


class Block(nn.Module):
    def __init__(self, width, heads, attend):
        super().__init__()
        self.norm1, self.attn, self.norm2 = nn.LayerNorm(width), attend(width, heads), nn.LayerNorm(width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x):
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class ViT(nn.Module):
    def __init__(self):
        super().__init__()
        self.patch = nn.Conv2d(3, 96, 8, 8)
        self.cls, self.pos = nn.Parameter(torch.zeros(1, 1, 96)), nn.Parameter(torch.zeros(1, 17, 96))
        self.blocks = nn.Sequential(*[Block(96, 4, Attend) for _ in range(4)])
        self.head = nn.Linear(96, 10)

    def forward(self, x):
        x = self.patch(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls.expand(x.shape[0], -1, -1), x], 1) + self.pos
        return self.head(self.blocks(x)[:, 0])


class GPT(nn.Module):
    def __init__(self):
        super().__init__()
        self.tok, self.pos = nn.Embedding(500, 64), nn.Embedding(32, 64)
        self.blocks = nn.ModuleList([Block(64, 4, Fused) for _ in range(3)])
        self.norm, self.head = nn.LayerNorm(64), nn.Linear(64, 500, bias=False)
        self.head.weight = self.tok.weight

    def forward(self, x):
        x = self.tok(x) + self.pos(torch.arange(x.shape[1]))
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x))


class Windows(nn.Module):
    """Attention within windows: the windows go into the batch axis."""

    def __init__(self):
        super().__init__()
        self.patch, self.block, self.head = nn.Conv2d(3, 32, 4, 4), Block(32, 2, Attend), nn.Linear(32, 10)

    def forward(self, x):
        x = self.patch(x).permute(0, 2, 3, 1)
        b, h, w, c = x.shape
        x = x.view(b, h // 4, 4, w // 4, 4, c).permute(0, 1, 3, 2, 4, 5).reshape(-1, 16, c)
        x = self.block(x).reshape(b, -1, c)
        return self.head(x.mean(1))


class Audio(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(
            nn.Conv1d(1, 32, 80, 4),
            nn.BatchNorm1d(32),
            nn.ReLU(),
            nn.MaxPool1d(4),
            nn.Conv1d(32, 64, 3, dilation=2),
            nn.ReLU(),
            nn.Conv1d(64, 64, 3, padding="same"),
            nn.AdaptiveAvgPool1d(1),
            nn.Flatten(),
            nn.Linear(64, 35),
        )

    def forward(self, x):
        return self.net(x)


class Video(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(
            nn.Conv3d(3, 16, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool3d((1, 2, 2)),
            nn.Conv3d(16, 32, 3, 2, 1),
            nn.AdaptiveAvgPool3d(1),
            nn.Flatten(),
            nn.Linear(32, 6),
        )

    def forward(self, x):
        return self.net(x)


class Frames(nn.Module):
    """Every frame of a clip through one image network."""

    def __init__(self):
        super().__init__()
        self.image, self.rnn, self.fc = nn.Conv2d(3, 8, 3), nn.GRU(8, 16, batch_first=True), nn.Linear(16, 4)

    def forward(self, x):
        b, t = x.shape[:2]
        y = self.image(x.flatten(0, 1)).mean((2, 3)).view(b, t, -1)
        return self.fc(self.rnn(y)[0][:, -1])


class Seq2Seq(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Transformer(32, 4, 2, 2, 64, batch_first=True)

    def forward(self, a, b):
        return self.net(a, b)


class CrossAttention(nn.Module):
    def __init__(self):
        super().__init__()
        self.attn = nn.MultiheadAttention(32, 4, batch_first=True, kdim=24, vdim=16)

    def forward(self, q, k, v):
        return self.attn(q, k, v, need_weights=False)[0]


class Mixed(nn.Module):
    """Products that are no layer's."""

    def __init__(self):
        super().__init__()
        self.weight, self.kernel = nn.Parameter(torch.randn(24, 16)), nn.Parameter(torch.randn(8, 3, 3, 3))
        self.pair = nn.Bilinear(24, 24, 5)

    def forward(self, x):
        y = F.conv2d(x, self.kernel, padding=1).flatten(1)[:, :16]
        y = F.linear(y, self.weight)
        y = y + torch.einsum("bi,ij->bj", y, self.weight @ self.weight.T)
        return self.pair(y, y)


class Cells(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell, self.fc = nn.LSTMCell(16, 24), nn.Linear(24, 3)

    def forward(self, x):
        h = c = torch.zeros(x.shape[0], 24)
        for step in range(7):
            h, c = self.cell(x[:, step], (h, c))
        return self.fc(h)


class OwnConv(nn.Conv2d):
    def forward(self, x):
        w = self.weight - self.weight.mean((1, 2, 3), keepdim=True)
        return F.conv2d(x, w, self.bias, self.stride, self.padding, self.dilation, self.groups)


class Lora(nn.Linear):
    def __init__(self, inputs, outputs, rank):
        super().__init__(inputs, outputs)
        self.a, self.b = nn.Parameter(torch.zeros(inputs, rank)), nn.Parameter(torch.zeros(rank, outputs))

    def forward(self, x):
        return super().forward(x) + x @ self.a @ self.b


class Standardized(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(OwnConv(3, 8, 3, padding=1), nn.ReLU(), OwnConv(8, 8, 3, groups=4))

    def forward(self, x):
        return self.net(x)
