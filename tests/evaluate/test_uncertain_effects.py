"""Effects that perhaps come about: what they may change is not shown as exact, and a lower bound stays below the truth.

Each program stands with the total and the frozen part that the real framework gives when it runs.
"""

from __future__ import annotations

import pytest
from paramlens.evaluate.analyze import analyze
from paramlens.facts import Status, Tally

TORCH = """
import os, random, sys
import torch
from torch import nn
flag = "X" in os.environ
k = int(os.environ.get("K", "1"))
key = os.environ.get("KEY", "a")
"""
KERAS = """
import os
import keras
from keras import layers
k = int(os.environ.get("K", "1"))
"""


def tally(text: str, name: str = "net") -> Tally:
    return next(model for model in analyze("model.py", text).models if model.name == name).tally


def contradicts(tally: Tally, total: int, frozen: int) -> bool:
    if tally.status is Status.EXACT:
        return tally.total != total or tally.non_trainable not in (None, frozen)
    return tally.status is Status.LOWER_BOUND and isinstance(tally.total, int) and tally.total > total


@pytest.mark.parametrize(
    ("program", "total", "frozen"),
    [
        # one of several methods or functions
        ("net = nn.ModuleList([nn.Linear(2, 2)])\n(net.append if flag else net.extend)([nn.Linear(2, 3)])", 15, 0),
        ("net = nn.Linear(3, 4)\ngetattr(net, {0: 'requires_grad_'}.get(len(sys.argv) - 1))(False)", 16, 16),
        ("net = nn.Linear(3, 4)\ngetattr(net.weight, os.environ.get('N', 'requires_grad_'))(False)", 16, 12),
        ("net = nn.ModuleList([nn.Linear(3, 4)])\ngetattr(net, os.environ.get('N', 'append'))(nn.Linear(1, 1))", 18, 0),
        ("net = nn.Linear(2, 2)\nrandom.choice([lambda m: m.requires_grad_(False)])(net)", 6, 6),
        ("net = nn.Linear(2, 2)\n{'a': lambda m: m.requires_grad_(False), 'b': lambda m: m}[key](net)", 6, 6),
        ("net = nn.Linear(2, 2)\nh = {'a': lambda m: m.requires_grad_(False)}.get(key)\nif h: h(net)", 6, 6),
        ("net = nn.Linear(2, 2)\ndef freeze(): net.requires_grad_(False)\n{'a': freeze, 'b': print}[key]()", 6, 6),
        # names that are not known
        ("net = nn.Module()\nnet.a = nn.Linear(3, 4)\nsetattr(net, key, nn.Linear(1, 1))", 2, 0),
        ("net = nn.Module()\nnet.a = nn.Linear(3, 4)\ndelattr(net, key)", 0, 0),
        ("net = nn.Linear(3, 4)\nsetattr(net.weight, os.environ.get('N', 'requires_grad'), False)", 16, 12),
        # one of several objects
        ("a, b = [4], [5]\n(a if flag else b).append(7)\nnet = nn.Linear(len(a), len(b))", 4, 0),
        ("a, b = {'n': 4}, {'n': 5}\nt = a if flag else b\nt['n'] = 99\nnet = nn.Linear(a['n'], b['n'])", 495, 0),
        ("a, b = nn.Linear(2, 2), nn.Linear(3, 3)\n(a if flag else b).weight.requires_grad = False\n"
         "net = nn.ModuleList([a, b])", 18, 9),
        ("a, b = nn.Linear(2, 2), nn.Linear(3, 3)\nfor p in (a if flag else b).parameters(): p.requires_grad = False\n"
         "net = nn.ModuleList([a, b])", 18, 12),
        ("d = {'a': nn.Linear(2, 2), 'b': nn.Linear(3, 3)}\nfor p in d[key].parameters(): p.requires_grad = False\n"
         "net = nn.ModuleList(d.values())", 18, 6),
        ("a, b = nn.Sequential(nn.Linear(2, 2)), nn.Sequential(nn.Linear(3, 3))\n"
         "(a if flag else b).append(nn.Linear(1, 1))\nnet = nn.ModuleList([a, b])", 20, 0),
        # positions that are not known
        ("net = nn.ModuleList([nn.Linear(2, 2), nn.Linear(3, 3)])\nnet.insert(k, nn.Linear(4, 4))", 38, 0),
        ("net = nn.ModuleList([nn.Linear(2, 2), nn.Linear(3, 3)])\nnet.pop(k)", 6, 0),
        ("net = nn.ModuleList([nn.Linear(2, 2), nn.Linear(3, 3)])\ndel net[k]", 6, 0),
        ("net = nn.ModuleList([nn.Linear(2, 2), nn.Linear(3, 3)])\nnet[k] = nn.Identity()", 6, 0),
        ("net = nn.ModuleDict({'a': nn.Linear(2, 2), 'b': nn.Linear(3, 3)})\nnet.pop(key)", 12, 0),
        ("net = nn.ModuleDict({'a': nn.Linear(2, 2), 'b': nn.Linear(3, 3)})\nnet[key] = nn.Identity()", 12, 0),
        ("net = nn.Sequential(nn.Linear(2, 2), nn.Linear(3, 3))\nnet[k - 1].bias = None", 16, 0),
        ("net = nn.Sequential(nn.Linear(2, 2), nn.Linear(3, 3))\nfor m in net[:k]: m.requires_grad_(False)", 18, 6),
        ("net = nn.Sequential(nn.Linear(2, 2), nn.Linear(3, 3))\n"
         "for p in list(net.parameters())[:-k]: p.requires_grad = False", 18, 15),
        ("net = nn.Sequential(nn.Linear(2, 2), nn.Linear(3, 3))\n"
         "[m.requires_grad_(False) for m in net if k > 9]", 18, 0),
        ("d = {'a': 4, 'b': 5, key: 9}\nnet = nn.Linear(d['a'], d['b'])", 50, 0),
        ("o = {'w': 9} if not flag else {}\nd = dict({'w': 4}, **o)\nnet = nn.Linear(d['w'], 1)", 10, 0),
        ("net = nn.Sequential(nn.Linear(2, 2))\nnet.add_module(os.environ.get('N', '0'), nn.Identity())", 0, 0),
        ("net = nn.Sequential(nn.Linear(2, 2))\n"
         "net.get_submodule(os.environ.get('N', '0')).requires_grad_(False)", 6, 6),
        ("it = iter([nn.Linear(2, 2), nn.Linear(3, 3)])\nif flag: next(it)\nnet = nn.Sequential(*it)", 18, 0),
        # parts that are perhaps shared
        ("l = nn.Linear(4, 4)\na = nn.Sequential(l)\nb = nn.Sequential(nn.Linear(4, 4))\nif not flag: b[0] = l\n"
         "net = nn.ModuleList([a, b])", 20, 0),
        ("net = nn.ModuleList([nn.Linear(4, 4)])\n"
         "net[0].weight = net[0].weight if flag else nn.Parameter(torch.zeros(1))", 5, 0),
        # a module and its shallow copy have their parts in common
        ("import copy\nnet = nn.Sequential(nn.Linear(2, 2))\ncopy.copy(net).append(nn.Linear(4, 4))", 26, 0),
        # text that is not known
        ("net = nn.Sequential(nn.Linear(2, 2))\nexec(os.environ.get('T', 'net.append(nn.Linear(3, 4))'))", 22, 0),
        ("width = 4\nexec(os.environ.get('T', 'width = 32'))\nnet = nn.Linear(width, 4)", 132, 0),
        # generators that are not used up, and such that another condition steers
        ("net = nn.ModuleList()\ndef gen():\n    for n in (1, 2, 3):\n        net.append(nn.Linear(n, 1))\n"
         "        yield n\ng = gen()\nnext(g)\nnext(g)", 5, 0),
        ("def gen():\n    if flag:\n        yield nn.Linear(1, 1)\n    else:\n        yield nn.Linear(2, 2)\n"
         "net = nn.Sequential(*gen())", 6, 0),
        # the order of a set
        ("net = nn.Linear(len(next(iter({'a', 'a'}))), 1)", 2, 0),
        # a constructor that refuses its arguments
        ("net = nn.ModuleList()\ntry:\n    net.append(nn.Linear('a', 2))\n    net.append(nn.Linear(9, 9))\n"
         "except TypeError:\n    net.append(nn.Linear(3, 3))", 12, 0),
    ],
)  # fmt: skip
def test_torch_is_not_contradicted(program: str, total: int, frozen: int) -> None:
    assert not contradicts(tally(TORCH + program), total, frozen)


STACK = "net = keras.Sequential([keras.Input((4,)), layers.Dense(3), layers.Dense(2)])\n"
CLASS = """
class Net(keras.Model):
    def __init__(self):
        super().__init__()
{init}
    def call(self, x):
        for d in self.ds: x = d(x)
        return x
net = Net()
net(keras.ops.zeros((2, 3)))
"""


@pytest.mark.parametrize(
    ("program", "total", "frozen"),
    [
        (STACK + "net.layers[k - 1].trainable = False", 23, 15),
        (STACK + "for l in net.layers[:-k]: l.trainable = False", 23, 15),
        (STACK + "setattr(net.layers[0], os.environ.get('N', 'trainable'), False)", 23, 15),
        (STACK + "exec('net.add(layers.Dense(5))')", 38, 0),
        (STACK + "net.layers[0].enable_lora(2)", 37, 12),
        # parts of a layer that is made frozen: Keras 3 trains them where they stand in a model, Keras 2 does not
        ("i = keras.Input((3, 4))\n"
         "net = keras.Model(i, layers.TimeDistributed(layers.Dense(4), trainable=False)(i))", 20, 0),
        ("i = keras.Input((3, 4))\n"
         "net = keras.Model(i, layers.MultiHeadAttention(2, 3, trainable=False)(i, i))", 118, 0),
        ("i = keras.Input((4,))\nnet = keras.Model(i, layers.Dense(4, trainable=False)(i))", 20, 20),
        # lists are copied when a layer keeps them, and Keras 3 does not see all changes of its copy
        (CLASS.format(init="        ds = []\n        self.ds = ds\n        ds.append(layers.Dense(4))"), 0, 0),
        (CLASS.format(init="        self.ds = [layers.Dense(3)]\n        self.ds[0] = layers.Dense(7)"), 0, 0),
    ],
)
def test_keras_is_not_contradicted(program: str, total: int, frozen: int) -> None:
    assert not contradicts(tally(KERAS + program), total, frozen)


def test_functions_that_are_not_found_leave_their_modules_as_they_are() -> None:
    text = """
from nowhere import summary, watch, prepare
net = nn.Linear(3, 4)
summary(net, (3,))
watch([net])
net2 = nn.Linear(2, 2)
made = prepare(net2)
"""
    assert tally(TORCH + text).total == 16
    assert tally(TORCH + text, "net2").total == 6


def test_a_program_that_stops_adds_nothing_to_what_it_made() -> None:
    text = "def make(n):\n    return nn.Linear(n, 2)\na = make(3)\nsys.exit()\nb = make(7)\nc = nn.Linear(1, 1)\n"
    sites = {site.place.line: site for site in analyze("model.py", TORCH + text).sites}
    first = TORCH.count("\n")
    assert [t.total for t in sites[first + 2].tallies] == [8]
    assert [t.total for t in sites[first + 6].tallies] == [2]


def test_an_endless_loop_is_never_left() -> None:
    text = "def make(n):\n    return nn.Linear(n, 2)\na = make(3)\nwhile True:\n    flag = not flag\nb = make(7)\n"
    sites = {site.place.line: site for site in analyze("model.py", TORCH + text).sites}
    assert [t.total for t in sites[TORCH.count("\n") + 2].tallies] == [8]


def test_what_nothing_calls_changes_nothing() -> None:
    text = "net = nn.Linear(2, 2)\n\ndef freeze():\n    net.requires_grad_(False)\n    net.bias = None\n"
    made = tally(TORCH + text)
    assert (made.status, made.total, made.trainable) == (Status.EXACT, 6, 6)
