"""Whether answers come from a preference at all: transitivity, rationalisability, position, menus."""
