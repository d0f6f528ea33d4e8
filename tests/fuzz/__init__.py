"""Random programs, edits and messages: `python -m tests.fuzz --help`."""
