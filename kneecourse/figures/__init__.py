"""Pictures: each function draws once on the Axes it is given and returns what moves, as a Drawing."""
