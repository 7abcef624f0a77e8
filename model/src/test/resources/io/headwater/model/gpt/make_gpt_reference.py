#!/usr/bin/env python3
"""Writes gpt_reference.json beside itself: loss, logits and gradients of a tiny GPT, by PyTorch's
autograd in double precision. Names and shapes are those of Hugging Face's GPT2LMHeadModel; the
weights follow a formula that the test repeats.

    python3 make_gpt_reference.py
"""

import json
import math
import pathlib

import torch
import torch.nn.functional as F

VOCABULARY, CONTEXT, LAYERS, HEADS, WIDTH, EPSILON = 11, 8, 2, 2, 8, 1e-5
INPUTS = [[1, 5, 9, 2, 6, 10, 3], [7, 0, 4, 8, 1, 5, 9]]
TARGETS = [[5, 9, 2, 6, 10, 3, 7], [0, 4, -1, 1, 5, 9, -1]]


def shapes():
    yield "transformer.wte.weight", (VOCABULARY, WIDTH)
    yield "transformer.wpe.weight", (CONTEXT, WIDTH)
    for layer in range(LAYERS):
        block = f"transformer.h.{layer}."
        for name, size in (
            ("ln_1", (WIDTH,)),
            ("attn.c_attn", (WIDTH, 3 * WIDTH)),
            ("attn.c_proj", (WIDTH, WIDTH)),
            ("ln_2", (WIDTH,)),
            ("mlp.c_fc", (WIDTH, 4 * WIDTH)),
            ("mlp.c_proj", (4 * WIDTH, WIDTH)),
        ):
            yield block + name + ".weight", size
            yield block + name + ".bias", size[-1:]
    yield "transformer.ln_f.weight", (WIDTH,)
    yield "transformer.ln_f.bias", (WIDTH,)


def weight(order, name, shape):
    values = [0.4 * math.sin(0.7 * i + order) for i in range(math.prod(shape))]
    if ".ln_" in name and name.endswith(".weight"):
        values = [1 + value for value in values]
    # Rounded as the model's own parameters are.
    return torch.tensor(values, dtype=torch.float32).double().view(shape).requires_grad_()


def forward(p, ids):
    b, t = ids.shape
    x = p["transformer.wte.weight"][ids] + p["transformer.wpe.weight"][:t]
    norm = lambda name, x: F.layer_norm(x, (WIDTH,), p[name + ".weight"], p[name + ".bias"], EPSILON)
    linear = lambda name, x: x @ p[name + ".weight"] + p[name + ".bias"]
    future = torch.ones(t, t, dtype=torch.bool).triu(1)
    for layer in range(LAYERS):
        block = f"transformer.h.{layer}."
        qkv = linear(block + "attn.c_attn", norm(block + "ln_1", x)).split(WIDTH, -1)
        q, k, v = (part.view(b, t, HEADS, -1).transpose(1, 2) for part in qkv)
        scores = (q @ k.transpose(-2, -1) / math.sqrt(WIDTH // HEADS)).masked_fill(future, -math.inf)
        heads = (scores.softmax(-1) @ v).transpose(1, 2).reshape(b, t, WIDTH)
        x = x + linear(block + "attn.c_proj", heads)
        expanded = F.gelu(linear(block + "mlp.c_fc", norm(block + "ln_2", x)), approximate="tanh")
        x = x + linear(block + "mlp.c_proj", expanded)
    return norm("transformer.ln_f", x) @ p["transformer.wte.weight"].T


parameters = {name: weight(order, name, shape) for order, (name, shape) in enumerate(shapes())}
inputs, targets = torch.tensor(INPUTS), torch.tensor(TARGETS)
logits = forward(parameters, inputs)
loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=-1)
loss.backward()
short = lambda tensor: [float(f"{value:.8g}") for value in tensor.flatten().tolist()]
lines = [
    f'"torch": {json.dumps(torch.__version__)}',
    f'"inputs": {json.dumps(INPUTS)}',
    f'"targets": {json.dumps(TARGETS)}',
    f'"loss": {loss.item():.10f}',
    f'"last_logits_of_first_sequence": {json.dumps(short(logits[0, -1]))}',
    '"gradients": {\n'
    + ",\n".join(f"  {json.dumps(name)}: {json.dumps(short(p.grad))}" for name, p in parameters.items())
    + "\n}",
]
target = pathlib.Path(__file__).with_name("gpt_reference.json")
target.write_text("{\n" + ",\n".join(lines) + "\n}\n")
