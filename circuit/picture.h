/* picture.h - what dot.c draws: nodes, and edges with their labels

   Knows circuits, and nothing of Graphviz.

     struct part part;
     struct picture p = {0};
     if (!part_init(&part, &c, "carry", &err))
       return false;
     bool ok = picture_of(&p, &part, DOT_GATES, 1000);
     picture_clear(&p);
     part_clear(&part); */
#ifndef PICTURE_H
#define PICTURE_H

#include "circuit/dot.h"

#include <stdint.h>

/* The part of a circuit that is drawn. */
struct part {
  const struct circuit *c;
  bool is_cone;          // only what the outputs read
  ARRAY(size_t) outputs; // of c->outputs
  uint32_t *depth;       // by ladder
  uint32_t *slack;       // by bit; SLACK_NONE: the outputs do not read it
  uint32_t most;         // greatest depth of an output
};

/* `cone` as in dot.h, or NULL for all. False if there is no such output; then
   the part is clear. */
bool part_init(struct part *part, const struct circuit *c, const char *cone,
               struct error *err);
void part_clear(struct part *part);

enum picture_kind {
  PICTURE_INPUT,
  PICTURE_CONSTANT,
  PICTURE_GATE,
  PICTURE_MARKED, // gates that were made for outputs only, see measure.h
  PICTURE_OUTPUT
};

#define PICTURE_NO_BUS SIZE_MAX

/* Labels and tooltips are places in picture.text: UTF-8, lines end in LF. */
struct picture_node {
  char letter; // of the name, see dot.h
  size_t number;
  enum picture_kind kind;
  uint32_t rank; // column
  size_t bus;    // of inputs or outputs; PICTURE_NO_BUS
  bool is_critical;
  size_t label, tooltip;
};

struct picture_edge {
  uint32_t from, to;
  bool is_negative; // of negative weight
  bool is_critical;
  size_t label;
};

struct picture {
  ARRAY(struct picture_node) nodes;
  ARRAY(struct picture_edge) edges;
  ARRAY(char) text;
};

/* Into a picture of zero bytes. False if it needs more than max_nodes nodes or
   100 * max_nodes edges: it then has some of them. */
bool picture_of(struct picture *p, const struct part *part, enum dot_view view,
                size_t max_nodes);
/* The place of a text of any length, as it is shown. */
size_t picture_add_text(struct picture *p, const char *text);
void picture_clear(struct picture *p);

#endif
