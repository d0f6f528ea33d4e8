"""`math`, `random`, `statistics`."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from paramlens.dims import Sym
from paramlens.evaluate.choices import chosen_from
from paramlens.evaluate.machine import Machine
from paramlens.evaluate.python.limits import INTEGER_BITS, check_bits
from paramlens.evaluate.python.natives import (
    compute,
    delegate,
    functions,
    known,
    limited,
    native,
    opaque,
    plain,
    to_python,
    touch,
)
from paramlens.evaluate.python.numbers import converted
from paramlens.values import Instance, ListValue, NativeFunction, Reason, Value

MATH: dict[str, Value] = {name: getattr(math, name) for name in ("pi", "e", "tau", "inf", "nan")}
SIMPLE = [
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "copysign",
    "cos",
    "cosh",
    "degrees",
    "dist",
    "erf",
    "erfc",
    "exp",
    "expm1",
    "fabs",
    "fmod",
    "frexp",
    "fsum",
    "gamma",
    "hypot",
    "isclose",
    "isfinite",
    "isinf",
    "isnan",
    "isqrt",
    "ldexp",
    "lgamma",
    "log",
    "log10",
    "log1p",
    "log2",
    "modf",
    "nextafter",
    "pow",
    "radians",
    "remainder",
    "sin",
    "sinh",
    "sqrt",
    "tan",
    "tanh",
    "ulp",
]
MAX_FACTORIAL = 600
"""600! has 4,672 bits: beyond this every factorial is too large."""


def on_numbers(function: Callable[..., Any]) -> Callable[..., Value]:
    def call(vm: Machine, *args: Value, **kwargs: Value) -> Value:
        values = [to_python(converted(vm, arg, "__float__", "__index__")) for arg in args]
        return compute(vm, function, *values, **{name: to_python(arg) for name, arg in kwargs.items()})

    return call


MATH |= functions({name: on_numbers(getattr(math, name)) for name in SIMPLE})


def rounding(name: str) -> Callable[..., Value]:
    """`ceil`, `floor`, `trunc`: a symbol is an integer already."""

    def call(vm: Machine, value: Value, /) -> Value:
        number = known(plain(value))
        if isinstance(number, Sym):
            return number
        if isinstance(number, Instance):
            method = vm.get_attribute(number, f"__{name}__", None)
            if method is not None:
                return vm.call(method)
        return compute(vm, getattr(math, name), to_python(number))

    return call


for rounding_name in ("ceil", "floor", "trunc"):
    native(MATH, rounding_name)(rounding(rounding_name))


@native(MATH, "prod")
def prod(vm: Machine, iterable: Value, /, *, start: Value = 1) -> Value:
    result = start
    for item in limited(vm, iterable):
        result = known(vm.binary("*", known(result), known(item)))
    return result


@native(MATH, "gcd")
def gcd(vm: Machine, *values: Value) -> Value:
    return compute(vm, math.gcd, *[to_python(value) for value in values])


@native(MATH, "lcm")
def lcm(vm: Machine, *values: Value) -> Value:
    numbers = [to_python(value) for value in values]
    check_bits(sum(number.bit_length() for number in numbers if isinstance(number, int)))
    return compute(vm, math.lcm, *numbers)


@native(MATH, "factorial")
def factorial(vm: Machine, value: Value, /) -> Value:
    number = to_python(value)
    if isinstance(number, int) and number > MAX_FACTORIAL:
        check_bits(INTEGER_BITS + 1)
    return compute(vm, math.factorial, number)


def counting(function: Callable[..., Any]) -> Callable[..., Value]:
    """`comb` and `perm`, bounded by n ** k."""

    def call(vm: Machine, n: Value, k: Value = None, /) -> Value:
        total, chosen = to_python(n), to_python(k)
        if isinstance(total, int):
            check_bits(total.bit_length() * (chosen if isinstance(chosen, int) else total) // 4)
        return compute(vm, function, total, chosen) if chosen is not None else compute(vm, function, total)

    return call


native(MATH, "comb")(counting(math.comb))
native(MATH, "perm")(counting(math.perm))


RANDOM_VALUES = [
    "random",
    "uniform",
    "randint",
    "randrange",
    "choice",
    "choices",
    "sample",
    "gauss",
    "normalvariate",
    "betavariate",
    "expovariate",
    "getrandbits",
    "triangular",
    "getstate",
    "lognormvariate",
    "randbytes",
    "Random",
    "SystemRandom",
]
RANDOM: dict[str, Value] = {
    **{
        name: NativeFunction(f"random.{name}", opaque(Reason.DATA_DEPENDENT, f"random.{name}"))
        for name in RANDOM_VALUES
    },
    **functions({"seed": lambda vm, *args, **kwargs: None, "setstate": lambda vm, state: None}),
}


@native(RANDOM, "shuffle")
def shuffle(vm: Machine, items: Value) -> None:
    """The order is not known afterwards; the number of items is."""
    target = plain(items)
    if isinstance(target, ListValue) and len(target.items) > 1:
        touch(vm, target)
        whole = ListValue(list(target.items))
        target.items = [
            chosen_from(vm.unknown(Reason.DATA_DEPENDENT, "random.shuffle"), whole) for _ in target.items
        ]


def _statistic(name: str) -> Callable[..., Any]:
    def compute(*args: Any, **kwargs: Any) -> Any:
        import statistics  # for the few files that use it

        return getattr(statistics, name)(*args, **kwargs)

    return compute


STATISTICS = functions(
    {
        name: delegate(_statistic(name))
        for name in ["mean", "median", "mode", "stdev", "variance", "pstdev", "pvariance"]
    }
)
MATH_MODULES = {"math": MATH, "random": RANDOM, "statistics": STATISTICS}
