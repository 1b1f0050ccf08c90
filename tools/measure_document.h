/* measure_document.h - the measures of a circuit in a report */
#ifndef MEASURE_DOCUMENT_H
#define MEASURE_DOCUMENT_H

#include "circuit/measure.h"
#include "tools/document.h"

/* The keys of 'tc0 stats --json', which 'tc0 inspect' has too. */
void measure_document(struct document *d, const char *source,
                      const struct measure *m);
/* The same without the source. */
void measure_fields(struct document *d, const struct measure *m);
/* The same as a header and a row. */
void measure_csv(FILE *out, const char *source, const struct measure *m);

#endif
