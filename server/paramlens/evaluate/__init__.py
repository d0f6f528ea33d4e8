"""The abstract interpreter: Python source in, `Analysis` out, nothing run. Its entrance is `analyze.analyze`."""
