"""The language models in plain PyTorch, eager: the same weights, batches and optimizer as ours, for speed and for loss.

usage: pytorch_twins.py FOLDER THREADS, where FOLDER holds config.json, layout.json, weights.bin and batches.jsonl.
A line "PRECISION FIRST COUNT" on stdin trains on COUNT batches from FIRST on and answers with one JSON line; "reset" goes
back to the first weights. bf16 is torch.autocast.
"""
import json
import math
import sys
import time

import torch
import torch.nn.functional as F

LEARNING_RATE = 1e-3
WARM_UP = 100  # steps

class Parameters:
    """Tensors by their published names, each a leaf of its own."""

    def __init__(self, folder):
        self.layout = json.load(open(folder + "/layout.json"))
        self.file = folder + "/weights.bin"
        self.reset()

    def reset(self):
        flat = torch.from_file(self.file, size=sum(math.prod(e["shape"]) for e in self.layout), dtype=torch.float32)
        self.tensors = {}
        for entry in self.layout:
            count = math.prod(entry["shape"])
            part = flat[entry["offset"]:entry["offset"] + count].view(entry["shape"])
            self.tensors[entry["name"]] = part.clone().requires_grad_(True)
        decays = [e["decays"] for e in self.layout]
        groups = [[t for t, d in zip(self.tensors.values(), decays) if d == wanted] for wanted in (True, False)]
        self.optimizer = torch.optim.AdamW(
            [{"params": groups[0], "weight_decay": 0.1}, {"params": groups[1], "weight_decay": 0.0}],
            lr=LEARNING_RATE, betas=(0.9, 0.95), eps=1e-8)

    def __call__(self, name):
        return self.tensors[name]


def heads(x, sequences, count):
    return x.view(sequences, -1, count, x.size(-1) // count).transpose(1, 2)


def joined(x):
    return x.transpose(1, 2).reshape(x.size(0) * x.size(2), -1)


def padding(lengths, length):
    behind = torch.arange(length).view(1, -1) >= lengths.view(-1, 1)
    return torch.zeros(behind.shape).masked_fill(behind, float("-inf")).view(len(lengths), 1, 1, length)


def gpt(p, c, batch):
    sequences, length, count = batch["sequences"], batch["length"], c["n_head"]
    ids = torch.tensor(batch["inputs"]).view(sequences, length)
    width = c["n_embd"]
    future = torch.triu(torch.full((length, length), float("-inf")), 1)

    def norm(x, name):
        return F.layer_norm(x.float(), (width,), p(name + ".weight"), p(name + ".bias"), c["layer_norm_epsilon"])

    def linear(x, name):
        return torch.addmm(p(name + ".bias"), x, p(name + ".weight"))

    x = (F.embedding(ids, p("transformer.wte.weight")) + p("transformer.wpe.weight")[:length]).view(-1, width)
    for layer in range(c["n_layer"]):
        name = f"transformer.h.{layer}"
        q, k, v = linear(norm(x, name + ".ln_1"), name + ".attn.c_attn").split(width, 1)
        scores = heads(q, sequences, count) @ heads(k, sequences, count).transpose(2, 3) / math.sqrt(width / count)
        attended = torch.softmax(scores + future, -1) @ heads(v, sequences, count)
        x = x + linear(joined(attended), name + ".attn.c_proj")
        inner = F.gelu(linear(norm(x, name + ".ln_2"), name + ".mlp.c_fc"), approximate="tanh")
        x = x + linear(inner, name + ".mlp.c_proj")
    logits = norm(x, "transformer.ln_f") @ p("transformer.wte.weight").t()
    return F.cross_entropy(logits.float(), torch.tensor(batch["targets"]), ignore_index=-1)


def bert(p, c, batch):
    sequences, length, count = batch["sequences"], batch["length"], c["num_attention_heads"]
    width, rate = c["hidden_size"], c["hidden_dropout_prob"]
    ids = torch.tensor(batch["inputs"]).view(sequences, length)
    segments = torch.tensor(batch["segments"]).view(sequences, length)
    behind = padding(torch.tensor(batch["lengths"]), length)

    def norm(x, name):
        return F.layer_norm(x.float(), (width,), p(name + ".weight"), p(name + ".bias"), c["layer_norm_eps"])

    def linear(x, name):
        return F.linear(x, p(name + ".weight"), p(name + ".bias"))

    e = "bert.embeddings."
    x = F.embedding(ids, p(e + "word_embeddings.weight")) + F.embedding(segments, p(e + "token_type_embeddings.weight"))
    x = x + p(e + "position_embeddings.weight")[:length]
    x = F.dropout(norm(x, e + "LayerNorm"), rate).view(-1, width)
    for layer in range(c["num_hidden_layers"]):
        name = f"bert.encoder.layer.{layer}"
        q, k, v = (heads(linear(x, f"{name}.attention.self.{part}"), sequences, count) for part in ("query", "key", "value"))
        weights = torch.softmax(q @ k.transpose(2, 3) / math.sqrt(width / count) + behind, -1)
        attended = F.dropout(weights, c["attention_probs_dropout_prob"]) @ v
        attended = F.dropout(linear(joined(attended), name + ".attention.output.dense"), rate)
        x = norm(x + attended, name + ".attention.output.LayerNorm")
        inner = F.gelu(linear(x, name + ".intermediate.dense"))
        x = norm(x + F.dropout(linear(inner, name + ".output.dense"), rate), name + ".output.LayerNorm")
    asked = (torch.arange(sequences).view(-1, 1) * length + torch.tensor(batch["positions"]).view(sequences, -1)).view(-1)
    h = "cls.predictions."
    hidden = norm(F.gelu(linear(x[asked], h + "transform.dense")), h + "transform.LayerNorm")
    logits = F.linear(hidden, p(e + "word_embeddings.weight"), p(h + "bias"))
    loss = F.cross_entropy(logits.float(), torch.tensor(batch["targets"]), ignore_index=-1)
    if batch["nextSentence"]:
        pooled = torch.tanh(linear(x.view(sequences, length, width)[:, 0], "bert.pooler.dense"))
        follows = linear(pooled, "cls.seq_relationship")
        loss = loss + F.cross_entropy(follows.float(), torch.tensor(batch["nextSentence"]))
    return loss


def t5(p, c, batch):
    sequences, count, rate = batch["sequences"], c["num_heads"], c["dropout_rate"]
    width = c["d_model"]
    inputs = torch.tensor(batch["inputs"]).view(sequences, -1)
    targets = torch.tensor(batch["targets"]).view(sequences, -1)
    known = targets.masked_fill(targets < 0, c["pad_token_id"])
    outputs = torch.cat([torch.full((sequences, 1), c["decoder_start_token_id"]), known[:, :-1]], 1)
    behind = padding(torch.tensor(batch["lengths"]), inputs.size(1))

    def norm(x, name):
        return p(name + ".weight") * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + c["layer_norm_epsilon"]))

    def near(stack, length, causal):
        distance = torch.arange(length).view(1, -1) - torch.arange(length).view(-1, 1)
        buckets, first = c["relative_attention_num_buckets"], 0
        if causal:
            far = (-distance).clamp(min=0)
        else:
            buckets //= 2
            first = (distance > 0).long() * buckets
            far = distance.abs()
        exact = buckets // 2
        share = torch.log(far.float().clamp(min=1) / exact) / math.log(c["relative_attention_max_distance"] / exact)
        large = (exact + (share * (buckets - exact)).long()).clamp(max=buckets - 1)
        bucket = first + torch.where(far < exact, far, large)
        table = p(f"{stack}.block.0.layer.0.SelfAttention.relative_attention_bias.weight")
        bias = F.embedding(bucket, table).permute(2, 0, 1)
        return bias + torch.triu(torch.full((length, length), float("-inf")), 1) if causal else bias

    def attention(x, memory, name, kind, bias):
        normed = norm(x, name + ".layer_norm")
        read = normed if memory is None else memory
        q = heads(F.linear(normed, p(f"{name}.{kind}.q.weight")), sequences, count)
        k, v = (heads(F.linear(read, p(f"{name}.{kind}.{part}.weight")), sequences, count) for part in "kv")
        weights = F.dropout(torch.softmax(q @ k.transpose(2, 3) + bias, -1), rate)
        return x + F.dropout(F.linear(joined(weights @ v), p(f"{name}.{kind}.o.weight")), rate)

    def stack(ids, name, layers, memory):
        x = F.dropout(F.embedding(ids, p("shared.weight")), rate).view(-1, width)
        bias = near(name, ids.size(1), memory is not None)
        if memory is None:
            bias = bias + behind
        for layer in range(layers):
            block = f"{name}.block.{layer}.layer"
            x = attention(x, None, block + ".0", "SelfAttention", bias)
            last = 1
            if memory is not None:
                x = attention(x, memory, block + ".1", "EncDecAttention", behind)
                last = 2
            inner = F.linear(norm(x, f"{block}.{last}.layer_norm"), p(f"{block}.{last}.DenseReluDense.wi.weight"))
            inner = F.dropout(F.relu(inner), rate)
            x = x + F.dropout(F.linear(inner, p(f"{block}.{last}.DenseReluDense.wo.weight")), rate)
        return F.dropout(norm(x, name + ".final_layer_norm"), rate)

    memory = stack(inputs, "encoder", c["num_layers"], None)
    hidden = stack(outputs, "decoder", c["num_decoder_layers"], memory)
    logits = F.linear(hidden * width ** -0.5, p("shared.weight"))
    return F.cross_entropy(logits.float(), targets.view(-1), ignore_index=-1)


FAMILIES = {"gpt2": gpt, "bert": bert, "t5": t5}


def main():
    folder, threads = sys.argv[1], int(sys.argv[2])
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    config = json.load(open(folder + "/config.json"))
    family = FAMILIES[config["model_type"]]
    batches = [json.loads(line) for line in open(folder + "/batches.jsonl")]
    parameters = Parameters(folder)
    print(json.dumps({"torch": torch.__version__}), flush=True)
    for line in sys.stdin:
        if line.strip() == "reset":
            parameters.reset()
            print("{}", flush=True)
            continue
        precision, first, count = line.split()
        milliseconds, losses = [], []
        for i in range(int(first), int(first) + int(count)):
            started = time.perf_counter()
            for group in parameters.optimizer.param_groups:
                group["lr"] = LEARNING_RATE * min(1, (i + 1) / WARM_UP)
            parameters.optimizer.zero_grad()
            with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16"):
                loss = family(parameters, config, batches[i % len(batches)])
            loss.backward()
            parameters.optimizer.step()
            losses.append(loss.item())
            milliseconds.append((time.perf_counter() - started) * 1e3)
        print(json.dumps({"milliseconds": milliseconds, "losses": losses}), flush=True)


main()
