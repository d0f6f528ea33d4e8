"""`os`, `sys`, `time`, `logging`, `warnings`, …: what depends on the machine is unknown, what only acts gives None."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from typing import NoReturn

from paramlens.evaluate.machine import Machine
from paramlens.evaluate.python.enums import ENUM_MODULE
from paramlens.evaluate.python.natives import (
    constant,
    delegate,
    functions,
    known,
    make_class,
    native,
    opaque,
    plain,
    to_python,
)
from paramlens.evaluate.python.objects import OBJECT
from paramlens.values import (
    BoundMethod,
    ClassValue,
    FunctionValue,
    Instance,
    IteratorValue,
    ModuleValue,
    NativeFunction,
    Reason,
    Unknown,
    Value,
    undetermined,
)


def environment(*names: str) -> dict[str, Value]:
    """Functions whose result depends on the machine."""
    return functions({name: opaque(Reason.ENVIRONMENT, name) for name in names})


def actions(*names: str) -> dict[str, Value]:
    """Functions that are called for what they do, and give None."""
    return functions({name: constant(None) for name in names})


def environment_class(name: str, module: str) -> ClassValue:
    """A class whose instances are not known."""

    def construct(vm: Machine, cls: ClassValue, args: tuple[Value, ...], kwargs: dict[str, Value]) -> Value:
        return vm.unknown(Reason.ENVIRONMENT, f"{module}.{name}")

    return make_class(name, (OBJECT,), {}, construct, module)


# -------------------------------------------------------------------------------------------------------------- os

PATH_FUNCTIONS = ("join", "basename", "dirname", "splitext", "split", "normpath", "isabs", "commonprefix")
PATH: dict[str, Value] = {
    **functions({name: delegate(getattr(posixpath, name)) for name in PATH_FUNCTIONS}),
    **environment(
        "exists", "isfile", "isdir", "getsize", "getmtime", "expanduser", "expandvars",
        "relpath", "islink", "lexists", "samefile",
    ),
    "sep": "/",
}  # fmt: skip


def absolute(vm: Machine, path: Value) -> Value:
    """`abspath` and `realpath` of what is absolute already (`__file__`); the folder of the run is not known."""
    written = plain(path)
    if isinstance(written, str) and written.startswith("/"):
        return posixpath.normpath(written)
    return vm.unknown(Reason.ENVIRONMENT, "abspath")


PATH |= functions({"abspath": absolute, "realpath": absolute})


def environment_value(vm: Machine, self_or_name: Value, *rest: Value, **named: Value) -> Unknown:
    name = plain(self_or_name)
    return vm.unknown(Reason.ENVIRONMENT, name if isinstance(name, str) else "os.environ")


def is_unset(vm: Machine, name: Value) -> bool:
    """Installed packages are read as they are without the environment variables that switch them, unless the program
    sets one itself."""
    known_name = plain(name)
    return isinstance(known_name, str) and vm.is_installed_code() and not vm.assigned_variables & {known_name, "*"}


def variable(vm: Machine, self: Value, name: Value, default: Value = None) -> Value:
    return default if is_unset(vm, name) else environment_value(vm, name)


def required_variable(vm: Machine, self: Value, name: Value) -> Value:
    return environment_value(vm, name)


def has_variable(vm: Machine, self: Value, name: Value) -> Value:
    return False if is_unset(vm, name) else environment_value(vm, name)


def get_variable(vm: Machine, key: Value, default: Value = None) -> Value:
    return variable(vm, None, key, default)


def assign_variable(vm: Machine, self: Value, name: Value, *value: Value) -> None:
    known_name = plain(name)
    vm.assign_variable(known_name if isinstance(known_name, str) else "*")


def set_default_variable(vm: Machine, self: Value, name: Value, default: Value = None) -> Value:
    found = variable(vm, self, name, default)
    assign_variable(vm, self, name)
    return found


def assign_variables(vm: Machine, self: Value, *values: Value, **named: Value) -> None:
    vm.assign_variable("*")


ENVIRON_CLASS = make_class(
    "_Environ",
    (OBJECT,),
    {
        **functions({"get": variable, "pop": variable, "setdefault": set_default_variable}),
        **functions({"__getitem__": required_variable, "__contains__": has_variable}),
        **functions(dict.fromkeys(("items", "keys", "values", "copy", "__iter__", "__len__"), environment_value)),
        **functions({"__setitem__": assign_variable, "__delitem__": assign_variable, "update": assign_variables}),
    },
    None,
    "os",
)
OS: dict[str, Value] = {
    **environment(
        "getcwd", "listdir", "walk", "scandir", "stat", "cpu_count", "getpid", "getlogin", "uname", "system", "popen",
        "urandom", "access", "sched_getaffinity", "get_terminal_size",
    ),
    **actions("makedirs", "mkdir", "remove", "unlink", "rmdir", "rename", "chdir", "chmod", "removedirs"),
    "getenv": NativeFunction("getenv", get_variable),
    "putenv": NativeFunction("putenv", lambda vm, name, value: assign_variable(vm, None, name)),
    "environ": Instance(ENVIRON_CLASS),
    "sep": "/",
    "linesep": "\n",
    "pathsep": ":",
    "name": "posix",
    "PathLike": make_class("PathLike", (OBJECT,), {}, None, "os"),
    "fspath": NativeFunction("fspath", lambda vm, path: known(path)),
}  # fmt: skip

# ------------------------------------------------------------------------------------------------------------- sys

MODULES_CLASS: dict[str, Value] = {}
SYS: dict[str, Value] = {
    **environment("getrecursionlimit", "getsizeof", "getrefcount", "_getframe", "exc_info"),
    **actions("setrecursionlimit", "settrace", "setprofile"),
    "version_info": (3, 11, 0, "final", 0),
    "platform": "linux",
    "byteorder": "little",
    "maxsize": 2**63 - 1,
    "flags": Unknown(Reason.ENVIRONMENT, "sys.flags"),
    "modules": Instance(make_class("modules", (OBJECT,), MODULES_CLASS, None, "sys")),
    "stdout": Instance(make_class("TextIO", (OBJECT,), actions("write", "flush", "close"), None, "sys")),
    "stdin": Unknown(Reason.ENVIRONMENT, "sys.stdin"),
    "argv": Unknown(Reason.ENVIRONMENT, "sys.argv"),
    "path": Instance(make_class("path", (OBJECT,), actions("append", "insert", "extend", "remove"), None, "sys")),
    "version": Unknown(Reason.ENVIRONMENT, "sys.version"),
    "executable": Unknown(Reason.ENVIRONMENT, "sys.executable"),
}
SYS["stderr"] = SYS["stdout"]


@native(SYS, "exit")
def exit_(vm: Machine, code: Value = None) -> NoReturn:
    vm.throw("SystemExit", str(code) if isinstance(code, int | str) else "")


@native(MODULES_CLASS, "__getitem__", "get")
def loaded_module(vm: Machine, self: Value, name: Value, default: Value = None) -> Value:
    return vm.import_module(to_python(name))


@native(MODULES_CLASS, "__contains__")
def is_loaded(vm: Machine, self: Value, name: Value) -> Value:
    return vm.unknown(Reason.ENVIRONMENT, "sys.modules")


# --------------------------------------------------------------------------------------------------------- logging

LOGGER_METHODS = [
    "debug",
    "info",
    "warning",
    "warn",
    "error",
    "critical",
    "exception",
    "log",
    "setLevel",
    "addHandler",
    "removeHandler",
    "addFilter",
    "setFormatter",
    "flush",
    "close",
    "handle",
]
LOGGER = make_class(
    "Logger",
    (OBJECT,),
    {**actions(*LOGGER_METHODS), **environment("isEnabledFor", "getEffectiveLevel", "hasHandlers")},
    lambda vm, cls, args, kwargs: vm.new_instance(cls),
    "logging",
)
HANDLERS = "StreamHandler FileHandler Formatter Handler NullHandler Filter"


def new_logger(vm: Machine, name: Value = None) -> Instance:
    logger = vm.new_instance(LOGGER)
    logger.attributes["name"] = name if name is not None else "root"
    logger.attributes["propagate"] = True
    return logger


LOGGING: dict[str, Value] = {
    **actions(*LOGGER_METHODS, "basicConfig", "disable", "captureWarnings", "addLevelName", "shutdown"),
    "getLogger": NativeFunction("getLogger", new_logger),
    "Logger": LOGGER,
    **{
        name: make_class(name, (LOGGER,), {}, lambda vm, cls, args, kwargs: vm.new_instance(cls), "logging")
        for name in HANDLERS.split()
    },
    "CRITICAL": 50, "FATAL": 50, "ERROR": 40, "WARNING": 30, "WARN": 30, "INFO": 20, "DEBUG": 10, "NOTSET": 0,
}  # fmt: skip
WARNINGS = actions("warn", "filterwarnings", "simplefilter", "resetwarnings", "warn_explicit")

# ------------------------------------------------------------------------------------------------------ contextlib


def enter_self(vm: Machine, self: Value) -> Value:
    return self


def null_context(vm: Machine, cls: ClassValue, args: tuple[Value, ...], kwargs: dict[str, Value]) -> Instance:
    made = vm.new_instance(cls)
    made.attributes["enter_result"] = args[0] if args else kwargs.get("enter_result")
    return made


def make_suppress(vm: Machine, cls: ClassValue, args: tuple[Value, ...], kwargs: dict[str, Value]) -> Instance:
    made = vm.new_instance(cls)
    made.attributes["_exceptions"] = tuple(args)
    return made


def suppress_exit(vm: Machine, self: Instance, kind: Value, error: Value, trace: Value) -> Value:
    """True for the exceptions that it names."""
    if kind is None:
        return False
    answer = vm.is_subclass(kind, self.attributes["_exceptions"])
    if answer is None:
        raise undetermined(Reason.UNKNOWN_ARGUMENT, "suppress")
    return answer


def plain_context(
    name: str, enter: Callable[..., Value], exit_: Callable[..., Value], construct: Callable[..., Value]
) -> ClassValue:
    return make_class(name, (OBJECT,), functions({"__enter__": enter, "__exit__": exit_}), construct, "contextlib")


def same(vm: Machine, value: Value) -> Value:
    return value


CONTEXTLIB: dict[str, Value] = {
    **functions({"contextmanager": same, "asynccontextmanager": same, "closing": same}),
    "nullcontext": plain_context(
        "nullcontext", lambda vm, self: self.attributes["enter_result"], constant(None), null_context
    ),
    "suppress": plain_context("suppress", enter_self, suppress_exit, make_suppress),
    "redirect_stdout": plain_context("redirect_stdout", enter_self, constant(None), null_context),
    "redirect_stderr": plain_context("redirect_stderr", enter_self, constant(None), null_context),
    "ContextDecorator": make_class("ContextDecorator", (OBJECT,), {}, None, "contextlib"),
    "AbstractContextManager": make_class(
        "AbstractContextManager",
        (OBJECT,),
        functions({"__enter__": enter_self, "__exit__": constant(None)}),
        None,
        "contextlib",
    ),
    "ExitStack": environment_class("ExitStack", "contextlib"),
}
WARNINGS["catch_warnings"] = plain_context("catch_warnings", enter_self, constant(None), null_context)

# ------------------------------------------------------------------------------------------------- importlib, time

IMPORTLIB: dict[str, Value] = {}
IMPORTLIB_UTIL = environment("find_spec", "module_from_spec", "spec_from_file_location")


@native(IMPORTLIB, "import_module")
def import_module(vm: Machine, name: Value, package: Value = None) -> Value:
    text = to_python(name)
    if text.startswith("."):
        base = to_python(package).split(".") if package is not None else []
        dots = len(text) - len(text.lstrip("."))
        text = ".".join([*base[: len(base) - dots + 1], text.lstrip(".")])
    return vm.import_module(text)


native(IMPORTLIB, "reload")(lambda vm, module: module)


TIME = environment(
    "time", "perf_counter", "monotonic", "process_time", "time_ns", "localtime", "gmtime", "strftime", "ctime"
)
TIME |= actions("sleep")
DATETIME: dict[str, Value] = {
    name: environment_class(name, "datetime") for name in ("datetime", "date", "time", "timedelta", "timezone")
}
for date_class in DATETIME.values():
    for date_name in ("now", "today", "utcnow", "fromtimestamp", "strptime", "fromisoformat"):
        date_class.namespace[date_name] = NativeFunction(date_name, opaque(Reason.ENVIRONMENT, date_name))
PATHLIB: dict[str, Value] = {
    name: environment_class(name, "pathlib")
    for name in ("Path", "PurePath", "PosixPath", "PurePosixPath", "WindowsPath")
}
for path_class in PATHLIB.values():
    for path_name in ("cwd", "home"):
        path_class.namespace[path_name] = NativeFunction(path_name, opaque(Reason.ENVIRONMENT, path_name))

# --------------------------------------------------------------------------------------------------------- inspect


def kind_test(*kinds: type) -> Callable[..., Value]:
    return lambda vm, value: isinstance(known(value), kinds)


INSPECT: dict[str, Value] = functions(
    {
        "isclass": kind_test(ClassValue),
        "isfunction": kind_test(FunctionValue),
        "ismethod": kind_test(BoundMethod),
        "ismodule": kind_test(ModuleValue),
        "isgenerator": kind_test(IteratorValue),
        "isbuiltin": kind_test(NativeFunction),
        "isroutine": kind_test(FunctionValue, NativeFunction, BoundMethod),
        "getdoc": constant(None),
        "cleandoc": same,
    }
) | environment("getsource", "getfile", "getmodule", "stack", "currentframe", "getmembers")

SYSTEM_MODULES: dict[str, dict[str, Value]] = {
    "os": OS,
    "os.path": PATH,
    "posixpath": PATH,
    "pathlib": PATHLIB,
    "sys": SYS,
    "logging": LOGGING,
    "warnings": WARNINGS,
    "contextlib": CONTEXTLIB,
    "importlib": IMPORTLIB,
    "importlib.util": IMPORTLIB_UTIL,
    "time": TIME,
    "datetime": DATETIME,
    "inspect": INSPECT,
    "enum": ENUM_MODULE,
    "gc": actions("collect", "enable", "disable", "freeze"),
    "atexit": functions({"register": lambda vm, function, *args, **kwargs: function}),
    "shutil": actions("rmtree", "copy", "copyfile", "move", "copytree"),
    "errno": {"EEXIST": 17, "ENOENT": 2},
    "__future__": dict.fromkeys(("annotations", "division", "print_function", "absolute_import", "unicode_literals")),
}
