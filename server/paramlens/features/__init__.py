"""What people see, computed from an `Analysis` as plain frozen dataclasses. No I/O, no protocol, no colours."""
