"""mpirun python3 -m mpi4py.futures mpi4py_map.py ITEMS: nanoseconds an item of mpi4py.futures' map, chunk 1. Rank 0 hands out."""

import sys

import mpi4py.futures
import peer

if __name__ == "__main__":
    with mpi4py.futures.MPIPoolExecutor() as executor:
        peer.measure(lambda function, items: list(executor.map(function, items, chunksize=1)), int(sys.argv[1]))
