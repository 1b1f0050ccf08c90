/* document.h - JSON that is always valid

     struct document *d = document_new();
     document_text(d, "source", "add n=8");
     document_count(d, "depth", 2);
     document_digits(d, "gates", gates);   // "16": may be of any size
     struct document *list = document_list(d, "operations");
     document_count(document_item(list), "depth_from", 1);
     document_print(d, stdout);            // with "schema": 1; frees d

   Bytes that are not UTF-8 are written as in .tc files, \xHH, and a key that is
   there already gets its place, "x_2". The only file that knows the library
   behind it. Parts are owned by the whole. */
#ifndef DOCUMENT_H
#define DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <gmp.h>

struct document;

struct document *document_new(void);
void document_print(struct document *d, FILE *out);
void document_free(struct document *d); // without printing; may be NULL

void document_text(struct document *d, const char *key, const char *text);
void document_count(struct document *d, const char *key, size_t n);
void document_whole(struct document *d, const char *key, long n);
void document_real(struct document *d, const char *key, double x); // null if
                                                                   // infinite
void document_bool(struct document *d, const char *key, bool b);
void document_null(struct document *d, const char *key);
void document_digits(struct document *d, const char *key, const mpz_t z);
void document_digits_ui(struct document *d, const char *key, size_t n);
/* "p/q" and, with "_approx" after the key, the nearest double. */
void document_rational(struct document *d, const char *key, const mpq_t q);
struct document *document_object(struct document *d, const char *key);
struct document *document_list(struct document *d, const char *key);
/* A new object, list or integer at the end of a list. */
struct document *document_item(struct document *list);
struct document *document_row(struct document *list);
void document_add_text(struct document *list, const char *text);
void document_add_count(struct document *list, size_t n);

#endif
