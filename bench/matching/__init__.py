"""How well and how fast demands find listings, beside other engines: `make bench-matching`."""
