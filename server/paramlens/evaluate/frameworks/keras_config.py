"""What a program sets for all Keras layers that are made afterwards: the place of the channels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paramlens.values import DictValue, Reason, Unknown, Value, born_before_all

if TYPE_CHECKING:
    from paramlens.evaluate.interpreter import Interpreter

_SETTINGS = "<keras settings>"  # among the values of the framework, one for each evaluation
_FORMATS = {
    "channels_first": "channels_first",
    "channels_last": "channels_last",
    "th": "channels_first",
    "tf": "channels_last",
}


def _settings(vm: Interpreter) -> DictValue:
    found = vm.framework_values.get(_SETTINGS)
    if not isinstance(found, DictValue):
        with born_before_all():  # in whichever branch it is asked for first
            found = vm.framework_values[_SETTINGS] = DictValue({"image_data_format": "channels_last"})
    return found


def image_data_format(vm: Interpreter) -> Value:
    """`channels_last`, unless the program has set another."""
    return _settings(vm).items.get("image_data_format", "channels_last")


def default_data_format(vm: Interpreter) -> Value:
    """What a layer without `data_format` takes: None, which rules read as channels last, unless something is set."""
    present = image_data_format(vm)
    return None if present == "channels_last" else present


def image_dim_ordering(vm: Interpreter) -> Value:
    """The same in the words of Keras 1: `th` or `tf`."""
    present = image_data_format(vm)
    return present if isinstance(present, Unknown) else "th" if present == "channels_first" else "tf"


def set_image_data_format(vm: Interpreter, data_format: Value = None, **named: Value) -> Value:
    """`set_image_data_format("channels_first")`; Keras 1 says `set_image_dim_ordering("th")`."""
    given = named.get("dim_ordering", data_format)
    settings = _settings(vm)
    vm.touch(settings)
    vm.journal.patches = True
    known = _FORMATS.get(given) if isinstance(given, str) else None
    settings.items["image_data_format"] = (
        known if known is not None else vm.unknown(Reason.UNKNOWN_ARGUMENT, "the image data format")
    )
    return None
