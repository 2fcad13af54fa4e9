"""Numbers in, numbers out: pure functions named after the tissue they describe."""
