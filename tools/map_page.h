/* map_page.h - the map as one page of HTML, with nothing from elsewhere */
#ifndef MAP_PAGE_H
#define MAP_PAGE_H

#include "analysis/map.h"

/* Readable without colours and without a pointer: cells have words, and every
   reason is in the text below the table. The page appears whole or not at all.
 */
bool map_write_page(const struct map *m, const char *path, struct error *err);

#endif
