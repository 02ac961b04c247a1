"""Train the Braille page network and write its weights as ONNX.

    python tools/train_braille.py --data DIR --work DIR --crops 60000 --out examday/braille/models/pages.onnx

Reproducible: crop k depends on the seed and k alone. A run that was cut off goes on from
`WORK/state.pt` with the same arguments. `--synthetic N` adds N rendered pages (the first N seeds).
Needs the `train` extra (torch, onnx). About 35 crops a second on two cores.
"""

import argparse
import json
import math
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tools.braille_training.crops import Crop, draw_crop
from tools.braille_training.net import BrailleNet, loss
from tools.braille_training.pages import LabelledPage, read_folder

PAGE_WEIGHTS = {
    "train-books": 1.0,
    "train-handwritten": 2.0,
    "train-scans": 0.7,
    "train-not-braille": 0.15,
}
BATCH = 16
PEAK_RATE, WARM_UP, DECAY = 2e-3, 60, 0.998


def load_pages(options: argparse.Namespace) -> list[LabelledPage]:
    """Photographs and scans with their weights, and rendered pages that together get their share."""
    pages: list[LabelledPage] = []
    for folder, weight in PAGE_WEIGHTS.items():
        weight = options.scans if folder == "train-scans" else weight
        pages += read_folder(Path(options.data) / folder, weight, tuple(options.leave_out))
    if options.synthetic:
        from tools.braille_training.rendered import rendered_pages

        total = sum(p.weight for p in pages)
        share = total * options.synthetic_share / (1 - options.synthetic_share)
        pages += rendered_pages(options.synthetic, share / options.synthetic)
    return pages


def batches(
    pages: list[LabelledPage],
    seed: int,
    first: int,
    last: int,
) -> Iterator[list[torch.Tensor]]:
    """Batches number first…last−1, each drawn in a thread while the previous one is learned."""
    chance = np.array([p.weight for p in pages])
    chance = chance / chance.sum()

    def crop(k: int) -> Crop:
        # A generator for each crop: a resumed run draws the same crops as an unbroken one.
        rng = np.random.default_rng([seed, k])
        return draw_crop(pages[rng.choice(len(pages), p=chance)], rng)

    def batch(number: int) -> list[torch.Tensor]:
        crops = [crop(number * BATCH + i) for i in range(BATCH)]
        fields = ("picture", "target", "near", "counted")
        return [torch.from_numpy(np.stack([getattr(c, field) for c in crops])) for field in fields]

    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(batch, first)
        for number in range(first, last):
            ready = coming.result()
            coming = pool.submit(batch, number + 1)
            yield ready


def learning_rate(step: int, steps: int, peak: float) -> float:
    """Warm-up, then half a cosine down to a fiftieth."""
    if step < WARM_UP:
        return peak * (step + 1) / WARM_UP
    done = (step - WARM_UP) / max(1, steps - WARM_UP)
    return peak * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * done)))


def follow(mean: BrailleNet, net: BrailleNet, step: int) -> None:
    """Running mean of the weights: steadier than the last step's."""
    # The first steps know little: at the beginning the mean forgets faster.
    keep = min(DECAY, (1 + step) / (10 + step))
    with torch.no_grad():
        for old, new in zip(mean.state_dict().values(), net.state_dict().values(), strict=True):
            if old.dtype.is_floating_point:
                old.lerp_(new, 1 - keep)
            else:
                # Counts of batches are whole numbers and have no mean.
                old.copy_(new)


def train(options: argparse.Namespace) -> BrailleNet:
    """Runs or resumes the training; returns the mean network."""
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    cv2.setNumThreads(1)
    work = Path(options.work)
    work.mkdir(parents=True, exist_ok=True)
    net, mean = (BrailleNet().to(memory_format=torch.channels_last) for _ in range(2))
    if options.start_from:
        net.load_state_dict(mean_of(options.start_from).state_dict())
    mean.load_state_dict(net.state_dict())
    steps = options.crops // BATCH
    optimizer = torch.optim.AdamW(net.parameters(), lr=options.rate, weight_decay=0.01)
    first, state_file = 0, work / "state.pt"
    if state_file.exists():
        state = torch.load(state_file, weights_only=True)
        net.load_state_dict(state["net"])
        mean.load_state_dict(state["mean"])
        optimizer.load_state_dict(state["optimizer"])
        first = state["step"]
    pages = load_pages(options)
    print(
        f"{len(pages)} pages, {sum(len(p.labels) for p in pages)} cells, steps {first}–{steps}",
        flush=True,
    )
    began, running = time.monotonic(), 0.0
    for step, parts in enumerate(batches(pages, options.seed, first, steps), start=first):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(step, steps, options.rate)
        value = learn(net, optimizer, parts, options.full_precision)
        follow(mean, net, step)
        running = value if step == first else 0.98 * running + 0.02 * value
        if (step + 1) % 50 == 0 or step + 1 == steps:
            speed = (step + 1 - first) * BATCH / (time.monotonic() - began)
            print(f"step {step + 1} loss {running:.4f} {speed:.1f} crops/s", flush=True)
        if (step + 1) % 200 == 0 or step + 1 == steps:
            save(state_file, net, mean, optimizer, step + 1)
    return mean


def learn(
    net: BrailleNet,
    optimizer: torch.optim.Optimizer,
    parts: list[torch.Tensor],
    full_precision: bool,
) -> float:
    """One step; bfloat16 doubles the speed where the processor has it and costs nothing measurable."""
    picture, target, near, counted = parts
    optimizer.zero_grad(set_to_none=True)
    with torch.autocast("cpu", torch.bfloat16, enabled=not full_precision):
        output = net(picture.to(memory_format=torch.channels_last))
    value = loss(output, target, near, counted)
    value.backward()
    torch.nn.utils.clip_grad_norm_(net.parameters(), 5.0)
    optimizer.step()
    return float(value.detach())


def save(
    file: Path,
    net: BrailleNet,
    mean: BrailleNet,
    optimizer: torch.optim.Optimizer,
    step: int,
) -> None:
    """Written beside and renamed: a cut-off run never leaves half a file."""
    state = {
        "net": net.state_dict(),
        "mean": mean.state_dict(),
        "optimizer": optimizer.state_dict(),
        "step": step,
    }
    torch.save(state, file.with_suffix(".part"))
    file.with_suffix(".part").replace(file)


def mean_of(files: list[str]) -> BrailleNet:
    """Return the mean of the weights of several runs that began from the same one.

    It keeps what each of them learned.
    """
    states = [torch.load(file, weights_only=True)["mean"] for file in files]
    mean = {name: sum(state[name] for state in states) / len(states) for name in states[0]}
    net = BrailleNet()
    net.load_state_dict(mean)
    return net


def export(net: BrailleNet, file: Path, pages: list[LabelledPage]) -> None:
    """ONNX with free height and width, in 8 bits whose ranges are measured on `pages`."""
    from tools.braille_training.quantise import quantise

    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        exact = Path(folder) / "exact.onnx"
        write_onnx(net, exact)
        quantise(exact, file, pages)
    print(f"{file}: {file.stat().st_size} bytes")


def write_onnx(net: BrailleNet, file: Path) -> None:
    """32-bit ONNX; fails when onnxruntime and torch differ by more than 1e-3."""
    import onnxruntime

    net.eval()
    axes = {"picture": {2: "height", 3: "width"}, "cells": {2: "rows", 3: "columns"}}
    sample = torch.randn(1, 1, 384, 384)
    torch.onnx.export(
        net.to(memory_format=torch.contiguous_format),
        (sample,),
        str(file),
        input_names=["picture"],
        output_names=["cells"],
        dynamic_axes=axes,
        opset_version=17,
        dynamo=False,
    )
    # Another size than that of the sample: height and width must really be free.
    other = torch.randn(1, 1, 320, 864)
    with torch.no_grad():
        expected = net(other).numpy()
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    got = session.run(None, {"picture": other.numpy()})
    difference = float(np.abs(got[0] - expected).max())
    if difference > 1e-3:
        raise SystemExit(f"the two runtimes differ by {difference}")
    print(f"runtimes agree within {difference:.1e}")


def count_cells(data: Path, file: Path) -> None:
    """Count how often each of the 64 cells stands in the training pages in Russian.

    By these counts a turned page is recognised. They are written to `file` as JSON.
    """
    pages = read_folder(data / "train-books", 1.0) + read_folder(data / "train-handwritten", 1.0)
    counts = np.bincount(np.concatenate([page.labels for page in pages]), minlength=64)
    file.write_text(json.dumps({"cell_counts": counts.tolist()}), "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", required=True, help="folder of the page sets")
    parser.add_argument("--work", required=True, help="folder for checkpoints")
    parser.add_argument("--out", required=True, help="ONNX file to write")
    parser.add_argument("--crops", type=int, default=60_000)
    parser.add_argument("--rate", type=float, default=PEAK_RATE)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument(
        "--synthetic",
        type=int,
        default=0,
        metavar="N",
        help="rendered pages to add",
    )
    parser.add_argument(
        "--synthetic-share",
        type=float,
        default=0.3,
        help="of all crops, beside photographs",
    )
    parser.add_argument(
        "--scans",
        type=float,
        default=PAGE_WEIGHTS["train-scans"],
        help="weight of flatbed scans",
    )
    parser.add_argument(
        "--leave-out",
        nargs="*",
        default=[],
        help="prefixes of sources kept back",
    )
    parser.add_argument(
        "--start-from",
        nargs="+",
        metavar="STATE",
        help="earlier runs whose mean is the start",
    )
    parser.add_argument("--full-precision", action="store_true")
    parser.add_argument(
        "--mean-of",
        nargs="+",
        metavar="STATE",
        help="only write the mean of finished runs",
    )
    parser.add_argument(
        "--count-cells",
        action="store_true",
        help="only write the frequencies of cells (OUT as .json)",
    )
    parser.add_argument(
        "--export-only", action="store_true", help="only write the ONNX of the last checkpoint"
    )
    options = parser.parse_args()
    if options.count_cells:
        count_cells(Path(options.data), Path(options.out).with_suffix(".json"))
        return
    if options.mean_of:
        net = mean_of(options.mean_of)
    elif options.export_only:
        net = BrailleNet()
        net.load_state_dict(torch.load(Path(options.work) / "state.pt", weights_only=True)["mean"])
    else:
        net = train(options)
    export(net, Path(options.out), load_pages(options))


if __name__ == "__main__":
    main()
