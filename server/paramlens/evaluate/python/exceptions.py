"""The builtin exception classes. An instance is an `Instance` whose attribute `args` is the tuple of arguments."""

from __future__ import annotations

import builtins

from paramlens.evaluate.machine import Machine
from paramlens.evaluate.python.construct import new_method
from paramlens.evaluate.python.formatting import repr_of, text_of
from paramlens.evaluate.python.natives import make_class, native, touch
from paramlens.evaluate.python.objects import OBJECT
from paramlens.values import ClassValue, Instance, Value

EXCEPTION_METHODS: dict[str, Value] = {}


def construct_exception(vm: Machine, cls: ClassValue, args: tuple[Value, ...], kwargs: dict[str, Value]) -> Instance:
    instance = vm.new_instance(cls)
    instance.attributes["args"] = tuple(args)
    if args and cls.qualified_name in ("StopIteration", "SystemExit"):
        instance.attributes["value" if cls.qualified_name == "StopIteration" else "code"] = args[0]
    for name, value in kwargs.items():  # ImportError(name=…, path=…)
        instance.attributes[name] = value
    return instance


@native(EXCEPTION_METHODS, "__init__")
def init_exception(vm: Machine, self: Instance, *args: Value, **kwargs: Value) -> None:
    touch(vm, self)
    self.attributes["args"] = tuple(args)


@native(EXCEPTION_METHODS, "__str__")
def exception_text(vm: Machine, self: Instance) -> str:
    """Nothing, the one argument, or all of them; a KeyError quotes its key."""
    args = self.attributes.get("args", ())
    if not args:
        return ""
    if len(args) > 1:
        return repr_of(vm, args)
    quoted = any(getattr(base, "qualified_name", "") == "KeyError" for base in self.cls.mro)
    return repr_of(vm, args[0]) if quoted else text_of(vm, args[0])


@native(EXCEPTION_METHODS, "__repr__")
def exception_repr(vm: Machine, self: Instance) -> str:
    return f"{self.cls.name}({', '.join(repr_of(vm, arg) for arg in self.attributes.get('args', ()))})"


@native(EXCEPTION_METHODS, "with_traceback")
def with_traceback(vm: Machine, self: Instance, traceback: Value) -> Instance:
    return self


@native(EXCEPTION_METHODS, "add_note")
def add_note(vm: Machine, self: Instance, note: Value) -> None:
    return None


EXCEPTION_METHODS["__cause__"] = None
EXCEPTION_METHODS["__context__"] = None
EXCEPTION_METHODS["__traceback__"] = None
EXCEPTION_METHODS["__new__"] = new_method(construct_exception)

# Taken by name from Python 3.10, so that what an analysis says does not hang on the Python that runs it.
NAMES = [
    "BaseException",
    "GeneratorExit",
    "KeyboardInterrupt",
    "SystemExit",
    "Exception",
    "ArithmeticError",
    "FloatingPointError",
    "OverflowError",
    "ZeroDivisionError",
    "AssertionError",
    "AttributeError",
    "BufferError",
    "EOFError",
    "ImportError",
    "ModuleNotFoundError",
    "LookupError",
    "IndexError",
    "KeyError",
    "MemoryError",
    "NameError",
    "UnboundLocalError",
    "OSError",
    "BlockingIOError",
    "ChildProcessError",
    "ConnectionError",
    "BrokenPipeError",
    "ConnectionAbortedError",
    "ConnectionRefusedError",
    "ConnectionResetError",
    "FileExistsError",
    "FileNotFoundError",
    "InterruptedError",
    "IsADirectoryError",
    "NotADirectoryError",
    "PermissionError",
    "ProcessLookupError",
    "TimeoutError",
    "ReferenceError",
    "RuntimeError",
    "NotImplementedError",
    "RecursionError",
    "StopAsyncIteration",
    "StopIteration",
    "SyntaxError",
    "IndentationError",
    "TabError",
    "SystemError",
    "TypeError",
    "ValueError",
    "UnicodeError",
    "UnicodeDecodeError",
    "UnicodeEncodeError",
    "UnicodeTranslateError",
    "Warning",
    "BytesWarning",
    "DeprecationWarning",
    "EncodingWarning",
    "FutureWarning",
    "ImportWarning",
    "PendingDeprecationWarning",
    "ResourceWarning",
    "RuntimeWarning",
    "SyntaxWarning",
    "UnicodeWarning",
    "UserWarning",
]

EXCEPTION_CLASSES: dict[str, ClassValue] = {}


def define(kind: type) -> ClassValue:
    """The class of a builtin exception, its base first."""
    name = kind.__name__
    if name not in EXCEPTION_CLASSES:
        base = OBJECT if kind is BaseException else define(kind.__bases__[0])
        namespace = EXCEPTION_METHODS if kind is BaseException else {}
        EXCEPTION_CLASSES[name] = make_class(name, (base,), namespace, construct_exception)
    return EXCEPTION_CLASSES[name]


for exception_name in NAMES:
    define(getattr(builtins, exception_name))
for alias in ("IOError", "EnvironmentError"):
    EXCEPTION_CLASSES[alias] = EXCEPTION_CLASSES["OSError"]
EXCEPTION_CLASSES["ExceptionGroup"] = make_class(
    "ExceptionGroup", (EXCEPTION_CLASSES["Exception"],), {}, construct_exception
)
