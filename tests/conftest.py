"""Settings for every test."""

import os
import signal
import sys

# The program is started some thousand times: without its bytecode it would be compiled anew each time.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # inherited from a shell's `&`: the programs started here hear it
    signal.signal(signal.SIGINT, signal.default_int_handler)
