"""Runs a command of the command line, which is loaded within reach of a Ctrl-C."""

import sys

try:
    from kscale_nb.commands import main

    code = main()
except KeyboardInterrupt:  # before the command could tell it itself
    code = 130
    if sys.stderr is not None:
        print("kscale_nb: interrupted", file=sys.stderr)
sys.exit(code)
