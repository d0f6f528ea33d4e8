"""The counts of instances: as their constructors leave them, and at the end."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from paramlens.facts import Tally
from paramlens.values import Instance, Reason

if TYPE_CHECKING:
    from paramlens.evaluate.interpreter import Interpreter


class Tallies:
    """All counts of one run, by the identity of what was counted.

    final        each is computed once, when the evaluation is over
    constructed  torch: counts as the constructor left them
    large_trees  instances that were looked at in counting large modules
    """

    def __init__(self, vm: Interpreter) -> None:
        self._vm = vm
        self.begin()

    def begin(self) -> None:
        """Forget those of the last run of the program."""
        self.final: dict[int, Tally] = {}
        self.constructed: dict[int, Tally] = {}
        self.large_trees = 0

    def note(self, instance: Instance) -> None:
        """A constructor of the analysed file is done: torch modules are counted as it leaves them."""
        vm = self._vm
        in_file = instance.place is not None and vm.main is not None and instance.place.path == vm.main.path
        if in_file and instance.state is not None and instance.state.framework == "torch":
            from paramlens.evaluate.counting import construction_tally

            self.constructed[id(instance)] = _plain(construction_tally(vm, instance))

    def at_site(self, instance: Instance) -> Tally:
        """The count to show where an instance is constructed: torch at its construction (a container that is filled
        later holds nothing yet), Keras and lazy modules once they are built."""
        early = self.constructed.get(id(instance))
        if early is None or (early.reason is not None and early.reason.reason is Reason.NOT_BUILT):
            return self.of(instance)
        return early

    def of(self, instance: Instance) -> Tally:
        """The final count of an instance; only to be asked when the evaluation is over."""
        from paramlens.evaluate.counting import tally_of

        if id(instance) not in self.final:
            self.final[id(instance)] = _plain(tally_of(self._vm, instance))
        return self.final[id(instance)]


def _plain(tally: Tally) -> Tally:
    """A tally that holds nothing of the program, which it may outlast."""
    reason = tally.reason
    return tally if reason is None or not reason.options else replace(tally, reason=reason.alone())
