#!/usr/bin/python3
"""train-digits.py FILE: print the weights of tasks/digits.c.

FILE is digits.csv.gz, which scikit-learn brings along in datasets/data: rows of
64 pixels and a label. Those of examples/digits-int8/test.csv are left out, and
how many of them are read right is only printed. Needs numpy; another version or
processor may round otherwise, so that weights may differ here and there."""

import csv
import gzip
import os
import sys

import numpy as np

MOST = 7  # |weight|
UNIT = 16  # of a bias, in training
SCALE = 1 / 48  # of scores
EPOCHS, BATCH = 150, 128
DECAY = 2e-4
EXAMPLES = os.path.join(os.path.dirname(__file__), "..", "examples")


class Adam:
    """Steps of a parameter; rates go down to almost nothing."""

    def __init__(self, at):
        self.at, self.mean, self.square = at, np.zeros_like(at), np.zeros_like(at)

    def step(self, gradient, rate):
        self.mean = 0.9 * self.mean + 0.1 * gradient
        self.square = 0.999 * self.square + 0.001 * gradient**2
        self.at -= rate * self.mean / (np.sqrt(self.square) + 1e-8)


def rounded(weight):
    return np.clip(np.rint(weight), -MOST, MOST)


def train(x, label):
    """Logistic loss of rounded weights; its gradient moves those behind."""
    random = np.random.default_rng(0)
    order = random.permutation(len(x))
    weight = Adam(random.normal(0, 0.5, (64, 10)))
    bias = Adam(np.zeros(10))
    wanted = np.eye(10)[label]
    for epoch in range(EPOCHS):
        rows = random.permutation(order)
        rate = 0.05 * (1 - epoch / EPOCHS) + 0.001
        for i in range(0, len(rows), BATCH):
            some = rows[i : i + BATCH]
            score = (x[some] @ rounded(weight.at) + bias.at * UNIT) * SCALE
            share = np.exp(score - score.max(1, keepdims=True))
            share /= share.sum(1, keepdims=True)
            wrong = (share - wanted[some]) / len(some)
            weight.step(x[some].T @ wrong + DECAY * weight.at, rate)
            bias.step(wrong.sum(0) * UNIT, 0.3 * rate)
            weight.at = np.clip(weight.at, -MOST - 0.4, MOST + 0.4)
    return rounded(weight.at).astype(int), np.rint(bias.at * UNIT).astype(int)


def main():
    data = np.loadtxt(gzip.open(sys.argv[1]), delimiter=",").astype(int)
    with open(os.path.join(EXAMPLES, "digits-int8", "test.csv")) as file:
        rows = list(csv.reader(file))[1:]
    test = np.array([[int(v) for v in row[:65]] for row in rows])
    held_out = {tuple(row[:64]) for row in test}
    kept = np.array([tuple(row[:64]) not in held_out for row in data])
    weight, bias = train(data[kept, :64], data[kept, 64])
    for name, part in ("trained on", data[kept]), ("others", test):
        right = (part[:, :64] @ weight + bias).argmax(1) == part[:, 64]
        print(f"{name}: {right.sum()} of {len(part)}", file=sys.stderr)
    for digit in range(10):
        print(f"    {{ // {digit}")
        for i in range(0, 64, 16):
            print("     " + "".join(f"{w:3d}," for w in weight[i : i + 16, digit]))
        print("    },")
    print(", ".join(map(str, bias)))


main()
