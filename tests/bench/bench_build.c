/* bench_build.c - memory and time of building circuits one gate at a time

   For fan-in 2 and 64: ten million wires through circuit_add_wire_si() and
   circuit_add_gate_si(), in a process of its own, and the most memory it had
   beside 8 bytes a wire, 8 a sum and 8 a gate. Exits with 1 if that was more
   than 10% above. Not a test: the time depends on the machine. */
#include "circuit/circuit.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define WIRES 10000000
#define INPUTS 1000

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Bytes, the most so far. */
static double peak(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return 1024.0 * (double)usage.ru_maxrss;
}

/* Sources all over what is there, small weights. */
static void build(struct circuit *c, size_t gates, size_t fan_in) {
  uint64_t state = 1;
  for (size_t i = 0; i < INPUTS; i++)
    circuit_add_input(c);
  for (size_t g = 0; g < gates; g++) {
    for (size_t k = 0; k < fan_in; k++) {
      state = state * UINT64_C(6364136223846793005) + 1;
      circuit_add_wire_si(c, (source_id)((state >> 33) % c->bits.n),
                          (long)(state >> 60) - 8);
    }
    circuit_add_gate_si(c, 1);
  }
}

static bool measure(size_t fan_in) {
  struct circuit c;
  size_t gates = WIRES / fan_in;
  double before = peak(), start = now();
  circuit_init(&c);
  build(&c, gates, fan_in);
  double seconds = now() - start, used = peak() - before;
  double allowed = 8.0 * (double)c.wires.n + 16.0 * (double)gates;
  printf("fan-in %zu: %zu wires, %zu sums: %.1f MB at most, %.1f MB stored "
         "(%.3f); %.1f million wires and %.2f million sums a second\n",
         fan_in, c.wires.n, gates, used / 1e6, allowed / 1e6, used / allowed,
         (double)c.wires.n / seconds / 1e6, (double)gates / seconds / 1e6);
  circuit_clear(&c);
  return used <= 1.1 * allowed;
}

/* In a process of its own: the most memory is that of a process. */
static bool measure_apart(size_t fan_in) {
  int status = 1;
  fflush(stdout);
  pid_t child = fork();
  if (child < 0)
    return false;
  if (!child) {
    bool ok = measure(fan_in);
    fflush(stdout);
    _exit(ok ? EXIT_SUCCESS : EXIT_FAILURE);
  }
  return waitpid(child, &status, 0) == child && status == 0;
}

int main(void) {
  bool narrow = measure_apart(2), wide = measure_apart(64);
  return narrow && wide ? EXIT_SUCCESS : EXIT_FAILURE;
}
