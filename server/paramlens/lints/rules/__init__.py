"""One module for each rule; see `declare`."""
