"""The tests.

What Python compiles is kept, whatever the environment says: each worker would rewrite all assertions anew, of the tests and of Hypothesis,
which takes longer than to find them, and every process that a test starts would compile the whole program.
"""

import os
import sys

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
