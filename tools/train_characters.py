"""Trains the character network and writes it as ONNX.

Needs the extra `train`; the data stays outside the project.

    OMP_NUM_THREADS=1 OMP_WAIT_POLICY=PASSIVE python tools/train_characters.py --data DIR --minutes 25 --out FILE.onnx

DIR holds cyrillic-capitals.npz, digits.npz, latin-capitals-and-digits.npz and font-glyphs.npz (see
the model card). One seed, one thread: two runs on one machine with the same number of steps give
the same weights.

--start FILE.pt goes on from saved weights and only lowers the rate to nothing: a run that was stopped is finished so.
The mean of the weights before and after is then kept, which reads new hands a little better and is less sure of itself.
--start FILE.onnx does so from the shipped weights, whose layers are no longer normalised.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import torch
from ink_data import GROUPS, Hands, crossed_frames, drawn, frames, invented, led_in, load, twins
from torch import nn
from torch.nn import functional as F

from examday.reading.glyph import CLASSES

SEED, BATCH, WIDTHS = 2026, 192, (32, 64, 128)
# learning rate at its height, and where a stopped run goes on: at the height it would forget
PEAK, LATE = 4e-3, 1.2e-3
VIEWS, FEWER_VIEWS = 4, 2
"""How often each picture is redrawn; a run that goes on has seen the first views already."""
MEMORY, LATE_MEMORY = 0.999, 0.995
"""Share of the mean that one step keeps. A late run is short: its mean must forget faster."""
REPORT_EVERY = 300
"""Steps between two lines of progress; the weights are saved with each, in case a run is stopped."""
HALF = torch.backends.cpu.get_cpu_capability().startswith("AVX512")
SHARES = {
    "cyrillic-capitals": 0.38,
    "digits": 0.22,
    "latin-capitals-and-digits": 0.11,
    "pen-latin-capitals": 0.06,
    "font-glyphs": 0.05,
    "twins": 0.08,
    "drawn": 0.02,
    "invented": 0.05,
    "crossed": 0.04,
}


class Net(nn.Module):
    """Six convolutions and one linear layer, 430 thousand weights.

    Input (n, 1, 32, 32) in 0…1, output one logit a class. Which classes compete is decided outside,
    by the field's alphabet.
    """

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        last = 1
        for width in WIDTHS:
            for _ in range(2):
                layers += [
                    nn.Conv2d(last, width, 3, padding=1, bias=False),
                    nn.BatchNorm2d(width),
                    nn.ReLU(),
                ]
                last = width
            layers.append(nn.MaxPool2d(2))
        self.body = nn.Sequential(*layers, nn.Flatten(), nn.Dropout(0.3))
        self.head = nn.Linear(WIDTHS[-1] * 16, len(CLASSES))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.body(x))


def bank(
    hands: Hands,
    rng: np.random.Generator,
    views: int,
    cells: list[Path],
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return all training frames: each picture redrawn `views` times, and those cut from sheets.

    Pictures (n, 32, 32), classes, and the share of a batch each one is drawn with.
    """
    made, other = invented(hands, rng, 350), twins(hands)
    led = replace(hands, x=np.array([led_in(picture, rng) for picture in hands.x]))
    parts = [hands] * (views - 1) + [led] + [made] * 2 + [other] * 2 + [drawn(rng, 300)]
    x = [frames(part, rng) for part in parts]
    x.append(crossed_frames(hands, rng, 6000))
    y = np.concatenate([part.y for part in parts] + [np.full(6000, len(CLASSES) - 1)])
    source = np.concatenate([part.source for part in parts] + [np.full(6000, "crossed")])
    for path in cells:
        cut = np.load(path)
        x.append(cut["x"])
        y, source = (
            np.concatenate([y, cut["y"]]),
            np.concatenate([source, np.full(len(cut["y"]), "cells")]),
        )
    weight = np.zeros(len(y))
    for name, share in {**SHARES, "cells": 0.8}.items():
        mask = source == name
        if not mask.any():
            continue
        seen = np.bincount(y[mask], minlength=len(CLASSES))[
            y[mask]
        ]  # every class of a set is drawn alike
        weight[mask] = share / seen / (1 / seen).sum()
    return np.concatenate(x), y, weight / weight.sum()


def masks() -> torch.Tensor:
    """(contexts, classes) 0 or -inf-like: the alphabets a character may be read in during training."""
    contexts = (
        ("digits",),
        ("cyrillic",),
        ("latin",),
        ("digits", "cyrillic"),
        ("digits", "latin"),
        ("latin", "diacritics"),
        ("digits", "latin", "diacritics"),
    )
    table = torch.full((len(contexts), len(CLASSES)), -1e4)
    for row, context in enumerate(contexts):
        for group in (*context, "marks"):
            table[row, GROUPS[group]] = 0
    return table


def choices(y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """For each class number a context that holds it, drawn at random."""
    options = {
        "digits": (0, 3, 3, 4, 6),
        "cyrillic": (1, 3),
        "latin": (2, 4, 5, 6),
        "diacritics": (5, 6),
        "marks": (0, 1, 2, 3, 4, 6),
    }
    of_class = {number: options[group] for group, numbers in GROUPS.items() for number in numbers}
    return np.array([rng.choice(of_class[int(c)]) for c in y])


def bend(x: torch.Tensor) -> torch.Tensor:
    """Turn, slant, stretch, shift and bend each picture a little, change its stroke and tone."""
    n = len(x)
    turn, slant = torch.randn(n) * 0.12, torch.randn(n) * 0.17
    sx, sy = 1 + torch.randn(n) * 0.10, 1 + torch.randn(n) * 0.08
    theta = torch.stack(
        [
            torch.stack([sx * torch.cos(turn), -torch.sin(turn) + slant, torch.randn(n) * 0.05], 1),
            torch.stack([torch.sin(turn), sy * torch.cos(turn), torch.randn(n) * 0.05], 1),
        ],
        1,
    )
    grid = F.affine_grid(theta, list(x.shape), align_corners=False)
    waves = F.interpolate(
        torch.randn(n, 2, 5, 5) * 0.055,
        size=x.shape[2:],
        mode="bicubic",
        align_corners=True,
    )
    x = F.grid_sample(x, grid + waves.permute(0, 2, 3, 1), align_corners=False)
    gain, offset = 1 + torch.rand(n, 1, 1, 1) * 0.5, torch.rand(n, 1, 1, 1) * 0.12
    return (x * gain - offset).clamp(0, 1)


def train(
    data: Path,
    cells: list[Path],
    minutes: float,
    steps: int | None,
    out: Path,
    start_from: Path | None,
    seed: int = SEED,
) -> Net:
    """Train for `steps`, or as many as fit into `minutes`; the running mean of the weights.

    The mean is also saved beside `out` as .pt, now and then, so that a stopped run can be finished.
    """
    rng = np.random.default_rng(seed)
    torch.manual_seed(seed)
    torch.set_num_threads(1)  # more would sum in another order: no run could be repeated
    hands, measure = load(data)
    x, y, weight = bank(hands, rng, FEWER_VIEWS if start_from else VIEWS, cells)
    total = steps or measured_steps(minutes)
    net, average = nets(start_from)
    optimiser, schedule = course(net, total, late=start_from is not None)
    memory = LATE_MEMORY if start_from else MEMORY
    table, start = masks(), time.time()
    draws = rng.choice(len(y), total * BATCH, p=weight)
    print("frames", len(y), "steps", total, flush=True)
    for step in range(total):
        rows = draws[step * BATCH : (step + 1) * BATCH]
        images = bend(torch.from_numpy(x[rows]).float()[:, None] / 255)
        limits = table[torch.from_numpy(choices(y[rows], rng))]
        loss = learn(net, optimiser, images, limits, torch.from_numpy(y[rows]))
        schedule.step()
        blend(average, net, min(memory, step / (step + 20)))
        if step % REPORT_EVERY == REPORT_EVERY - 1 or step + 1 == total:
            torch.save(average.state_dict(), out.with_suffix(".pt"))
            report(step + 1, time.time() - start, loss, accuracy(average, measure))
    return average.eval()


def nets(start_from: Path | None) -> tuple[Net, Net]:
    """The network that learns and the one that keeps the mean of its weights; both begin alike."""
    net, average = Net().to(memory_format=torch.channels_last), Net()
    if start_from and start_from.suffix == ".onnx":
        load_shipped(net, start_from)
    elif start_from:
        net.load_state_dict(torch.load(start_from, weights_only=True))
    average.load_state_dict(net.state_dict())
    return net, average


def load_shipped(net: Net, path: Path) -> None:
    """Put the weights of a shipped file, 8-bit or not, into `net`.

    In such a file each layer's normalisation has become part of its weights. So it stays as it is
    while the net learns: it passes everything through.
    """
    graph = onnx.load(path).graph
    constants = {i.name: onnx.numpy_helper.to_array(i) for i in graph.initializer}
    makers = {node.output[0]: node for node in graph.node}

    def weights(name: str) -> torch.Tensor:
        if name in constants:
            return torch.from_numpy(constants[name].copy())
        number, scale, zero = (constants[i].astype(np.float32) for i in makers[name].input)
        shape = (-1, *[1] * (number.ndim - 1))
        return torch.from_numpy((number - zero.reshape(shape)) * scale.reshape(shape))

    layers = [
        [weights(i) for i in n.input[1:]] for n in graph.node if n.op_type in ("Conv", "Gemm")
    ]
    norms = [layer for layer in net.body if isinstance(layer, nn.BatchNorm2d)]
    convolutions = [layer for layer in net.body if isinstance(layer, nn.Conv2d)]
    with torch.no_grad():
        for layer, norm, (weight, bias) in zip(convolutions, norms, layers[:-1], strict=True):
            layer.weight.copy_(weight)
            norm.bias.copy_(bias)
            norm.eval()
        net.head.weight.copy_(layers[-1][0])
        net.head.bias.copy_(layers[-1][1])


def course(
    net: Net, total: int, late: bool
) -> tuple[torch.optim.Optimizer, torch.optim.lr_scheduler.LRScheduler]:
    """Return the optimiser, and how its rate goes.

    The rate goes up and down in one cycle, or, for a run that goes on (`late`), from LATE down to a
    hundredth of it.
    """
    optimiser = torch.optim.AdamW(net.parameters(), lr=LATE, weight_decay=0.02)
    schedule: torch.optim.lr_scheduler.LRScheduler = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, PEAK, total_steps=total, pct_start=0.12
    )
    if late:
        # The cycle has set the rate to its own beginning; it is put back before the line begins.
        optimiser.param_groups[0]["lr"] = optimiser.param_groups[0]["initial_lr"] = LATE
        schedule = torch.optim.lr_scheduler.LinearLR(optimiser, 1.0, 0.01, total)
    return optimiser, schedule


def learn(
    net: Net,
    optimiser: torch.optim.Optimizer,
    images: torch.Tensor,
    limits: torch.Tensor,
    classes: torch.Tensor,
) -> float:
    """One step on one batch; its loss. `limits` shut out the classes of other alphabets."""
    loss = F.cross_entropy(forward(net, images) + limits, classes)
    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    optimiser.step()
    return loss.item()


def report(
    step: int,
    seconds: float,
    loss: float,
    shares: dict[str, float],
) -> None:
    """Print how far the run is; a run of hours is watched by these lines."""
    print(step, f"{seconds:.0f} s", f"loss {loss:.3f}", shares, flush=True)


def forward(net: Net, images: torch.Tensor) -> torch.Tensor:
    """Return the logits, in 16-bit arithmetic with 32-bit weights where the processor has it.

    This is two and a half times as fast there, and twelve times as slow where it must be imitated.
    """
    with torch.autocast("cpu", torch.bfloat16, enabled=HALF):
        return net(images.to(memory_format=torch.channels_last)).float()


def measured_steps(minutes: float) -> int:
    """How many steps fit into `minutes` on this machine, from ten timed ones."""
    net, x = Net().to(memory_format=torch.channels_last), torch.rand(BATCH, 1, 32, 32)
    for _ in range(3):
        forward(net, bend(x)).sum().backward()
    start = time.time()
    for _ in range(10):
        forward(net, bend(x)).sum().backward()
    return max(50, int(minutes * 60 / ((time.time() - start) / 10 * 1.12)))


def blend(average: Net, net: Net, keep: float) -> None:
    with torch.no_grad():
        for old, new in zip(average.state_dict().values(), net.state_dict().values(), strict=True):
            if old.dtype.is_floating_point:
                old.lerp_(new, 1 - keep)
            else:
                # Counts of batches are whole numbers and have no mean.
                old.copy_(new)


def accuracy(net: Net, hands: Hands) -> dict[str, float]:
    """Share right by set, each character among those of its own group and the marks."""
    x, out = frames(hands, np.random.default_rng(7)), {}
    net.eval()
    with torch.no_grad():
        logits = torch.cat(
            [net(torch.from_numpy(part).float()[:, None] / 255) for part in np.array_split(x, 40)]
        )
    for group in ("digits", "cyrillic", "latin"):
        for name in np.unique(hands.source):
            mask = (hands.source == name) & np.isin(hands.y, GROUPS[group])
            if mask.sum() > 30:
                allowed = torch.full((len(CLASSES),), -1e4)
                allowed[GROUPS[group]] = 0
                best = (logits[torch.from_numpy(mask)] + allowed).argmax(1).numpy()
                out[f"{group}/{name[:8]}"] = round(float((best == hands.y[mask]).mean()), 4)
    return out


def export(net: Net, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        net,
        (torch.zeros(1, 1, 32, 32),),
        str(path),
        input_names=["ink"],
        output_names=["logits"],
        dynamic_axes={"ink": {0: "n"}, "logits": {0: "n"}},
        opset_version=17,
        dynamo=False,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument(
        "--cells",
        type=Path,
        nargs="*",
        default=[],
        help="files of tools/sheet_cells.py",
    )
    parser.add_argument("--minutes", type=float, default=25)
    parser.add_argument(
        "--steps", type=int, help="instead of --minutes: makes a run repeatable elsewhere"
    )
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--start", type=Path, help="saved weights to go on from")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    before = nets(options.start)[1] if options.start else None
    net = train(
        options.data,
        options.cells,
        options.minutes,
        options.steps,
        options.out,
        options.start,
        options.seed,
    )
    if before is not None:
        blend(net, before, 0.5)
    export(net, options.out)


if __name__ == "__main__":
    main()
