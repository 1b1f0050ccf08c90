/* name_text.h - names that people gave, in reports

   A name in a circuit or of a file is any bytes but NUL. Escapes are those of
   .tc files (circuit/FORMAT): \n \t \r \xHH.

     char *text = name_visible(name);
     printf("%s\n", text);           // one line, and no orders to a terminal
     free(text); */
#ifndef NAME_TEXT_H
#define NAME_TEXT_H

#include <stdio.h>

/* New; the caller frees it. Bytes that are not UTF-8 are escaped; */
char *name_utf8(const char *name);
/* so are controls. */
char *name_visible(const char *name);
/* A field of a CSV file, in quotes. */
void name_csv(FILE *out, const char *name);

#endif
