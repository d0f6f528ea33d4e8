"""Declarations: one for each layer and tensor operation, by framework (see `declare`)."""
