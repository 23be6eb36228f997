"""pool_map.py WORKERS ITEMS: nanoseconds an item of CPython's multiprocessing.Pool.map, chunk 1."""

import multiprocessing
import sys

import peer

if __name__ == "__main__":
    with multiprocessing.Pool(int(sys.argv[1])) as pool:
        peer.measure(lambda function, items: pool.map(function, items, chunksize=1), int(sys.argv[2]))
