"""Settings for every test."""

import os
import sys

# The program is started some thousand times: without its bytecode it would be compiled anew each time.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
