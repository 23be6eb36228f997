"""pool_words.py WORKERS WAY FOLDER FILES: milliseconds in which CPython's multiprocessing.Pool counts the words of the files 0, 1, … of a
folder, and merges the counts as they come. WAY: findall or translate, how a worker takes a text apart. Wrong counts are an error."""

import collections
import multiprocessing
import re
import string
import sys
import time

N_TIMES = 3
SPACED = bytes(ord(chr(c).lower()) if chr(c) in string.ascii_letters else 32 for c in range(256))


def by_findall(path):
    with open(path, encoding="ascii") as file:
        return collections.Counter(re.findall("[a-z]+", file.read().lower()))


def by_translate(path):
    with open(path, "rb") as file:
        return collections.Counter(file.read().translate(SPACED).split())


def count_all(pool, way, paths):
    total = collections.Counter()
    for counts in pool.imap_unordered(way, paths, chunksize=16):
        total.update(counts)
    return total


def expected(folder):
    with open(folder + "/expected", encoding="ascii") as file:
        return {word: int(n) for word, n in (line.split() for line in file)}


def main():
    workers, way, folder, n_files = int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
    function = by_findall if way == "findall" else by_translate
    paths = ["%s/%d" % (folder, k) for k in range(n_files)]
    with multiprocessing.Pool(workers) as pool:
        total = count_all(pool, function, paths)
        start = time.perf_counter()
        for _ in range(N_TIMES):
            total = count_all(pool, function, paths)
        taken_s = time.perf_counter() - start
    if {word if isinstance(word, str) else word.decode(): n for word, n in total.items()} != expected(folder):
        sys.exit("wrong counts")
    print(taken_s / N_TIMES * 1e3)


if __name__ == "__main__":
    main()
