/* values_text.h - integers of buses on the command line and in reports

     fmpz *z = _fmpz_vec_init(bus_values(buses, n));
     values_set(z, is_set, buses, n, "x=0b1011", &err)   // --set
     values_print(stdout, z, buses, n);        // "s=300", a line for each bus
 */
#ifndef VALUES_TEXT_H
#define VALUES_TEXT_H

#include "circuit/circuit.h"
#include "circuit/error.h"
#include "tools/document.h"

#include <flint/fmpz.h>

/* NAME=INTEGER; NAME=INTEGER,INTEGER,... for all values of a bus, or as many
   digits without commas, '.' for 0; NAME3=INTEGER for one. Decimal, 0x or 0b;
   within the bus's width. */
bool values_set(fmpz *z, bool *is_set, const struct bus *bus, size_t n,
                const char *text, struct error *err);
/* An integer as values_set() takes it. */
bool value_parse(fmpz_t z, const char *text, size_t n);
/* Whether it fits the bus. */
bool value_fits(const fmpz_t z, const struct bus *bus);
void values_print(FILE *out, const fmpz *z, const struct bus *bus, size_t n);
/* {"s": "300"} or {"y": ["1", "0"]}. */
void values_document(struct document *d, const char *key, const fmpz *z,
                     const struct bus *bus, size_t n);

#endif
