/* lab_report.h - what a lab found, as text, JSON and HTML */
#ifndef LAB_REPORT_H
#define LAB_REPORT_H

#include "analysis/labs/lab.h"
#include "tools/document.h"

#include <stdio.h>

/* With curves drawn in letters, if there is a gnuplot. */
void lab_print(const struct lab *lab, const struct exhibit *e);

/* The page's begin and end, and a section for each lab. False with a message
   if gnuplot, which it needs for curves, is not there or fails. */
void lab_page_begin(FILE *out);
bool lab_page_section(FILE *out, const struct lab *lab, const struct exhibit *e,
                      struct error *err);
void lab_page_end(FILE *out);

void lab_document(struct document *d, const struct lab *lab,
                  const struct exhibit *e);

/* All of them do. */
bool findings_hold(const struct exhibit *e);

#endif
