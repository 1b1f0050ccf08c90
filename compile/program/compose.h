/* compose.h - between the files of map, loop and tree */
#ifndef COMPOSE_H
#define COMPOSE_H

#include "compile/program/operation.h"

struct compose {
  size_t carried, sliced;
  size_id rounds;
  size_id levels, nodes; // of a tree: ceil(log2 rounds), rounds - 1
};

void certify_loop(struct proof *k, const struct step *s);
void certify_tree(struct proof *k, const struct step *s);

#endif
