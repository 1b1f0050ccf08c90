/* html.h - text within pages */
#ifndef HTML_H
#define HTML_H

#include <stdio.h>

/* Letters of text and of attributes, so that they are no markup. */
void html_put(FILE *out, const char *text);
/* <tag>text</tag> */
void html_element(FILE *out, const char *tag, const char *text);

#endif
