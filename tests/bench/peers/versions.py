"""Prints which peers this Python has: a line with name and version for each."""

import platform

print("CPython", platform.python_version())
try:
    import mpi4py
    import mpi4py.futures

    print("mpi4py", mpi4py.__version__)
except ImportError:
    pass
