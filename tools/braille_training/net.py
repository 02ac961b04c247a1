"""The network: centre heat, six independent dots, offset and size at every eighth pixel.

It has about 0.66 M parameters.
"""

import torch
from torch import Tensor, nn

STRIDE = 8
CHANNELS = 11  # heat, dots 1–6, dx, dy, log width, log height: the order that the reader knows
# sizes are learned as logarithms relative to this box, px: an error counts alike in small cells and
# large
BASE_SIZE = (24.0, 36.0)


def _step(
    inside: int,
    out: int,
    kernel: int,
    stride: int,
) -> nn.Sequential:
    convolution = nn.Conv2d(inside, out, kernel, stride, kernel // 2, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(out), nn.ReLU(inplace=True))


class Residual(nn.Module):
    """Two 3×3 convolutions around which the input is added."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = _step(channels, channels, 3, 1)
        self.second = nn.Sequential(
            nn.Conv2d(channels, channels, 3, 1, 1, bias=False), nn.BatchNorm2d(channels)
        )

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(x + self.second(self.first(x)))


class BrailleNet(nn.Module):
    """(N, 1, H, W), H and W multiples of 16 → (N, 11, H/8, W/8) raw outputs (no sigmoid)."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = _step(1, 16, 5, 2)
        self.fine = nn.Sequential(_step(16, 32, 3, 2), Residual(32))
        self.middle = nn.Sequential(_step(32, 64, 3, 2), Residual(64), Residual(64))
        self.context = nn.Sequential(
            _step(64, 96, 3, 2), Residual(96), Residual(96), nn.Conv2d(96, 64, 1)
        )
        self.up = nn.Upsample(scale_factor=2, mode="nearest")
        self.merge = Residual(64)
        self.head = nn.Conv2d(64, CHANNELS, 1)
        nn.init.constant_(
            self.head.bias[:1], -3.0
        )  # few positions are centres: start from "no cell"

    def forward(self, x: Tensor) -> Tensor:
        middle = self.middle(self.fine(self.stem(x)))
        return self.head(self.merge(middle + self.up(self.context(middle))))


def loss(
    output: Tensor,
    target: Tensor,
    near: Tensor,
    counted: Tensor,
) -> Tensor:
    """CenterNet focal loss of the heat + BCE of the dots + L1 of offsets + 0.5 · L1 of sizes.

    `target` (N, 11, h, w): heat 0…1, dots 0/1, offsets in cells of the grid, log sizes. `near` (N, h, w): weight of
    the positions that learn dots and box. `counted` (N, h, w): 0 where the heat must not learn (cut cells).
    """
    heat, truth = output[:, 0].float().sigmoid().clamp(1e-4, 1 - 1e-4), target[:, 0]
    centre = (truth > 0.999).float() * counted
    found = centre * (1 - heat) ** 2 * heat.log()
    false = (1 - centre) * (1 - truth) ** 4 * heat**2 * (1 - heat).log() * counted
    focal = -(found.sum() + false.sum()) / centre.sum().clamp(min=1)
    weight = near.sum().clamp(min=1)
    dots = nn.functional.binary_cross_entropy_with_logits(
        output[:, 1:7].float(), target[:, 1:7], reduction="none"
    )
    shift = (output[:, 7:9].float() - target[:, 7:9]).abs()
    size = (output[:, 9:11].float() - target[:, 9:11]).abs()
    per_position = dots.sum(1) + shift.sum(1) + 0.5 * size.sum(1)
    return focal + (per_position * near).sum() / weight
