"""Programs that would run for ever, fill the memory or overflow the stack. Each stands between two innocent layers."""

from __future__ import annotations

BEFORE = "from torch import nn\nbefore = nn.Linear(3, 4)\n"
AFTER = "\nafter = nn.Linear(5, 6)\n"

PROGRAMS = {
    # loops
    "while_true": "while True:\n    x = 1\n",
    "while_true_try": "while True:\n    try:\n        raise ValueError\n    except ValueError:\n        pass\n",
    "unknown_loops": "import sys\nwhile sys.argv:\n    while sys.argv:\n        x = nn.Linear(2, 3)\n",
    "endless_iterator": "x = [x for x in iter(int, 1)]\n",
    "endless_count": "import itertools\nx = [i for i in itertools.count()]\n",
    "endless_cycle": "import itertools\nx = list(itertools.cycle([1]))\n",
    "endless_layers": "import itertools\nfor i in itertools.repeat(1):\n    layer = nn.Linear(1, 1)\n",
    "endless_generator": "def g():\n    while True:\n        yield 1\nx = list(g())\n",
    "long_range": "for i in range(10**9):\n    layer = nn.Linear(2, 2)\n",
    "long_list": "x = list(range(10**9))\n",
    "long_sum": "x = sum(range(10**9))\n",
    "nested_ranges": "for i in range(10**5):\n    for j in range(10**5):\n        layer = nn.Linear(2, 2)\n",
    "nested_comprehensions": "x = [[[0 for a in range(999)] for b in range(999)] for c in range(999)]\n",
    # growth
    "growing_list": "a = []\nwhile True:\n    a.append(a)\n",
    "growing_text": "s = 'ab'\nwhile True:\n    s = s + s\n",
    "growing_number": "n = 2\nwhile True:\n    n = n * n\n",
    "shared_tuples": "a = (1,)\nfor i in range(60):\n    a = (a, a)\nx = str(a)\ny = {a: 1}\n",
    "list_in_itself": "a = []\na.append(a)\nx = str(a)\ny = [*a, *a]\n",
    "dict_in_itself": "import copy\na = {}\na['a'] = a\nx = repr(a)\ny = copy.deepcopy(a)\n",
    "deep_list": "a = []\nfor i in range(5000):\n    a = [a]\nx = repr(a)\n",
    "deep_tuple": "a = ()\nfor i in range(9000):\n    a = (a,)\nx = str(a)\n",
    # sizes
    "power": "x = 10**10**10\nlayer = nn.Linear(x, 2)\n",
    "shift": "x = 1 << 10**10\n",
    "tower": "x = 9**9**9\nlayer = nn.Linear(x, 2)\n",
    "billion_bits": "x = 1 << 10**9\ny = (1 << 10**9) + 1\nlayer = nn.Linear(y, 2)\n",
    "billion_letters": "x = 'a' * 10**9\ny = b'a' * 10**9\n",
    "billion_items": "x = [0] * 10**9\ny = (0,) * 10**9\nz = [[0] * 10**5] * 10**5\n",
    "billion_keys": "x = {i: i for i in range(10**9)}\ny = dict.fromkeys(range(10**9))\nz = set(range(10**9))\n",
    "letters_of_letters": "x = 'a' * 10**5\nx = x * 10**5\nx = x.ljust(10**10).center(10**10).zfill(10**10)\n",
    "doubled_list": "x = [1]\nfor i in range(64):\n    x = x + x\n",
    "doubled_layers": "x = [nn.Linear(1, 1)]\nfor i in range(64):\n    x += x\ny = nn.Sequential(*x)\n",
    "factorial": "import math\nx = math.factorial(10**6)\n",
    "repeated_text": "x = 'a' * 10**12\n",
    "repeated_list": "x = [0] * 10**12\n",
    "many_bytes": "x = bytes(10**12)\n",
    "wide_format": "x = '{:1000000000}'.format(1)\ny = f'{1:999999999}'\nz = '%999999999d' % 1\n",
    "replaced_text": "s = 'a' * 60000\nx = s.replace('a', s)\n",
    "joined_text": "s = 'a' * 60000\nx = s.join(s)\n",
    "permutations": "import itertools\nx = list(itertools.permutations(range(50)))\n",
    "product": "import itertools\nx = list(itertools.product(range(100), repeat=10))\n",
    "sorted_range": "x = sorted(range(10**8))\n",
    "sliced_range": "x = list(range(10**18)[::3])\n",
    "huge_layer": "layer = nn.Conv2d(10**1000, 10**1000, 10**1000)\n",
    "catastrophic_pattern": "import re\nx = re.match('(a+)+$', 'a' * 60 + 'b')\n",
    "halved_products": "def f(n):\n" + "    n = (n + 1) // 2 * n\n" * 500 + "    return nn.Linear(n, 2)\n",
    # recursion
    "recursion": "def f(n): return f(n + 1)\nx = f(1)\n",
    "mutual_recursion": "def f(n): return g(n)\ndef g(n): return f(n)\nx = f(1)\n",
    "exponential_recursion": "def f(n):\n    return f(n - 1) + f(n - 1)\nx = f(60)\n",
    "exponential_on_one_line": "def f(n): return f(n - 1) + f(n - 1)\nx = f(100)\n",
    "exponential_with_base": "def f(n):\n    return 1 if n == 0 else f(n - 1) + f(n - 1)\nx = f(60)\n",
    "unknown_recursion": "import sys\ndef f(n):\n    return f(n + 1) if sys.argv[n] else f(n + 2)\nx = f(0)\n",
    "mutual_modules": (
        "class A(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.b = B()\n"
        "class B(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.a = A()\nx = A()\n"
    ),
    "mutual_properties": (
        "class A:\n    @property\n    def p(self): return self.q\n"
        "    @property\n    def q(self): return self.p\nx = A().p\n"
    ),
    "mutual_generators": "def f():\n    yield from g()\ndef g():\n    yield from f()\nx = list(f())\n",
    "recursive_generator": "def g(n):\n    yield n\n    yield from g(n + 1)\nx = list(g(0))\n",
    "recursive_lambda": "x = (lambda f: f(f))(lambda f: f(f))\n",
    "recursive_decorator": "def d(f): return d(d(f))\n@d\ndef g(): pass\nx = g()\n",
    "recursive_getattr": "class A:\n    def __getattr__(self, n): return getattr(self, n + 'x')\nx = A().y\n",
    "recursive_property": "class A:\n    @property\n    def p(self): return self.p\nx = A().p\n",
    "recursive_width": (
        "class A(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.layer = nn.Linear(2, self.width)\n    @property\n"
        "    def width(self): return self.width\nx = A()\n"
    ),
    "recursive_module": (
        "class A(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.layer = nn.Linear(2, 3)\n        self.left = A()\n        self.right = A()\nx = A()\n"
    ),
    "recursive_new": "class A:\n    def __new__(cls): return A()\nx = A()\n",
    "recursive_metaclass": "class M(type):\n    def __call__(cls): return cls()\nclass A(metaclass=M): pass\nx = A()\n",
    "recursive_subclass": "class A:\n    def __init_subclass__(cls):\n        class B(cls): pass\nclass C(A): pass\n",
    "recursive_repr": "class A:\n    def __repr__(self): return repr(self)\nx = f'{A()}'\n",
    "recursive_equality": "class A:\n    def __eq__(self, other): return self == other\nx = A() == A()\n",
    "recursive_iteration": "class A:\n    def __iter__(self): return iter(self)\nx = list(A())\n",
    "recursion_in_finally": "def f():\n    try:\n        f()\n    finally:\n        f()\nf()\n",
    "everything_in_itself": (
        "a, b, c, d = [], {}, set(), (1,)\na += [a, b, c, d]\nb.update(a=a, b=b)\nd += (a, d)\na[:] = a * 3\n"
        "x = [repr(a), str(b), a == a * 2, sorted(a, key=str), "
        "nn.ModuleList(a), nn.Sequential(*a), sum(a, []), max(a)]\n"
    ),
    "class_in_itself": "class A: pass\nA.a = A\nA.b = A()\nA.b.c = A.b\nx = A.a.a.b.c.c\ny = repr(vars(A))\n",
    "list_of_modules_in_itself": "m = nn.ModuleList()\nm.append(m)\nm.extend(m)\nm += m\nx = list(m.modules())\n",
    "parents_and_children": (
        "class A(nn.Module):\n    def __init__(self, parent=None):\n        super().__init__()\n"
        "        self.parent = parent\n"
        "        self.layer = nn.Linear(2, 3)\n        if parent is None:\n            self.child = A(self)\nx = A()\n"
    ),
    "module_in_itself": "m = nn.Sequential()\nm.append(m)\ny = m(1)\n",
    "shared_modules": "m = nn.Linear(2, 2)\nfor i in range(60):\n    m = nn.Sequential(m, m)\n",
    "nested_modules": "m = nn.Linear(2, 2)\nfor i in range(3000):\n    m = nn.Sequential(nn.Sequential(m))\n",
    "nested_closures": "f = lambda x: x\nfor i in range(3000):\n    f = (lambda g: lambda x: g(x))(f)\ny = f(1)\n",
    # wrong programs
    "code_from_text": "x = eval('eval(x)')\nexec('while True: pass')\n",
    "class_of_itself": "class A(A): pass\nx = A()\n",
    "wrong_arguments": "x = nn.Linear(-3, 4)\ny = nn.Linear('a', None)\nz = nn.Linear(1e308 * 10, float('nan'))\n",
    "division_by_zero": "x = 1 // 0\nlayer = nn.Linear(x, x)\n",
    "many_unknown_branches": "import sys\nx = 0\n" + "if sys.argv[1]: x += 1\nelse: x += 2\n" * 100,
    "many_early_returns": (
        "import sys\ndef f(a):\n"
        + "".join(f"    if a[{i}]: return nn.Linear({i + 1}, 2)\n" for i in range(400))
        + "f(sys.argv)\n"
    ),
    "many_early_numbers": (
        "import sys\ndef f(a, n):\n"
        + "".join(f"    if a[{i}]:\n        return {i}\n    n += 1\n" for i in range(400))
        + "    return n\nx = nn.Linear(f(sys.argv, 1), 2)\n"
    ),
    "nested_unknown_branches": "import sys\n"
    + "".join("    " * depth + f"if sys.argv[{depth}]:\n" for depth in range(18))
    + "    " * 18
    + "x = 1\n",
    "exponential_join": (
        "import sys\nx = 1\n" + "if sys.argv[1]:\n    x = x + x\nelse:\n    x = x * 3\n" * 100 + "y = nn.Linear(x, 2)\n"
    ),
    "exponential_join_of_lists": (
        "import sys\nx = [1]\n" + "if sys.argv[1]:\n    x = x + x\nelse:\n    x = [x, x]\n" * 100 + "y = str(x)\n"
    ),
    "exponential_join_of_layers": (
        "import sys\nx = nn.Linear(1, 1)\n" + "if sys.argv[1]:\n    x = nn.Sequential(x, x)\n" * 100 + "y = x(1)\n"
    ),
    "name_that_doubles": (
        "import somewhere\nx = somewhere.x\nwhile len(somewhere.y) < 4:\n    x *= x\nwhile True:\n    x = max(x, x)\n"
    ),
    "formula_that_doubles": (
        "import somewhere\nn = int(somewhere.n)\n" + "n = n - n\n" * 60 + "x = nn.Linear(n, 2)\n"
    ),
    "lists_that_double": (
        "import json\nx = [1]\nfor i in range(60):\n    x = [x, x]\n"
        "y = [nn.Linear(x, 2), json.dumps(x)]\nz = nn.Linear(2, 2)(x)\n"
    ),
    "growing_symbol": (
        "def f(n):\n    for i in range(200):\n        n = n * (n + 1)\n    return nn.Linear(n, n)\n"
        "def g(a, b, c, d):\n    return nn.Linear((a + b + c + d) ** 40, (a * b + c * d) ** 40)\n"
    ),
}

# Texts between the same two layers that no parser takes, or only with a great deal of stack.
FRAGMENTS = {
    "open_brackets": "[" * 3000,
    "balanced_brackets": "x = " + "[" * 3000 + "]" * 3000,
    "elifs": "if x: pass\n" + "elif y: pass\n" * 30_000,
    "sums": "x = " + " + ".join(["1"] * 20_000),
    "attributes": "x = a" + ".b" * 10_000,
    "nots": "x = " + "not " * 5_000 + "a",
    "half_a_call": "x = nn.Linear(",
    "half_a_string": "x = '''half",
    "half_a_class": "class A(nn.Module",
    "bad_indent": "pass\n  x = 1\n y = 2",
    "no_statement": "x = = 1",
    "lonely_else": "else:\n    pass",
    "python_2": "print 'x'\nexec 'y'",
    "merge_conflict": "<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> other",
    "control_characters": "x = '\x0c\x1c\u2028'\n\x0c\n",
}
