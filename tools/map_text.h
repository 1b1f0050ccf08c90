/* map_text.h - the map for a terminal of 80 columns */
#ifndef MAP_TEXT_H
#define MAP_TEXT_H

#include "analysis/map.h"

/* Tasks by class, models by class, a matrix with symbols and its legend. */
void map_print(const struct map *m);
/* One pair, with its reason and what is known of both. */
void map_print_cell(const struct map *m, size_t task, size_t model);

/* "+", "-" and "?" for enum map_fits. */
extern const char map_symbols[];

#endif
