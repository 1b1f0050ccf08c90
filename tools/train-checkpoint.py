#!/usr/bin/python3
"""train-checkpoint.py [FOLDER]: make examples/llama-repeat anew.

For maintainers. Needs Debian's python3-numpy. The seed is fixed; another
processor or version may round otherwise while it trains.

A Llama of one block learns to go on with a sequence that repeats every three
tokens. Written are config.json and model.safetensors, as the library
`transformers` saves a LlamaForCausalLM, test.csv and README.
"""
import json
import pathlib
import struct
import sys

import numpy as np

VOCAB, WIDTH, HEADS, HEAD, HIDDEN = 8, 8, 2, 4, 12
PERIOD, LENGTH, ROWS, STEPS = 3, 6, 40, 4000
THETA, EPSILON = 100.0, 1e-5

CONFIG = {
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "vocab_size": VOCAB,
    "hidden_size": WIDTH,
    "intermediate_size": HIDDEN,
    "num_hidden_layers": 1,
    "num_attention_heads": HEADS,
    "num_key_value_heads": HEADS,
    "head_dim": HEAD,
    "max_position_embeddings": LENGTH,
    "hidden_act": "silu",
    "rms_norm_eps": EPSILON,
    "rope_theta": THETA,
    "attention_bias": False,
    "mlp_bias": False,
    "tie_word_embeddings": False,
    "torch_dtype": "float32",
}

BLOCK = "model.layers.0."
SHAPES = {
    "model.embed_tokens.weight": (VOCAB, WIDTH),
    BLOCK + "input_layernorm.weight": (WIDTH,),
    BLOCK + "self_attn.q_proj.weight": (HEADS * HEAD, WIDTH),
    BLOCK + "self_attn.k_proj.weight": (HEADS * HEAD, WIDTH),
    BLOCK + "self_attn.v_proj.weight": (HEADS * HEAD, WIDTH),
    BLOCK + "self_attn.o_proj.weight": (WIDTH, HEADS * HEAD),
    BLOCK + "post_attention_layernorm.weight": (WIDTH,),
    BLOCK + "mlp.gate_proj.weight": (HIDDEN, WIDTH),
    BLOCK + "mlp.up_proj.weight": (HIDDEN, WIDTH),
    BLOCK + "mlp.down_proj.weight": (WIDTH, HIDDEN),
    "model.norm.weight": (WIDTH,),
    "lm_head.weight": (VOCAB, WIDTH),
}


# Numbers that know how they were made


class Node:
    def __init__(self, x, *made_of):
        self.x, self.made_of, self.gradient = x, made_of, None

    def add(self, gradient):
        while gradient.ndim > self.x.ndim:
            gradient = gradient.sum(0)
        for axis, n in enumerate(self.x.shape):
            if n == 1 and gradient.shape[axis] != 1:
                gradient = gradient.sum(axis, keepdims=True)
        self.gradient = gradient if self.gradient is None else self.gradient + gradient

    def __add__(self, b):
        return Node(self.x + b.x, (self, lambda g: g), (b, lambda g: g))

    def __mul__(self, b):
        return Node(self.x * b.x, (self, lambda g: g * b.x), (b, lambda g: g * self.x))

    def times(self, b):  # matrices, of the last two axes
        return Node(
            self.x @ b.x,
            (self, lambda g: g @ b.x.swapaxes(-1, -2)),
            (b, lambda g: self.x.swapaxes(-1, -2) @ g),
        )

    def of(self, f, slope):
        return Node(f(self.x), (self, lambda g: g * slope(self.x)))

    def moved(self, f, back):
        return Node(f(self.x), (self, back))

    def backward(self):
        order, seen = [], set()

        def visit(node):
            if id(node) not in seen:
                seen.add(id(node))
                for other, _ in node.made_of:
                    visit(other)
                order.append(node)

        visit(self)
        self.gradient = np.ones_like(self.x)
        for node in reversed(order):
            for other, slope in node.made_of:
                other.add(slope(node.gradient))


# The model


def linear(w, name, x):
    return x.times(w[name].moved(lambda m: m.T, lambda g: g.reshape(-1, *g.shape[-2:]).sum(0).T))


def norm(w, name, x):
    mean = Node(np.full((x.x.shape[-1], 1), 1 / x.x.shape[-1]))
    square = (x * x).times(mean)
    return x * square.of(lambda v: (v + EPSILON) ** -0.5, lambda v: -0.5 * (v + EPSILON) ** -1.5) * w[name]


def heads(x):  # [rows, n, heads * head] to [rows, heads, n, head]
    rows, n = x.x.shape[:2]
    return x.moved(
        lambda v: v.reshape(rows, n, HEADS, HEAD).swapaxes(1, 2),
        lambda g: g.swapaxes(1, 2).reshape(rows, n, HEADS * HEAD),
    )


def joined(x):
    rows, _, n, _ = x.x.shape
    return x.moved(
        lambda v: v.swapaxes(1, 2).reshape(rows, n, HEADS * HEAD),
        lambda g: g.reshape(rows, n, HEADS, HEAD).swapaxes(1, 2),
    )


def turned(x):
    n = x.x.shape[2]
    angle = np.arange(n)[:, None] * THETA ** (-np.arange(HEAD // 2) / (HEAD // 2))
    c, s = (np.concatenate([f(angle), f(angle)], 1) for f in (np.cos, np.sin))

    def half(v):
        return np.concatenate([-v[..., HEAD // 2 :], v[..., : HEAD // 2]], -1)

    return x.moved(lambda v: v * c + half(v) * s, lambda g: g * c - half(g * s))


def softmax(x):
    e = np.exp(x.x - x.x.max(-1, keepdims=True))
    p = e / e.sum(-1, keepdims=True)
    return Node(p, (x, lambda g: p * (g - (g * p).sum(-1, keepdims=True))))


def silu(x):
    def sigmoid(v):
        return 1 / (1 + np.exp(-v))

    return x.of(
        lambda v: v * sigmoid(v),
        lambda v: sigmoid(v) * (1 + v * (1 - sigmoid(v))),
    )


def look_up(w, tokens):
    def back(g):
        to = np.zeros_like(w.x)
        np.add.at(to, tokens, g)
        return to

    return w.moved(lambda v: v[tokens], back)


def logits(w, tokens):
    n = tokens.shape[1]
    hidden = Node(np.triu(np.full((n, n), -1e9), 1))
    x = look_up(w["model.embed_tokens.weight"], tokens)
    y = norm(w, BLOCK + "input_layernorm.weight", x)
    q, k, v = (heads(linear(w, f"{BLOCK}self_attn.{p}_proj.weight", y)) for p in "qkv")
    keys = turned(k).moved(lambda v: v.swapaxes(-1, -2), lambda g: g.swapaxes(-1, -2))
    scores = turned(q).times(keys) * Node(np.array(HEAD**-0.5)) + hidden
    x = x + linear(w, BLOCK + "self_attn.o_proj.weight", joined(softmax(scores).times(v)))
    y = norm(w, BLOCK + "post_attention_layernorm.weight", x)
    gate = silu(linear(w, BLOCK + "mlp.gate_proj.weight", y))
    y = gate * linear(w, BLOCK + "mlp.up_proj.weight", y)
    x = x + linear(w, BLOCK + "mlp.down_proj.weight", y)
    return linear(w, "lm_head.weight", norm(w, "model.norm.weight", x))


# Training


def draw(random, rows):
    """Sequences, and what comes after each token."""
    x = np.tile(random.integers(0, VOCAB, (rows, PERIOD)), LENGTH)
    return x[:, :LENGTH], x[:, 1 : LENGTH + 1]


def loss(w, tokens, after):
    """Of tokens that can be known: those after the first period."""
    y = logits(w, tokens)
    p = softmax(y).x
    target = np.eye(VOCAB)[after]
    g = (p - target) / tokens.size
    g[:, : PERIOD - 1] = 0
    return Node(np.zeros(()), (y, lambda _: g))


def train(random):
    w = {
        name: Node(np.ones(s) if len(s) == 1 else random.normal(0, 0.5, s))
        for name, s in SHAPES.items()
    }
    mean = {name: 0 for name in w}
    square = {name: 0 for name in w}
    for step in range(1, STEPS + 1):
        for node in w.values():
            node.gradient = None
        loss(w, *draw(random, 64)).backward()
        for name, node in w.items():
            g = node.gradient
            mean[name] = 0.9 * mean[name] + 0.1 * g
            square[name] = 0.99 * square[name] + 0.01 * g * g
            rate = 0.01 * (1 - step / STEPS)
            unit = mean[name] / (1 - 0.9**step)
            node.x = node.x - rate * unit / (np.sqrt(square[name] / (1 - 0.99**step)) + 1e-9)
    return {name: Node(node.x.astype("<f4").astype(float)) for name, node in w.items()}


# Files


def write_safetensors(path, w):
    header, data = {}, b""
    for name, node in w.items():
        bytes_of = node.x.astype("<f4").tobytes()
        header[name] = {
            "dtype": "F32",
            "shape": list(node.x.shape),
            "data_offsets": [len(data), len(data) + len(bytes_of)],
        }
        data += bytes_of
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


README = """A Llama of one block, with its weights as the library `transformers` saves them:
{parameters} parameters in model.safetensors, beside config.json. It goes on with a
sequence that repeats every {period} tokens, of {vocab} that there are: after 2 5 7 2 5 it
says 7. tools/train-checkpoint.py trained it, with NumPy alone, and wrote the files.

Rows of test.csv are {length} tokens and the one that follows; it is right on {right} of the
{rows} rows. In torch_pred is the token that NumPy's doubles predict.

    tc0 inspect examples/llama-repeat bits=5 --calibrate examples/llama-repeat/test.csv
    tc0 check examples/llama-repeat bits=5 --calibrate examples/llama-repeat/test.csv \\
      --data examples/llama-repeat/test.csv
"""


def main():
    here = pathlib.Path(__file__).resolve().parent.parent / "examples"
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else here
    folder = folder / "llama-repeat"
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(3)
    w = train(random)
    tokens, after = draw(random, ROWS)
    predicted = logits(w, tokens).x[:, -1].argmax(-1)
    (folder / "config.json").write_text(json.dumps(CONFIG, indent=2) + "\n")
    write_safetensors(folder / "model.safetensors", w)
    rows = ["".join(f"x{i}," for i in range(LENGTH)) + "label,torch_pred"]
    for x, y, p in zip(tokens, after[:, -1], predicted):
        rows.append(",".join(map(str, [*x, y, p])))
    (folder / "test.csv").write_text("\n".join(rows) + "\n")
    right = int((predicted == after[:, -1]).sum())
    (folder / "README").write_text(
        README.format(
            parameters=sum(node.x.size for node in w.values()),
            period=PERIOD,
            vocab=VOCAB,
            length=LENGTH,
            right=right,
            rows=ROWS,
        )
    )
    print(f"{folder}: {right} of {ROWS} right")


main()
