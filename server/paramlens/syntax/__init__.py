"""Python text -> code objects. The one room that imports libcst; `source.read_source` is its entrance."""
