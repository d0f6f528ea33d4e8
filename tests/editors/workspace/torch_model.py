import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, channels, width):
        super().__init__()
        self.conv = nn.Conv2d(channels, width, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(width)

    def forward(self, x):
        return torch.relu(self.norm(self.conv(x)))


class Net(nn.Module):
    def __init__(self, classes=10):
        super().__init__()
        self.stem = Block(3, 32)
        self.body = nn.Sequential(*[Block(32 * 2**i, 64 * 2**i) for i in range(3)])
        self.head = nn.Linear(256, classes)

    def forward(self, x):
        return self.head(self.body(self.stem(x)).mean((2, 3)))


net = Net()
scores = net(torch.zeros(1, 3, 32, 32))
