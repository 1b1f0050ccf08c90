#!/usr/bin/python3
"""train-examples.py [FOLDER]: make the sample models in examples/ anew.

For maintainers. Needs Debian's python3-torch, python3-onnx and python3-sklearn;
the data is what scikit-learn brings along, nothing is downloaded. Seeds are
fixed and one thread is used: the same machine writes the same bytes. Another
processor or version may round otherwise while it trains; then the last digits
of the float models' weights differ, or more. All else in a folder is made from
the weights, the README's figures too.

Each folder holds model.onnx, README, test.csv and test_data_set_K/ with
input_J.pb and output_J.pb (TensorProto), as in ONNX's own test data.
"""
import csv
import pathlib
import sys
import textwrap

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from sklearn.datasets import load_digits, load_iris
from sklearn.model_selection import train_test_split
from torch import nn

OPSET = 13
CASES = 3  # test_data_set_0 and so on: the first rows of test.csv
ONE = np.float32(1)

DIGITS = """The data is the UCI data set "Optical Recognition of Handwritten Digits"
(E. Alpaydin and C. Kaynak, 1998, doi:10.24432/C50P49, CC BY 4.0), of which
scikit-learn has 1,797 images of 8 x 8 pixels from 0 to 16; 360 of them are in
test.csv, the others were trained on."""

IRIS = """The data is R. A. Fisher's (The use of multiple measurements in taxonomic
problems, Annals of Eugenics 7, 1936; UCI data set "Iris", doi:10.24432/C56C76,
CC BY 4.0) as scikit-learn has it: four lengths in cm of 150 flowers of three
kinds; 45 of them are in test.csv, the others were trained on."""


# Training


def dense(sizes, activation, bias=True):
    """Linear layers of these sizes with the activation between them."""
    layers = []
    for n, m in zip(sizes, sizes[1:]):
        layers += [nn.Linear(n, m, bias=bias), activation()]
    return nn.Sequential(*layers[:-1])


def train(net, x, label, epochs, rate, decay):
    """Gradient descent (Adam) on the cross entropy, 64 rows at a time."""
    x, label = torch.tensor(x, dtype=torch.float32), torch.tensor(label)
    adam = torch.optim.Adam(net.parameters(), lr=rate, weight_decay=decay)
    fade = torch.optim.lr_scheduler.CosineAnnealingLR(adam, epochs)
    for _ in range(epochs):
        for rows in torch.randperm(len(x)).split(64):
            adam.zero_grad()
            nn.functional.cross_entropy(net(x[rows]), label[rows]).backward()
            adam.step()
        fade.step()


def take_raw(net, mean, scale):
    """The net was trained on (x - mean) / scale: make it take x."""
    first = net[0]
    with torch.no_grad():
        first.weight /= torch.tensor(scale, dtype=torch.float32)
        if first.bias is not None:
            first.bias -= (first.weight * torch.tensor(mean)).sum(dim=1)


def split(data, test_size):
    """Rows to train with and rows to test with, each kind in proportion."""
    x, xt, y, yt = train_test_split(
        data.data, data.target, test_size=test_size, random_state=0, stratify=data.target
    )
    return x.astype(np.float32), xt.astype(np.float32), y, yt


def run(net, x):
    with torch.no_grad():
        return net(torch.tensor(x)).numpy()


def weights_and_tops(net, x):
    """Of each linear layer its weights, and how large its values get."""
    weights = [layer.weight.detach().numpy().T for layer in net[::2]]
    tops = [run(net[: k + 2], x).max() for k in range(0, len(net) - 1, 2)]
    return weights, tops + [np.abs(run(net, x)).max()]


# The integer network: ONNX Runtime's arithmetic, in NumPy


def quantize(x, scale):
    """QuantizeLinear with zero point 0."""
    return np.clip(np.rint(x / scale), 0, 255).astype(np.uint8)


def integer_layer(layer, q):
    """QLinearMatMul: exact sums, then one rounding, half to even, in float32."""
    total = (q.astype(np.int64) - layer["zero_in"]) @ layer["w"].astype(np.int64)
    y = np.rint(total.astype(np.float32) * layer["multiplier"]) + layer["zero"]
    return np.clip(y, 0, 255).astype(np.uint8)


def scale_of(top, levels):
    """A short number, which small differences in training do not change."""
    return np.float32(f"{top / levels:.4g}")


def integer_layers(x_scale, weights, scales, zeros):
    """Layers of int8 weights whose outputs are bytes of these scales and zero
    points; with zero point 0 a layer is a rectifier too. Weights are within
    +-63: two of them times a byte fit into 16 bits together, so the sums are
    the same on processors that add in 16 bits."""
    layers, scale, zero = [], x_scale, 0
    for w, next_scale, next_zero in zip(weights, scales, zeros):
        w_scale = scale_of(np.abs(w).max(), 63)
        layers.append({
            "w": np.rint(w / w_scale).astype(np.int8),
            "w_scale": w_scale,
            "zero_in": zero,
            "multiplier": scale * w_scale / next_scale,
            "scale": next_scale,
            "zero": next_zero,
        })
        scale, zero = next_scale, next_zero
    return layers


def integer_run(layers, x, x_scale):
    """The model's outputs: bytes, and the numbers that they stand for."""
    q = quantize(x, x_scale)
    for layer in layers:
        q = integer_layer(layer, q)
    last = layers[-1]
    return q, (q.astype(np.float32) - last["zero"]) * last["scale"]


def integer_model(layers, x_scale):
    """x -> QuantizeLinear -> QLinearMatMul ... -> y -> DequantizeLinear."""
    tensors, nodes = [], []

    def pair(name, scale, zero, kind):
        tensors.append(numpy_helper.from_array(np.array(scale, np.float32), name + "_scale"))
        tensors.append(numpy_helper.from_array(np.array(zero, kind), name + "_zero"))
        return [name + "_scale", name + "_zero"]

    a, a_pair = "q0", pair("q0", x_scale, 0, np.uint8)
    nodes.append(helper.make_node("QuantizeLinear", ["x"] + a_pair, [a]))
    for k, layer in enumerate(layers, 1):
        w, y = f"w{k}", "y" if k == len(layers) else f"q{k}"
        tensors.append(numpy_helper.from_array(layer["w"], w))
        w_pair = pair(w, layer["w_scale"], 0, np.int8)
        y_pair = pair(y, layer["scale"], layer["zero"], np.uint8)
        inputs = [a] + a_pair + [w] + w_pair + y_pair
        nodes.append(helper.make_node("QLinearMatMul", inputs, [y]))
        a, a_pair = y, y_pair
    nodes.append(helper.make_node("DequantizeLinear", [a] + a_pair, ["value"]))
    n, m = layers[0]["w"].shape[0], layers[-1]["w"].shape[1]
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", n])
    y = helper.make_tensor_value_info("y", TensorProto.UINT8, ["N", m])
    value = helper.make_tensor_value_info("value", TensorProto.FLOAT, ["N", m])
    graph = helper.make_graph(nodes, "dense", [x], [y, value], tensors)
    model = helper.make_model(
        graph, producer_name="train-examples.py", opset_imports=[helper.make_opsetid("", OPSET)]
    )
    model.ir_version = 7  # the one that opset 13 came with
    onnx.checker.check_model(model)
    return model


# Files


def write_cases(folder, x, outputs):
    """The first rows as TensorProto; outputs are pairs of a name and rows."""
    for k in range(CASES):
        case = folder / f"test_data_set_{k}"
        case.mkdir(exist_ok=True)
        files = [("input_0", "x", x)]
        files += [(f"output_{j}", name, a) for j, (name, a) in enumerate(outputs)]
        for file, name, a in files:
            tensor = numpy_helper.from_array(a[k : k + 1], name)
            (case / f"{file}.pb").write_bytes(tensor.SerializeToString())


def write_table(folder, x, columns):
    """x0, x1, ... and the columns, pairs of a name and rows."""
    with open(folder / "test.csv", "w", newline="", encoding="ascii") as out:
        table = csv.writer(out, lineterminator="\n")
        names = [f"x{i}" for i in range(x.shape[1])] + [name for name, _ in columns]
        table.writerow(names)
        for numbers, *rest in zip(x, *(a for _, a in columns)):
            short = [np.format_float_positional(v, trim="-") for v in numbers]
            table.writerow(short + rest)


def write_readme(folder, paragraphs):
    """Filled to 79 columns, and how to use the model at the end."""
    here = f"examples/{folder.name}"
    commands = f"""    tc0 inspect {here}/model.onnx
    tc0 check {here}/model.onnx --data {here}/test.csv
    tc0 check {here}/model.onnx --data {here}/test_data_set_0
"""
    text = [textwrap.fill(" ".join(p.split()), 79, break_on_hyphens=False) for p in paragraphs]
    (folder / "README").write_text("\n\n".join(text + [commands]), encoding="ascii")


def export(net, n, folder, names):
    """The file that PyTorch writes, with a batch of any size."""
    torch.onnx.export(
        net,
        torch.zeros(1, n),
        folder / "model.onnx",
        opset_version=OPSET,
        input_names=["x"],
        output_names=names,
        dynamic_axes={name: {0: "N"} for name in ["x"] + names},
    )


def share(right):
    return f"{right.sum()} of the {len(right)} rows of test.csv ({right.mean():.1%})"


# The models


def digits_int8(folder):
    x, xt, label, label_t = split(load_digits(), 360)
    torch.manual_seed(1)
    net = dense([64, 32, 16, 10], nn.ReLU, bias=False)
    train(net, x / 16, label, epochs=60, rate=3e-3, decay=1e-3)
    take_raw(net, 0, 16)
    weights, tops = weights_and_tops(net, x)
    scales = [scale_of(top, 255) for top in tops[:-1]] + [scale_of(tops[-1], 127)]
    layers = integer_layers(ONE, weights, scales, [0, 0, 128])
    (folder / "model.onnx").write_bytes(integer_model(layers, ONE).SerializeToString())
    y, logits = integer_run(layers, xt, ONE)
    guess = y.argmax(axis=1)
    write_cases(folder, xt, [("y", y), ("value", logits)])
    columns = [("label", label_t), ("torch_pred", guess)]
    write_table(folder, xt, columns + [(f"y{i}", y[:, i]) for i in range(10)])
    write_readme(folder, [
        f"""An int8 network that reads handwritten digits: 64 - 32 - 16 - 10 without
        biases, QuantizeLinear, three QLinearMatMul, DequantizeLinear. A pixel, 0 to
        16, is its own quantised value. Hidden values are bytes with zero point 0, so
        they are rectified by saturation; outputs are bytes with zero point 128. It
        is right on {share(guess == label_t)}; its seed was chosen among two by the
        same rows.""",
        DIGITS,
        """In test.csv, y0 to y9 are the outputs, exactly, and torch_pred is the first
        of the greatest. In test_data_set_K, output_0.pb has the same bytes and
        output_1.pb the numbers that they stand for. They were computed with exact
        integer sums and float32 rounding as ONNX Runtime has it, not by a runtime.""",
    ])


def digits_float(folder):
    x, xt, label, label_t = split(load_digits(), 360)
    torch.manual_seed(1)
    net = dense([64, 32, 16, 10], nn.ReLU)
    train(net, x / 16, label, epochs=60, rate=3e-3, decay=1e-3)
    take_raw(net, 0, 16)
    export(net, 64, folder, ["logits"])
    logits = run(net, xt)
    guess = logits.argmax(axis=1)
    write_cases(folder, xt, [("logits", logits)])
    write_table(folder, xt, [("label", label_t), ("torch_pred", guess)])
    write_readme(folder, [
        f"""A float network that reads handwritten digits: 64 - 32 - 16 - 10, three Gemm
        with Relu between them, as PyTorch exports it. It takes pixels from 0 to 16 and
        is right on {share(guess == label_t)}.""",
        DIGITS,
        """In test.csv, torch_pred is the first of PyTorch's greatest outputs; in
        test_data_set_K, output_0.pb has its outputs, which other runtimes reach up to
        rounding.""",
    ])


class Class(nn.Module):
    """Also says which output is the greatest, by way of probabilities."""

    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, x):
        logits = self.net(x)
        return logits, logits.softmax(dim=1).argmax(dim=1)


def iris(folder):
    x, xt, label, label_t = split(load_iris(), 45)
    torch.manual_seed(1)
    net = dense([4, 8, 3], nn.Tanh)
    mean, scale = x.mean(axis=0), x.std(axis=0)
    train(net, (x - mean) / scale, label, epochs=200, rate=1e-2, decay=1e-3)
    take_raw(net, mean, scale)
    export(Class(net), 4, folder, ["logits", "class"])
    logits = run(net, xt)
    guess = logits.argmax(axis=1)
    write_cases(folder, xt, [("logits", logits), ("class", guess)])
    write_table(folder, xt, [("label", label_t), ("torch_pred", guess)])
    write_readme(folder, [
        f"""A float network that tells three kinds of iris apart: 4 - 8 - 3, two Gemm
        with Tanh between them, as PyTorch exports it. Of its two outputs, class is
        ArgMax of Softmax of logits: the Softmax cannot change it. It is right on
        {share(guess == label_t)}.""",
        IRIS,
        """In test.csv, torch_pred is PyTorch's class; in test_data_set_K, output_0.pb
        has its logits, which other runtimes reach up to rounding, and output_1.pb
        the class.""",
    ])


def xor(folder):
    """Trained with steep sigmoids about 1/2 for the rounding of 0..1 to 0 or 1.
    Weights stay below 3/4, so that two of them never round to 2."""
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
    label = np.array([0, 1, 1, 0])
    torch.manual_seed(0)
    w = [torch.rand(2, m).sub_(0.5).requires_grad_() for m in (2, 1)]
    adam = torch.optim.Adam(w, lr=0.01)
    for _ in range(2000):
        adam.zero_grad()
        h = torch.tensor(x)
        for m in w:
            h = torch.sigmoid(8 * (h @ m - 0.5))
        nn.functional.binary_cross_entropy(h[:, 0], torch.tensor(label).float()).backward()
        adam.step()
        with torch.no_grad():
            for m in w:
                m.clamp_(-0.74, 0.74)
    x_scale = np.float32(1 / 255)
    layers = integer_layers(x_scale, [m.detach().numpy() for m in w], [ONE, ONE], [0, 0])
    (folder / "model.onnx").write_bytes(integer_model(layers, x_scale).SerializeToString())
    y, value = integer_run(layers, x, x_scale)
    assert (y[:, 0] == label).all(), "xor was not learnt"
    write_cases(folder, x, [("y", y), ("value", value)])
    write_table(folder, x, [("label", label), ("y", y[:, 0])])
    write_readme(folder, [
        """An int8 network for exclusive or, small enough for a picture: 2 - 2 - 1 without
        biases, QuantizeLinear, two QLinearMatMul, DequantizeLinear. Inputs from 0 to 1
        become bytes from 0 to 255; a hidden value and the output round to 0 or 1, so
        each is one threshold gate, three in all. It is right on all four rows of
        test.csv.""",
        """The data is the table of exclusive or; there is no other source.""",
        """In test.csv, y is the output, exactly. In test_data_set_K, output_0.pb has
        the same byte and output_1.pb the number that it stands for.""",
    ])


def main():
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    out = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "examples")
    for make in digits_int8, digits_float, iris, xor:
        folder = out / make.__name__.replace("_", "-")
        folder.mkdir(parents=True, exist_ok=True)
        make(folder)


main()
