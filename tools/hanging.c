#include "tools/hanging.h"

#include <stdio.h>
#include <string.h>

void print_hanging(const char *label, int indent, const char *text) {
  do {
    size_t n = strlen(text), most = (size_t)(HANGING_LINE - indent);
    if (n > most)
      for (n = most; n > 1 && text[n] != ' ';)
        n--;
    printf("%-*s%.*s\n", indent, label, (int)n, text);
    label = "";
    text += n;
    text += *text == ' ';
  } while (*text);
}
