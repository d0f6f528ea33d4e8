"""Random programs of the kind that people write: layers in loops, configurations, classes, odd corners."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random

WORKSPACE = {
    "sizes.py": "WIDTH = 12\nDEPTH = 3\nNAMES = ('a', 'b')\n\ndef wider(n, by=2):\n    return n * by\n",
    "blocks.py": (
        "from torch import nn\nfrom sizes import WIDTH\n\n\nclass Block(nn.Module):\n"
        "    def __init__(self, n, bias=True):\n        super().__init__()\n"
        "        self.a = nn.Linear(n, WIDTH, bias=bias)\n        self.b = nn.Linear(WIDTH, n)\n"
    ),
}
"""Files that generated programs import."""

_HEAD = """\
import contextlib, functools, itertools, os, sys
from dataclasses import dataclass
import torch
from torch import nn
from sizes import WIDTH, NAMES, wider
from blocks import Block
"""
_KERAS = "import keras\nfrom keras import layers, Input\n"
_NAMES = ("width", "größe", "n", "units", "hidden", "_k", "größe2", "x")
_UNKNOWN = (
    "sys.argv[1:]",
    "os.environ.get('A')",
    "torch.cuda.is_available()",
    "missing_name",
    "open('f').read() == ''",
)


def program(random: Random, *, certain: bool = False, statements: int | None = None) -> str:
    """The text of a program; a `certain` one ends without an error and does the same each time it is run."""
    return Writer(random, certain).text(statements or random.randint(4, 24))


class Writer:
    """One program. The lists are the names that are surely bound where the next line stands."""

    def __init__(self, random: Random, certain: bool) -> None:
        self.random = random
        self.certain = certain
        self.lines: list[str] = []
        self.indent = 0
        self.made = 0
        self.numbers = ["WIDTH"]
        self.lists: list[str] = []
        self.layers: list[str] = []
        self.functions = ["wider"]
        self.classes = ["Block"]  # modules that take one number
        self.in_function = False

    def text(self, statements: int) -> str:
        head = _HEAD if self.certain else _HEAD + _KERAS
        for _ in range(statements):
            self.statement()
        if self.random.random() < 0.3:
            self.write("if __name__ == '__main__':")
            self.block(2)
        return head + "\n".join(self.lines) + "\n"

    # ------------------------------------------------------------------------------------------------------- writing

    def write(self, line: str) -> None:
        if not self.certain and self.random.random() < 0.03:
            ends = ("  # 😀 note", "  # paramlens: budget 100", ";", " \\\n")
            line += self.random.choice(ends[:2] if line.endswith(":") or line.startswith("@") else ends)
        self.lines.append("    " * self.indent + line)

    def name(self, stem: str = "") -> str:
        self.made += 1
        return f"{stem or self.random.choice(_NAMES)}{self.made}"

    @contextmanager
    def inside(self, *numbers: str) -> Iterator[None]:
        """An indented block; what is bound in it is forgotten afterwards."""
        kept = [list(names) for names in (self.numbers, self.lists, self.layers, self.functions, self.classes)]
        self.numbers.extend(numbers)
        self.indent += 1
        start = len(self.lines)
        yield
        if len(self.lines) == start:
            self.write("pass")
        self.indent -= 1
        self.numbers, self.lists, self.layers, self.functions, self.classes = kept

    def block(self, most: int, *numbers: str) -> None:
        with self.inside(*numbers):
            for _ in range(self.random.randint(1, most)):
                self.statement()

    # --------------------------------------------------------------------------------------------------- expressions

    def number(self, depth: int = 2) -> str:
        pick = self.random.random()
        if depth == 0 or pick < 0.4:
            return self.random.choice((*self.numbers, str(self.random.randint(1, 64))))
        left, right = self.number(depth - 1), self.number(depth - 1)
        forms = [
            f"({left} + {right})",
            f"({left} * {right} % 97 + 1)",
            f"({left} // {self.random.randint(1, 5)} + 1)",
            f"max({left}, {right})",
            f"min({left}, {right})",
            f"({left} if {self.condition(0)} else {right})",
            f"sum([{left}, {right}])",
            f"{self.random.choice(self.functions)}({left})",
            f"(lambda a, b=2: a + b)({left})",
            f"dict(a={left}, b=1)['a']",
            f"len([i for i in range({left} % 7 + 1)])",
            f"int(f'{{{self.random.randint(1, 9)}}}')",
            f"functools.reduce(lambda a, b: a + b, ({left}, {right}))",
        ]
        if self.lists:
            forms += [f"{self.random.choice(self.lists)}[{self.random.choice((0, -1))}]"] * 2
        return self.random.choice(forms)

    def condition(self, depth: int = 1) -> str:
        if not self.certain and self.random.random() < 0.4:
            return self.random.choice(_UNKNOWN)
        left, right = self.number(depth), self.number(0)
        return self.random.choice(
            (f"{left} < {right}", f"{left} % 2 == 0", f"not {left} > {right}", f"1 < {left} <= {right}",
             f"{left} in (1, {right})", f"{left} and {right}", "True", f"isinstance({left}, int)")
        )  # fmt: skip

    def layer(self, depth: int = 2) -> str:
        a, b = self.number(1), self.number(1)
        simple = [
            f"nn.Linear({a}, {b})",
            f"nn.Linear({a}, out_features={b}, bias=False)",
            f"nn.Conv2d({a}, {b}, {self.random.randint(1, 5)})",
            f"nn.Embedding({a}, {b})",
            f"nn.LayerNorm({a})",
            f"{self.random.choice(self.classes)}({a})",
        ]
        if not self.certain:
            simple += [
                f"nn.LSTM({a}, {b}, num_layers=2)", f"nn.LazyLinear({a})", f"nn.MultiheadAttention({a} * 4, 4)",
                f"layers.Dense({a})", f"keras.Sequential([Input(({a},)), layers.Dense({b})])",
                f"getattr(nn, 'Linear')({a}, {b})", f"nn.{self.random.choice(('Foo', 'Identity', 'ReLU'))}()",
                f"nn.Linear({a})", f"nn.Parameter(torch.zeros({a}, {b}))",
            ]  # fmt: skip
        if depth == 0 or self.random.random() < 0.6:
            return self.random.choice(simple + self.layers)
        inner = ", ".join(self.layer(depth - 1) for _ in range(self.random.randint(0, 3)))
        many = f"nn.Linear(i + 1, {b}) for i in range({self.random.randint(0, 4)})"
        return self.random.choice(
            (f"nn.Sequential({inner})", f"nn.ModuleList([{inner}])", f"nn.Sequential(*[{many}])",
             f"nn.ModuleList({many})", f"nn.ModuleDict({{str(i): nn.Linear(i + 1, {b}) for i in range(3)}})")
        )  # fmt: skip

    # ---------------------------------------------------------------------------------------------------- statements

    def statement(self) -> None:
        plain: list[Callable[[], None]] = [
            self.assign_number, self.assign_number, self.assign_layer, self.assign_layer, self.assign_layer,
            self.assign_list, self.change_list, self.print_something,
        ]  # fmt: skip
        compound: list[Callable[[], None]] = [
            self.if_else, self.for_loop, self.while_loop, self.try_except, self.with_block, self.match, self.function,
            self.generator, self.module_class, self.plain_class, self.closure, self.decorated,
        ]  # fmt: skip
        if not self.certain:
            plain += [self.keras_model, self.odd_line, self.odd_line]
        self.random.choice(plain if self.indent > 3 or self.random.random() < 0.55 else compound)()

    def assign_number(self) -> None:
        name = self.name()
        if not self.in_function:
            name = self.random.choice((*filter(str.isidentifier, self.numbers[1:]), name))
        if name in self.numbers and self.random.random() < 0.5:
            self.write(f"{name} {self.random.choice(('+=', '*=', '|=', '%= 7;' + name + '+='))} {self.number(1)}")
            return
        self.write(self.random.choice((f"{name} = {self.number()}", f"print({name} := {self.number()})")))
        if name not in self.numbers:
            self.numbers.append(name)

    def assign_layer(self) -> None:
        name = self.name("net")
        self.write(f"{name} = {self.layer()}")
        self.layers.append(name)

    def assign_list(self) -> None:
        name = self.name("sizes")
        a, b = self.number(1), self.number(1)
        self.write(
            self.random.choice(
                (f"{name} = [{a}, {b}]", f"{name} = [{a} + i for i in range(3) if i != 1]", f"{name} = ({a},) * 3",
                 f"*{name}, _ = {a}, {b}, 3", f"{name} = list(map(int, ({a}, {b})))",
                 f"{name} = [j for i in ({a}, {b}) for j in (i, i + 1)]", f"{name} = sorted({{{a}, {b}}})")
            )
        )  # fmt: skip
        self.lists.append(name)

    def change_list(self) -> None:
        name = self.name("list")
        self.write(f"{name} = [{self.number(1)}]")
        self.lists.append(name)
        self.write(f"{name}.insert(0, {self.number(1)})")
        self.write(f"{name}.{self.random.choice(('append', 'remove', 'count', 'index'))}({name}[0])")

    def print_something(self) -> None:
        values = [*self.numbers, *self.lists]
        self.write(f"print(f'{{{self.random.choice(values)}!r:>9}}', end='')")

    def if_else(self) -> None:
        self.write(f"if {self.condition()}:")
        self.block(3)
        if self.random.random() < 0.3:
            self.write(f"elif {self.condition()}:")
            self.block(2)
        if self.random.random() < 0.5:
            self.write("else:")
            self.block(2)

    def for_loop(self) -> None:
        name = self.name("i")
        items = [f"range({self.random.randint(1, 4)})", "(1, 2, 3)", "[2, 5]", "map(int, '12')", "{4: 1, 2: 3}"]
        items += self.lists
        self.write(f"for {name} in {self.random.choice(items)}:")
        with self.inside(name):
            self.statement()
            if self.random.random() < 0.3:
                self.write(f"if {self.condition()}: {self.random.choice(('break', 'continue'))}")
            self.statement()
        if self.random.random() < 0.2:
            self.write("else:")
            self.block(1)

    def while_loop(self) -> None:
        name = self.name("k")
        self.write(f"{name} = 0")
        self.write(f"while {name} < {self.random.randint(1, 4)}:")
        with self.inside(name):
            self.write(f"{name} += 1")
            self.numbers.remove(name)  # nothing else may change it
            self.statement()
            self.write(f"net_of_{name} = nn.Linear({name}, {self.number(0)})")

    def try_except(self) -> None:
        self.write("try:")
        with self.inside():
            self.statement()
            ends = ("raise ValueError", "{}['a']", "1 // 0", "pass", "nn.no_such_layer")
            self.write(self.random.choice(ends[: 4 if self.certain else 5]))
        kinds = "(ValueError, KeyError, ZeroDivisionError, AttributeError)"
        self.write(f"except {kinds}{self.random.choice((' as error', ''))}:")
        self.block(2)
        if self.random.random() < 0.3:
            self.write("finally:")
            self.block(1)

    def with_block(self) -> None:
        name = self.name("c")
        self.write(f"with contextlib.nullcontext({self.number(1)}) as {name}:")
        self.block(2, name)

    def match(self) -> None:
        self.write(f"match ({self.number(1)}, {self.number(1)}):")
        with self.inside():
            a, b = self.name("m"), self.name("m")
            self.write(f"case ({a}, {b}) if {a} > {b}:")
            self.block(1, a, b)
            self.write("case [1 | 2, *_]:")
            self.block(1)
            self.write("case _:")
            self.block(1)

    def function(self, prefix: str = "def") -> None:
        name, a, b = self.name("f"), self.name("a"), self.name("b")
        rest = self.random.choice(("", ", *args", ", *, key=3", ", **kwargs"))
        self.write(f"{prefix} {name}({a}, {b}={self.random.randint(1, 9)}{rest}):")
        with self.function_body(a, b):
            if self.random.random() < 0.4:
                self.write(f"if {self.condition()}: return {self.number(1)}")
            self.write(f"return {self.number(1)}")
        self.functions.append(name)

    @contextmanager
    def function_body(self, *numbers: str) -> Iterator[None]:
        outer, self.in_function = self.in_function, True
        with self.inside(*numbers):
            for _ in range(self.random.randint(0, 2)):
                self.statement()
            yield
        self.in_function = outer

    def generator(self) -> None:
        name, a = self.name("g"), self.name("a")
        self.write(f"def {name}({a}):")
        with self.function_body(a):
            self.write(f"yield {a}")
            self.write(f"yield from ({self.number(1)}, {self.number(1)})")
        numbers = self.name("sizes")
        self.write(f"{numbers} = [*{name}({self.number(0)})]")
        self.lists.append(numbers)

    def module_class(self) -> None:
        name, n = self.name("Net"), self.name("n")
        base = self.random.choice(("nn.Module", "nn.Module", *self.classes))
        self.write(f"class {name}({base}):")
        kept_layers = list(self.layers)
        with self.inside():
            self.write(f"scale = {self.random.randint(1, 5)}")
            self.write(f"def __init__(self, {n}, *rest):")
            with self.function_body(n):
                self.write("super().__init__()" if base == "nn.Module" else f"super().__init__({n})")
                for _ in range(self.random.randint(1, 3)):
                    self.layers = []
                    attribute = self.random.choice("abcde")
                    self.write(f"self.{attribute} = {self.layer()}")
                if self.random.random() < 0.4:
                    self.write(f"self.extra = nn.Linear({n} * self.scale, {self.number(1)})")
                if self.random.random() < 0.3:
                    self.write(f"for i in range(2): self.add_module(f'layer{{i}}', nn.Linear(i + 1, {n}))")
            if self.random.random() < 0.5:
                self.write("def forward(self, x):")
                with self.inside():
                    self.write("return self.a(x)")
        self.layers = kept_layers
        self.classes.append(name)

    def plain_class(self) -> None:
        name, instance = self.name("C"), self.name("c")
        number = self.number(1)
        if self.random.random() < 0.4:
            self.write("@dataclass")
            self.write(f"class {name}:")
            with self.inside():
                self.write(f"width: int = {self.random.randint(1, 99)}")
                self.write("depth: int = 2")
            self.write(f"{instance} = {name}({number})")
            self.numbers.append(f"{instance}.width")
            return
        self.write(f"class {name}:")
        with self.inside():
            self.write("def __init__(self, n): self.n = n")
            self.write("def __len__(self): return 3")
            self.write("def __add__(self, other): return self.n + other")
            self.write("def __getitem__(self, i): return self.n * i + 1")
            self.write("def __call__(self, a): return a + self.n")
            self.write("@property")
            self.write("def size(self): return self.n + 1")
            self.write("@staticmethod")
            self.write("def fixed(a=4): return a")
        self.write(f"{instance} = {name}({number})")
        forms = (f"{instance}.size", f"{instance}.fixed()", f"len({instance})", f"({instance} + 2)", f"{instance}[2]")
        self.numbers.append(self.random.choice(forms))
        self.functions.append(instance)

    def closure(self) -> None:
        name = self.name("make")
        self.write(f"def {name}(start):")
        with self.function_body("start"):
            self.write("total = start")
            self.write("def step(by):")
            with self.inside():
                self.write("nonlocal total")
                self.write("total += by")
                self.write("return total")
            self.write("return step")
        made = self.name("step")
        self.write(f"{made} = {name}({self.number(1)})")
        self.functions.append(made)

    def decorated(self) -> None:
        name = self.name("deco")
        self.write(f"def {name}(f):")
        with self.inside():
            self.write("@functools.wraps(f)")
            self.write("def inner(*args, **kwargs): return f(*args, **kwargs) + 1")
            self.write("return inner")
        self.write(f"@{name}")
        self.function()

    def keras_model(self) -> None:
        x, y = self.name("x"), self.name("y")
        self.write(f"{x} = {y} = Input(({self.number(1)}, {self.random.randint(4, 32)}))")
        for _ in range(self.random.randint(1, 4)):
            kind = self.random.choice(
                (f"layers.Dense({self.number(1)})", f"layers.Conv1D({self.number(1)}, 2)", "layers.Flatten()",
                 f"layers.LSTM({self.number(0)}, return_sequences=True)", "layers.BatchNormalization()",
                 "layers.ReLU()")
            )  # fmt: skip
            self.write(f"{y} = {kind}({y})")
        self.write(f"{self.name('model')} = keras.Model({x}, {y})")

    def odd_line(self) -> None:
        a = self.number(1)
        self.write(
            self.random.choice(
                (f"global_{self.made} = globals(); globals()['g{self.made}'] = nn.Linear({a}, 2)",
                 f"exec('e{self.made} = {self.random.randint(1, 9)}')",
                 f"del {self.random.choice(self.numbers[:1] + self.lists)}",
                 f"async def co{self.made}(a): return [i async for i in a]", f"assert {self.condition()}, 'no'",
                 f"t{self.made}: 'int' = {a}", "from torch.nn import *" if self.indent == 0 else "import torch.nn",
                 "import torchvision.models as models",
                 f"raise SystemExit if {self.condition()} else None", f"{self.name()} = yield_ = [*{{}}], {a}",
                 f"type_{self.made} = type('T', (nn.Module,), {{'a': {a}}})()", "sys.path.insert(0, '.')",
                 f"vars(nn)['Linear'] = None if {self.condition()} else nn.Linear", "...", "nn.Linear = nn.Linear",
                 f"s{self.made} = nn.Sequential(); s{self.made}.append(s{self.made})", f"class E{self.made}: a = {a}",
                 f"z{self.made} = eval('nn.Linear(3, {self.random.randint(1, 9)})')", f"l{self.made} = [[]] * {a}",
                 f"print(*itertools.product(range({a}), repeat=2))", f"x, (y, *z) = {a}, range({a})")
            )
        )  # fmt: skip
