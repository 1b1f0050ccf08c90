/* The only file that knows cgraph. cgraph numbers what has a name by the
   address of the name, and sorts subgraphs by these numbers; here a number is
   made of the name instead, so that the same picture is always the same bytes.
 */
#include "circuit/dot.h"
#include "circuit/picture.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include <cgraph.h>

const char *const dot_view_names[DOT_VIEWS] = {"gates", "ladders", "ops"};

/* cgraph says char * where it means const char *. */
static char *loose(const char *text) {
  return (char *)(uintptr_t)text;
}

/* It reports errors in pieces. */
static struct error gathered;

static int gather(char *piece) {
  size_t n = strlen(gathered.message);
  if (n + 1 < sizeof gathered.message)
    snprintf(gathered.message + n, sizeof gathered.message - n, "%s", piece);
  return 0;
}

/* Numbers are BOX, if it is the box of a bus, then the letter, then the number
   in the name; without a letter they have no name. */
#define BOX ((IDTYPE)1 << 63)
#define BOX_PREFIX "cluster_" // Graphviz draws boxes for these
#define LETTER_BITS 48
#define GRAPH_NAME "circuit"

static void *open_numbers(Agraph_t *g, Agdisc_t *discipline) {
  static IDTYPE last;
  (void)g, (void)discipline;
  last = 0;
  return &last;
}

static long take_number(void *last, int kind, char *name, IDTYPE *id,
                        int is_new) {
  (void)kind, (void)is_new;
  if (!name) {
    *id = ++*(IDTYPE *)last;
    return 1;
  }
  bool is_box = !strncmp(name, BOX_PREFIX, strlen(BOX_PREFIX));
  name += is_box ? strlen(BOX_PREFIX) : 0;
  *id = (is_box ? BOX : 0) | (IDTYPE)(unsigned char)*name << LETTER_BITS |
        strtoul(name + 1, NULL, 10);
  return 1;
}

static char *name_number(void *last, int kind, IDTYPE id) {
  static char text[sizeof BOX_PREFIX + 24];
  char letter = (char)((id & ~BOX) >> LETTER_BITS);
  (void)last;
  if (!letter)
    return NULL;
  if (kind == AGRAPH && !(id & BOX))
    return loose(GRAPH_NAME);
  snprintf(text, sizeof text, "%s%c%lu", id & BOX ? BOX_PREFIX : "", letter,
           (unsigned long)(id & (((IDTYPE)1 << LETTER_BITS) - 1)));
  return text;
}

static long keep_number(void *last, int kind, IDTYPE id) {
  (void)last, (void)kind, (void)id;
  return 0;
}

static void forget_number(void *last, int kind, IDTYPE id) {
  (void)last, (void)kind, (void)id;
}

static void close_numbers(void *last) {
  (void)last;
}

static void register_number(void *last, int kind, void *object) {
  (void)last, (void)kind, (void)object;
}

static Agiddisc_t numbers = {open_numbers,   take_number, keep_number,
                             forget_number,  name_number, close_numbers,
                             register_number};

struct style {
  const char *name, *value;
};

static const struct style graph_style[] = {
    {"rankdir", "LR"},   {"newrank", "true"},  {"ranksep", "0.9"},
    {"nodesep", "0.15"}, {"charset", "UTF-8"}, {"fontname", "Helvetica"},
    {"fontsize", "16"}};
static const struct style node_style[] = {
    {"fontname", "Helvetica"}, {"fontsize", "11"},       {"shape", "ellipse"},
    {"style", "filled"},       {"fillcolor", "#fff3d0"}, {"color", "#b08a2e"},
    {"penwidth", "1"},         {"margin", "0.06,0.03"},  {"height", "0.3"},
    {"width", "0.4"},          {"tooltip", ""},          {"label", ""}};
static const struct style edge_style[] = {
    {"fontname", "Helvetica"}, {"fontsize", "9"},   {"color", "#8a8f98"},
    {"fontcolor", "#3c4250"},  {"penwidth", "0.8"}, {"arrowsize", "0.5"},
    {"style", "solid"},        {"label", ""}};

/* Where labels stand at the heads of edges. */
static const struct style head_style[] = {
    {"headlabel", ""}, {"labeldistance", "1.6"}, {"labelangle", "12"}};

/* By enum picture_kind: what differs from node_style, where it is not NULL. */
static const struct kind_style {
  const char *shape, *style, *fill, *color;
} kind_styles[] = {
    [PICTURE_INPUT] = {"box", NULL, "#d8e8fa", "#4a7db8"},
    [PICTURE_CONSTANT] = {"box", "filled,dashed", "#f2f2f2", "#8a8f98"},
    [PICTURE_GATE] = {NULL, NULL, NULL, NULL},
    [PICTURE_MARKED] = {NULL, NULL, "#e9f5dc", "#5e9440"},
    [PICTURE_OUTPUT] = {"box", "filled,rounded", "#d3eebf", "#4d8a2e"}};

#define CRITICAL_COLOR "#d9480f"
#define NEGATIVE_COLOR "#a03c6e"
#define MANY_LABELS 40 // of edges

struct drawing {
  Agraph_t *g;
  struct picture *p;
  const struct dot_options *options;
  Agnode_t **nodes; // of p
  bool at_heads;    // where labels of edges stand
  size_t *labels;   // by node, at the heads of edges so far
  ARRAY(char) text;
};

static void declare(Agraph_t *g, int what, const struct style *styles,
                    size_t n) {
  for (size_t i = 0; i < n; i++)
    agattr(g, what, loose(styles[i].name), loose(styles[i].value));
}

static void set(void *object, const char *name, const char *value) {
  if (value)
    agset(object, loose(name), loose(value));
}

/* An attribute that other subgraphs do not have. */
static void set_own(void *object, const char *name, const char *value) {
  agsafeset(object, loose(name), loose(value), loose(""));
}

/* In labels Graphviz takes \ for itself, and &name; for a character. */
static const char *escape(struct drawing *d, const char *label) {
  d->text.n = 0;
  for (; *label; label++) {
    const char *with = *label == '\\'   ? "\\\\"
                       : *label == '\n' ? "\\n"
                       : *label == '&'  ? "&amp;"
                                        : NULL;
    if (!with)
      array_push(&d->text, *label);
    for (; with && *with; with++)
      array_push(&d->text, *with);
  }
  array_push(&d->text, 0);
  return d->text.at;
}

static Agnode_t *draw_node(struct drawing *d, const struct picture_node *n) {
  char name[32];
  const struct kind_style *k = &kind_styles[n->kind];
  snprintf(name, sizeof name, "%c%zu", n->letter, n->number);
  Agnode_t *node = agnode(d->g, name, 1);
  set(node, "label", escape(d, d->p->text.at + n->label));
  set(node, "tooltip", escape(d, d->p->text.at + n->tooltip));
  set(node, "shape",
      d->options->view == DOT_OPS && !k->shape ? "box" : k->shape);
  set(node, "style", k->style);
  set(node, "fillcolor", k->fill);
  set(node, "color", k->color);
  if (d->options->critical && n->is_critical) {
    set(node, "color", CRITICAL_COLOR);
    set(node, "penwidth", "2");
  }
  return node;
}

/* dot makes room for labels in the middle of an edge, which tears apart a
   picture with many. Those at heads take none; they are set off so that those
   of one gate do not all cover each other. */
static void draw_edge_label(struct drawing *d, Agedge_t *edge, uint32_t to,
                            const char *label) {
  static const char *const distances[] = {"1.6", "3.3", "5.0", "6.7"};
  if (!d->at_heads) {
    set(edge, "label", escape(d, label));
    return;
  }
  size_t n = d->labels[to]++;
  set(edge, "headlabel", escape(d, label));
  set(edge, "labeldistance", distances[n % 4]);
  set(edge, "labelangle", n % 2 ? "-12" : "12");
}

static void draw_edge(struct drawing *d, const struct picture_edge *e) {
  Agedge_t *edge = agedge(d->g, d->nodes[e->from], d->nodes[e->to], NULL, 1);
  const char *label = d->p->text.at + e->label;
  if (*label)
    draw_edge_label(d, edge, e->to, label);
  if (e->is_negative) {
    set(edge, "style", "dashed");
    set(edge, "color", NEGATIVE_COLOR);
    set(edge, "fontcolor", NEGATIVE_COLOR);
  }
  if (d->options->critical && e->is_critical) {
    set(edge, "color", CRITICAL_COLOR);
    set(edge, "penwidth", "2");
  }
}

/* A column for each rank: the first holds the inputs, the last the outputs. */
static void draw_ranks(struct drawing *d) {
  uint32_t most = 0;
  for (size_t i = 0; i < d->p->nodes.n; i++)
    if (d->p->nodes.at[i].rank > most)
      most = d->p->nodes.at[i].rank;
  Agraph_t **column = xcalloc((size_t)most + 1, sizeof(Agraph_t *));
  for (size_t i = 0; i < d->p->nodes.n; i++) {
    const struct picture_node *n = &d->p->nodes.at[i];
    Agraph_t **g = &column[n->rank];
    if (!*g) {
      *g = agsubg(d->g, NULL, 1);
      set_own(*g, "rank", "same");
    }
    agsubnode(*g, d->nodes[i], 1);
  }
  free(column);
}

/* A box behind the bits of one bus. */
static void draw_bus(struct drawing *d, size_t first, size_t end) {
  char name[40];
  const struct picture_node *n = &d->p->nodes.at[first];
  snprintf(name, sizeof name, BOX_PREFIX "%c%zu", n->letter, n->bus);
  Agraph_t *g = agsubg(d->g, name, 1);
  set_own(g, "style", "filled");
  set_own(g, "color", n->kind == PICTURE_INPUT ? "#eef4fc" : "#eef8e7");
  set_own(g, "margin", "6");
  if (d->options->title)
    set_own(g, "label", "");
  for (size_t i = first; i < end; i++)
    agsubnode(g, d->nodes[i], 1);
}

/* The bits of a bus come one after the other. */
static void draw_buses(struct drawing *d) {
  size_t end;
  for (size_t i = 0; i < d->p->nodes.n; i = end) {
    const struct picture_node *n = &d->p->nodes.at[i];
    for (end = i + 1; end < d->p->nodes.n && n[end - i].kind == n->kind &&
                      n[end - i].bus == n->bus;)
      end++;
    if (n->bus != PICTURE_NO_BUS)
      draw_bus(d, i, end);
  }
}

static bool has_many_labels(const struct drawing *d) {
  size_t n = 0;
  for (size_t i = 0; i < d->p->edges.n; i++)
    n += d->p->text.at[d->p->edges.at[i].label] != 0;
  return n > MANY_LABELS && d->options->view != DOT_OPS;
}

/* More room between columns where they are long, in inches. */
static void set_distance(struct drawing *d) {
  size_t longest = 0, n = 0;
  char text[32];
  for (size_t i = 0; i < d->p->nodes.n; i++) {
    n = i && d->p->nodes.at[i].rank == d->p->nodes.at[i - 1].rank ? n + 1 : 1;
    longest = n > longest ? n : longest;
  }
  size_t least = d->at_heads ? 20 : 9, tenths = longest * 3 / 4;
  tenths = tenths < least ? least : tenths < 54 ? tenths : 54;
  snprintf(text, sizeof text, "%zu.%zu", tenths / 10, tenths % 10);
  set(d->g, "ranksep", text);
}

static bool draw(struct drawing *d, FILE *out) {
  Agdisc_t discipline = {&AgMemDisc, &numbers, &AgIoDisc};
  d->g = agopen(loose(GRAPH_NAME), Agdirected, &discipline);
  declare(d->g, AGRAPH, graph_style, sizeof graph_style / sizeof *graph_style);
  declare(d->g, AGNODE, node_style, sizeof node_style / sizeof *node_style);
  declare(d->g, AGEDGE, edge_style, sizeof edge_style / sizeof *edge_style);
  if (d->options->title) {
    size_t title = picture_add_text(d->p, d->options->title);
    agattr(d->g, AGRAPH, loose("label"),
           loose(escape(d, d->p->text.at + title)));
  }
  d->nodes = xcalloc(d->p->nodes.n, sizeof(Agnode_t *));
  for (size_t i = 0; i < d->p->nodes.n; i++)
    d->nodes[i] = draw_node(d, &d->p->nodes.at[i]);
  d->labels = xcalloc(d->p->nodes.n, sizeof *d->labels);
  d->at_heads = has_many_labels(d);
  if (d->at_heads)
    declare(d->g, AGEDGE, head_style, sizeof head_style / sizeof *head_style);
  set_distance(d);
  draw_buses(d);
  draw_ranks(d);
  for (size_t i = 0; i < d->p->edges.n; i++)
    draw_edge(d, &d->p->edges.at[i]);
  bool ok = agwrite(d->g, out) == 0 && !fflush(out) && !ferror(out);
  agclose(d->g);
  free(d->nodes);
  free(d->labels);
  array_clear(&d->text);
  return ok;
}

static bool write_picture(struct picture *p, const struct dot_options *options,
                          FILE *out, struct error *err) {
  struct drawing d = {.p = p, .options = options};
  gathered = (struct error){0};
  agusererrf before = agseterrf(gather);
  errno = 0;
  bool ok = draw(&d, out);
  int why = errno;
  agseterrf(before);
  gathered.message[strcspn(gathered.message, "\n")] = 0;
  if (*gathered.message)
    return error_set(err, 0, "Graphviz: %s", gathered.message);
  return ok || error_set(err, 0, "cannot write: %s", strerror(why));
}

bool dot_write(const struct circuit *c, const struct dot_options *options,
               FILE *out, enum dot_view *drawn, struct error *err) {
  struct dot_options o = *options;
  struct part part;
  struct picture p = {0};
  if (!part_init(&part, c, o.cone, err))
    return false;
  bool fits = picture_of(&p, &part, o.view, o.max_nodes);
  while (!fits && o.view < DOT_OPS) {
    picture_clear(&p);
    fits = picture_of(&p, &part, ++o.view, o.max_nodes);
  }
  *drawn = o.view;
  bool ok = fits ? write_picture(&p, &o, out, err)
                 : error_set(err, 0,
                             "more than %zu nodes even as operations; allow "
                             "more, or draw the cone of one output",
                             o.max_nodes);
  picture_clear(&p);
  part_clear(&part);
  return ok;
}
