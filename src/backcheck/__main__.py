"""`python -m backcheck`."""

import sys

if not sys.flags.safe_path:
    # `-m` puts the current folder first: a workspace could slip us its own `yaml.py`. (A folder `backcheck` in it comes
    # before this line: only `python -P -m backcheck`, or the command, is safe from that.)
    del sys.path[0]

from backcheck.cli import main

main()
