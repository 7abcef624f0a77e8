#!/usr/bin/env python3
"""The peer of preset gpt-nano in plain PyTorch: the same network, schedule and batch size.

Follows the setting that nanoGPT publishes for Shakespeare on a CPU (4 layers, 4 heads, width 128,
context 64, 12 sequences a step, 2,000 steps): windows at random offsets of the first 90% of the
characters, AdamW with decay on matrices only, linear warm-up and cosine, clipping by global norm.
Trains, then prints tokens per second (training steps only) and the loss in nats per token over the
whole validation split, which is read in windows that do not overlap.

    OMP_WAIT_POLICY=PASSIVE python3 pytorch_gpt_nano.py --text input.txt --threads 1
    OMP_WAIT_POLICY=PASSIVE python3 pytorch_gpt_nano.py --text input.txt --threads 1 --blas-threads 2
    OMP_WAIT_POLICY=PASSIVE python3 pytorch_gpt_nano.py --text input.txt --threads 2
    OMP_WAIT_POLICY=PASSIVE python3 pytorch_gpt_nano.py --text input.txt --processes 2

The last line of stdout is one JSON object.
"""

import argparse
import json
import math
import os
import sys
import time


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--text", required=True, help="the corpus, one text file (tinyshakespeare)")
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--untimed", type=int, default=20, help="first steps that the clock leaves out")
    parser.add_argument("--threads", type=int, default=1, help="of each process")
    parser.add_argument("--blas-threads", type=int, help="of OpenBLAS's own pool; default: --threads")
    parser.add_argument("--processes", type=int, default=1, help="2 trains by DistributedDataParallel over gloo")
    parser.add_argument("--port", type=int, default=29511, help="where the processes meet")
    parser.add_argument("--seed", type=int, default=1337)
    parser.add_argument(
        "--no-bias", dest="bias", action="store_false", help="nanoGPT's default; GPT-2 and gpt-nano have biases"
    )
    parser.add_argument("--no-validation", action="store_true", help="time only")
    options = parser.parse_args(arguments)
    if options.processes < 1 or 12 % options.processes:
        parser.error(f"--processes {options.processes} must divide the batch of 12")
    options.blas_threads = options.blas_threads or options.threads
    return options


if __name__ == "__main__":
    OPTIONS = parse(None)
    # Before PyTorch loads OpenBLAS, whose pool takes all cores whatever torch.set_num_threads says.
    os.environ["OPENBLAS_NUM_THREADS"] = str(OPTIONS.blas_threads)

import torch
import torch.distributed as dist
import torch.multiprocessing as mp
import torch.nn.functional as F
from torch import nn

LAYERS, HEADS, WIDTH, CONTEXT, BATCH = 4, 4, 128, 64, 12
PEAK_RATE, LAST_RATE, WARMUP = 1e-3, 1e-4, 100
BETAS, WEIGHT_DECAY, CLIP = (0.9, 0.99), 0.1, 1.0
DEVIATION = 0.02


class Attention(nn.Module):
    def __init__(self, bias):
        super().__init__()
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH, bias=bias)
        self.into_residual = nn.Linear(WIDTH, WIDTH, bias=bias)
        # A sum rather than a boolean fill: gloo does not broadcast booleans before PyTorch 2.
        self.register_buffer("mask", torch.full((CONTEXT, CONTEXT), float("-inf")).triu(1))

    def forward(self, x):
        b, t, _ = x.shape
        q, k, v = (
            part.view(b, t, HEADS, WIDTH // HEADS).transpose(1, 2)
            for part in self.qkv(x).split(WIDTH, dim=2)
        )
        if hasattr(F, "scaled_dot_product_attention"):
            y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        else:  # before PyTorch 2.0
            scores = (q @ k.transpose(-2, -1)) * (1.0 / math.sqrt(WIDTH // HEADS))
            y = (scores + self.mask[:t, :t]).softmax(-1) @ v
        return self.into_residual(y.transpose(1, 2).reshape(b, t, WIDTH))


class Mlp(nn.Module):
    def __init__(self, bias):
        super().__init__()
        self.expand = nn.Linear(WIDTH, 4 * WIDTH, bias=bias)
        self.into_residual = nn.Linear(4 * WIDTH, WIDTH, bias=bias)

    def forward(self, x):
        return self.into_residual(F.gelu(self.expand(x), approximate="tanh"))


class Norm(nn.Module):
    """Layer norm whose bias can be left out, which nn.LayerNorm cannot before PyTorch 2.1."""

    def __init__(self, bias):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(WIDTH))
        self.bias = nn.Parameter(torch.zeros(WIDTH)) if bias else None

    def forward(self, x):
        return F.layer_norm(x, (WIDTH,), self.weight, self.bias, 1e-5)


class Block(nn.Module):
    def __init__(self, bias):
        super().__init__()
        self.norm_1, self.attention = Norm(bias), Attention(bias)
        self.norm_2, self.mlp = Norm(bias), Mlp(bias)

    def forward(self, x):
        x = x + self.attention(self.norm_1(x))
        return x + self.mlp(self.norm_2(x))


class Gpt(nn.Module):
    def __init__(self, vocabulary, bias):
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, WIDTH)
        self.positions = nn.Embedding(CONTEXT, WIDTH)
        self.blocks = nn.Sequential(*(Block(bias) for _ in range(LAYERS)))
        self.norm = Norm(bias)
        for name, parameter in self.named_parameters():
            if parameter.dim() == 2:
                residual = "into_residual" in name
                nn.init.normal_(parameter, 0, DEVIATION / math.sqrt(2 * LAYERS) if residual else DEVIATION)
            elif name.endswith("bias"):
                nn.init.zeros_(parameter)

    def forward(self, ids, targets):
        x = self.tokens(ids) + self.positions(torch.arange(ids.size(1)))
        logits = F.linear(self.norm(self.blocks(x)), self.tokens.weight)
        return F.cross_entropy(logits.flatten(0, 1), targets.flatten())


def read_corpus(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    alphabet = {c: i for i, c in enumerate(sorted(set(text)))}
    ids = torch.tensor([alphabet[c] for c in text])
    cut = int(0.9 * len(ids))
    return ids[:cut], ids[cut:], len(alphabet)


def rate(step, steps):
    if step < WARMUP:
        return PEAK_RATE * (step + 1) / (WARMUP + 1)
    done = min(1.0, (step - WARMUP) / max(1, steps - WARMUP))
    return LAST_RATE + 0.5 * (1 + math.cos(math.pi * done)) * (PEAK_RATE - LAST_RATE)


@torch.no_grad()
def validation_loss(model, data):
    """Mean over every token of the split but the first."""
    total, count, whole = 0.0, 0, (len(data) - 1) // CONTEXT
    inputs, targets = data[:-1], data[1:]
    windows = [part[: whole * CONTEXT].view(-1, CONTEXT).split(64) for part in (inputs, targets)]
    chunks = list(zip(*windows))
    if whole * CONTEXT < len(inputs):  # the last window is short
        chunks.append((inputs[whole * CONTEXT :].view(1, -1), targets[whole * CONTEXT :].view(1, -1)))
    for x, y in chunks:
        total += model(x, y).item() * y.numel()
        count += y.numel()
    return total / count


def train(rank, options):
    torch.set_num_threads(options.threads)
    processes = options.processes
    if processes > 1:
        os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT=str(options.port))
        dist.init_process_group("gloo", rank=rank, world_size=processes)
    training, validation, vocabulary = read_corpus(options.text)
    torch.manual_seed(options.seed)
    model = Gpt(vocabulary, options.bias)
    matrices = [p for p in model.parameters() if p.dim() >= 2]
    others = [p for p in model.parameters() if p.dim() < 2]
    optimizer = torch.optim.AdamW(
        [{"params": matrices, "weight_decay": WEIGHT_DECAY}, {"params": others, "weight_decay": 0.0}],
        lr=PEAK_RATE,
        betas=BETAS,
    )
    network = nn.parallel.DistributedDataParallel(model) if processes > 1 else model
    order = torch.Generator().manual_seed(options.seed)
    share = BATCH // processes
    begin = cpu = None
    warm = min(options.untimed, options.steps - 1)
    for step in range(options.steps):
        if step == warm:
            if processes > 1:
                dist.barrier()
            begin, cpu = time.perf_counter(), time.process_time()
        # All processes draw the whole batch, each takes its share: the order is that of one process.
        starts = torch.randint(len(training) - CONTEXT, (BATCH,), generator=order).tolist()
        starts = starts[rank * share : (rank + 1) * share]
        x = torch.stack([training[s : s + CONTEXT] for s in starts])
        y = torch.stack([training[s + 1 : s + 1 + CONTEXT] for s in starts])
        for group in optimizer.param_groups:
            group["lr"] = rate(step, options.steps)
        loss = network(x, y)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), CLIP)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        if rank == 0 and (step % 250 == 0 or step == options.steps - 1):
            print(f"step {step} loss {loss.item():.4f}", file=sys.stderr)
    if processes > 1:
        dist.barrier()
    seconds, cpu = time.perf_counter() - begin, time.process_time() - cpu
    timed = options.steps - warm
    if rank == 0:
        result = {
            "torch": torch.__version__,
            "processes": processes,
            "threads": options.threads,
            "blas_threads": options.blas_threads,
            "bias": options.bias,
            "steps": options.steps,
            "parameters": sum(p.numel() for p in model.parameters()),
            "milliseconds_per_step": round(1e3 * seconds / timed, 3),
            "cpu_milliseconds_per_step": round(1e3 * cpu / timed, 3),
            "tokens_per_second": round(timed * BATCH * CONTEXT / seconds, 1),
            "validation_loss": None if options.no_validation else round(validation_loss(model, validation), 4),
        }
        print(json.dumps(result))
    if processes > 1:
        dist.barrier()
        dist.destroy_process_group()


if __name__ == "__main__":
    if OPTIONS.processes == 1:
        train(0, OPTIONS)
    else:
        mp.spawn(train, (OPTIONS,), nprocs=OPTIONS.processes)
