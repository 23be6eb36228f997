# The examples, built with an installed rankpool: cmake -S . -B build && cmake --build build
cmake_minimum_required(VERSION 3.18)
project(rankpool_examples LANGUAGES C)
find_package(rankpool 0.1 REQUIRED)
foreach(name arrays async completions energy failures grid isolated lazy measured primes records shared state statistics words)
  add_executable(${name} ${name}.c)
  target_link_libraries(${name} PRIVATE rankpool::rankpool m)
endforeach()
