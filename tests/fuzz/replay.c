/* Runs a fuzz target on files, for compilers without libFuzzer. */
#include "circuit/array.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

static int replay(const char *path) {
  FILE *in = fopen(path, "rb");
  if (!in) {
    perror(path);
    return EXIT_FAILURE;
  }
  ARRAY(uint8_t) bytes = {0};
  for (int ch; (ch = getc(in)) != EOF;)
    array_push(&bytes, (uint8_t)ch);
  fclose(in);
  LLVMFuzzerTestOneInput(bytes.at, bytes.n);
  array_clear(&bytes);
  return EXIT_SUCCESS;
}

int main(int n, char **paths) {
  int result = EXIT_SUCCESS;
  for (int i = 1; i < n; i++)
    if (replay(paths[i]))
      result = EXIT_FAILURE;
  return result;
}
