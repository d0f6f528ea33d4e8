"""The Python that models are written in: builtins and models of the standard library, as native functions."""
