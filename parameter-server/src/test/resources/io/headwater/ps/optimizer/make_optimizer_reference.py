"""Writes optimizer_reference.json: what PyTorch's optimizers make of a small matrix and a vector.

Run with Debian's python3-torch (1.13): python3 make_optimizer_reference.py
Weight decay is decoupled, and of the matrix only, for every rule.
"""
import json
import torch

ROWS, COLUMNS, VECTOR, STEPS = 3, 4, 5, 12
RATE, DECAY = 0.02, 0.1

RULES = {
    "SGD": lambda p: torch.optim.SGD(p, lr=RATE),
    "MOMENTUM": lambda p: torch.optim.SGD(p, lr=RATE, momentum=0.9),
    "NESTEROV": lambda p: torch.optim.SGD(p, lr=RATE, momentum=0.9, nesterov=True),
    "ADAGRAD": lambda p: torch.optim.Adagrad(p, lr=RATE, eps=1e-8),
    "ADAMW": lambda p: torch.optim.AdamW(
        p, lr=RATE, betas=(0.9, 0.95), eps=1e-8, weight_decay=0
    ),
}


def flat(tensors):
    return [value.item() for t in tensors for value in t.flatten()]


torch.manual_seed(5)
initial = [torch.randn(ROWS, COLUMNS), torch.randn(VECTOR)]
gradients = [[torch.randn(ROWS, COLUMNS), torch.randn(VECTOR)] for _ in range(STEPS)]
reference = {
    "torch": torch.__version__,
    "shape": [ROWS, COLUMNS, VECTOR],
    "rate": RATE,
    "weight_decay": DECAY,
    "initial": flat(initial),
    "gradients": [flat(g) for g in gradients],
    "rules": {},
}
for name, make in RULES.items():
    parameters = [torch.nn.Parameter(t.clone()) for t in initial]
    optimizer = make(parameters)
    for step in range(STEPS):
        with torch.no_grad():
            parameters[0].mul_(1 - RATE * DECAY)
        for parameter, gradient in zip(parameters, gradients[step]):
            parameter.grad = gradient.clone()
        optimizer.step()
    states = [optimizer.state[p] for p in parameters]
    kinds = [
        key
        for key, value in states[0].items()
        if torch.is_tensor(value) and value.shape == parameters[0].shape
    ]
    reference["rules"][name] = {
        "weights": flat(parameters),
        "state": {kind: flat([s[kind] for s in states]) for kind in kinds},
    }
with open("optimizer_reference.json", "w") as file:
    json.dump(reference, file, indent=1)
    file.write("\n")
