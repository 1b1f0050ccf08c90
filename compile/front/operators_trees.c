/* Ensembles of decision trees: all conditions at once, then for each leaf
   whether those on its path are as it needs them, then a matrix. Two levels of
   comparisons, whatever the depth of the trees. */
#include "compile/front/operators.h"

#include <stdlib.h>
#include <string.h>

enum {
  MODES = 7,
  LEAF = 6
};
static const char *const modes[MODES] = {
    "BRANCH_LEQ", "BRANCH_LT",  "BRANCH_GTE", "BRANCH_GT",
    "BRANCH_EQ",  "BRANCH_NEQ", "LEAF"};

struct tree_node {
  int64_t tree, id;
  int64_t child[2]; // ids, where the condition does not hold, and where it does
  int64_t feature;
  float value;
  unsigned mode;
  struct tree_node *parent; // NULL of a root
  bool holds;               // which child it is
  size_t column;            // among the tree's conditions, or all leaves
};

struct trees {
  struct flow *f;
  struct tree_node *node; // by tree and id
  size_t n, leaves;
  flow_id x; // [batch, features]
};

static int by_place(const void *a, const void *b) {
  const struct tree_node *x = a, *y = b;
  if (x->tree != y->tree)
    return x->tree < y->tree ? -1 : 1;
  return x->id < y->id ? -1 : x->id > y->id;
}

static struct tree_node *find(const struct trees *t, int64_t tree, int64_t id) {
  struct tree_node key = {.tree = tree, .id = id};
  return bsearch(&key, t->node, t->n, sizeof key, by_place);
}

/* ---- Attributes ---- */

static bool read_modes(struct operator_call *n, struct trees *t) {
  const struct onnx_attribute *a = call_attribute(n, "nodes_modes");
  if (!a || a->type != ATTRIBUTE_STRINGS || a->n != t->n)
    return false;
  for (size_t i = 0; i < t->n; i++) {
    unsigned m = 0;
    while (m < MODES && (strlen(modes[m]) != a->strings[i].n ||
                         memcmp(modes[m], a->strings[i].at, a->strings[i].n)))
      m++;
    if (m == MODES)
      return false;
    t->node[i].mode = m;
  }
  return true;
}

static bool read_nodes(struct operator_call *n, struct trees *t) {
  static const char *const names[] = {"nodes_treeids", "nodes_nodeids",
                                      "nodes_falsenodeids", "nodes_truenodeids",
                                      "nodes_featureids"};
  const int64_t *at[5];
  const float *value;
  bool ok = true;
  t->n = call_floats(n, "nodes_values", &value);
  for (size_t k = 0; k < 5; k++)
    ok &= call_ints(n, names[k], &at[k]) == t->n;
  t->node = flow_alloc(n->f, t->n, sizeof *t->node);
  if (!ok || !t->n || !read_modes(n, t))
    return flow_error(n->f, "its lists of nodes do not suit each other"), false;
  for (size_t i = 0; i < t->n; i++) {
    struct tree_node *k = &t->node[i];
    k->tree = at[0][i];
    k->id = at[1][i];
    k->child[0] = at[2][i];
    k->child[1] = at[3][i];
    k->feature = at[4][i];
    k->value = value[i];
  }
  qsort(t->node, t->n, sizeof *t->node, by_place);
  return true;
}

/* Each node once, children there, and features of x. */
static bool check_nodes(struct trees *t) {
  size_t features = lengths_last(flow_shape(t->f, t->x));
  for (size_t i = 0; i < t->n; i++) {
    struct tree_node *k = &t->node[i];
    if (i && !by_place(k - 1, k))
      return flow_error(t->f, "a node is there twice"), false;
    for (size_t j = 0; j < 2 && k->mode != LEAF; j++) {
      struct tree_node *child = find(t, k->tree, k->child[j]);
      if (!child || child == k || child->parent || k->feature < 0 ||
          k->feature >= (int64_t)features)
        return flow_error(t->f, "a node's child or feature is wrong"), false;
      child->parent = k;
      child->holds = j;
    }
  }
  return true;
}

/* ---- Conditions and leaves ---- */

static enum scalar comparison(unsigned mode) {
  static const enum scalar of[] = {SCALAR_AT_LEAST, SCALAR_GREATER,
                                   SCALAR_AT_LEAST, SCALAR_GREATER,
                                   SCALAR_EQUAL,    SCALAR_EQUAL};
  return of[mode];
}

/* A condition's numbers [batch, 1]: 0 and 1. */
static flow_id condition(const struct trees *t, const struct tree_node *k) {
  flow_id x = flow_slice(t->f, t->x, 1, (size_t)k->feature, 1);
  flow_id v = flow_real(t->f, (double)k->value);
  bool is_turned = k->mode < 2; // x is at most, or less
  flow_id y = flow_binary(t->f, comparison(k->mode), is_turned ? v : x,
                          is_turned ? x : v);
  if (k->mode == 5)
    y = flow_not(t->f, y);
  return flow_cast(t->f, ONNX_FLOAT, y);
}

/* Weights and least sums of one tree's leaves: 1 for each condition on the path
   that is to hold, -1 for each that is not. */
struct paths {
  size_t conditions, leaves;
  double *weight, *least; // [leaves][conditions], [leaves]
};

/* False if the way up does not end. */
static bool follow(const struct trees *t, struct paths *p,
                   const struct tree_node *leaf, size_t row) {
  size_t steps = 0;
  for (const struct tree_node *k = leaf; k->parent; k = k->parent, steps++) {
    if (steps > p->conditions)
      return flow_error(t->f, "a node is its own ancestor"), false;
    p->weight[row * p->conditions + k->parent->column] = k->holds ? 1 : -1;
    p->least[row] += k->holds;
  }
  return true;
}

/* [batch, leaves] of nodes [from..to), one tree: 1 for the leaf that is
   reached. */
static flow_id leaves_of(const struct trees *t, struct paths *p, size_t from,
                         size_t to, const flow_id *part) {
  struct lengths w = {.rank = 2}, v = {.rank = 1};
  size_t row = 0;
  bool ok = true;
  if (!p->conditions && p->leaves == 1) // it is reached
    return flow_broadcast(
        t->f, flow_real(t->f, 1),
        &(struct lengths){.rank = 2,
                          .at = {flow_shape(t->f, t->x)->at[0], 1},
                          .n = flow_shape(t->f, t->x)->at[0]});
  if (!p->conditions || !p->leaves ||
      !lengths_set(&w, (size_t[]){p->leaves, p->conditions}, 2) ||
      !lengths_set(&v, &p->leaves, 1))
    return flow_error(t->f, "a tree has no leaves, no conditions or too many");
  p->weight = xcalloc(w.n, sizeof *p->weight);
  p->least = xcalloc(v.n, sizeof *p->least);
  for (size_t i = from; ok && i < to; i++)
    if (t->node[i].mode == LEAF)
      ok = follow(t, p, &t->node[i], row++);
  flow_id y = FLOW_NONE;
  if (ok) {
    flow_id c = flow_concat(t->f, part, p->conditions, 1);
    y = flow_linear(t->f, c, flow_constant(t->f, ONNX_FLOAT, &w, p->weight));
    y = flow_binary(t->f, SCALAR_AT_LEAST, y,
                    flow_constant(t->f, ONNX_FLOAT, &v, p->least));
  }
  free(p->weight);
  free(p->least);
  return flow_cast(t->f, ONNX_FLOAT, y);
}

static flow_id one_tree(struct trees *t, size_t from, size_t to) {
  struct paths p = {.conditions = 0};
  flow_id *part = xmalloc((to - from + 1) * sizeof *part);
  for (size_t i = from; i < to; i++) {
    struct tree_node *k = &t->node[i];
    if (k->mode == LEAF) {
      k->column = t->leaves++;
      p.leaves++;
    } else {
      k->column = p.conditions;
      part[p.conditions++] = condition(t, k);
    }
  }
  flow_id y = leaves_of(t, &p, from, to, part);
  free(part);
  return y;
}

/* [batch, leaves] of all trees. */
static flow_id all_leaves(struct trees *t) {
  flow_id *part = xmalloc(t->n * sizeof *part);
  size_t n = 0, to;
  for (size_t from = 0; from < t->n && !t->f->failed; from = to) {
    for (to = from; to < t->n && t->node[to].tree == t->node[from].tree;)
      to++;
    part[n++] = one_tree(t, from, to);
  }
  flow_id y = t->f->failed ? FLOW_NONE : flow_concat(t->f, part, n, 1);
  free(part);
  return y;
}

/* ---- What leaves weigh ---- */

/* [targets, leaves] from lists whose names begin with "target_" or "class_". */
static flow_id leaf_weights(struct operator_call *n, const struct trees *t,
                            const char *const *names, size_t targets) {
  const int64_t *tree, *id, *to;
  const float *weight;
  struct lengths s;
  size_t count = call_floats(n, names[3], &weight);
  bool ok = call_ints(n, names[0], &tree) == count &&
            call_ints(n, names[1], &id) == count &&
            call_ints(n, names[2], &to) == count;
  if (!ok || !targets || !lengths_set(&s, (size_t[]){targets, t->leaves}, 2))
    return flow_error(n->f, "its lists of leaves do not suit each other");
  double *w = xcalloc(s.n + 1, sizeof *w);
  for (size_t i = 0; ok && i < count; i++) {
    const struct tree_node *k = find(t, tree[i], id[i]);
    ok = k && k->mode == LEAF && to[i] >= 0 && to[i] < (int64_t)targets;
    if (ok)
      w[(size_t)to[i] * t->leaves + k->column] += (double)weight[i];
  }
  flow_id y = ok ? flow_constant(n->f, ONNX_FLOAT, &s, w)
                 : flow_error(n->f, "a weight is of no leaf, or no target");
  free(w);
  return y;
}

static flow_id add_base(struct operator_call *n, flow_id y, size_t targets) {
  const float *base;
  size_t count = call_floats(n, "base_values", &base);
  if (!count || y == FLOW_NONE)
    return y;
  if (count != targets)
    return flow_error(n->f, "%zu base values for %zu targets", count, targets);
  struct lengths s = {.rank = 1, .at = {count}, .n = count};
  double *at = xmalloc(count * sizeof *at);
  for (size_t i = 0; i < count; i++)
    at[i] = (double)base[i];
  y = flow_binary(n->f, SCALAR_ADD, y, flow_constant(n->f, ONNX_FLOAT, &s, at));
  free(at);
  return y;
}

static void build_regressor(struct operator_call *n) {
  static const char *const names[] = {"target_treeids", "target_nodeids",
                                      "target_ids", "target_weights"};
  const char *sum = call_string(n, "aggregate_function");
  const char *post = call_string(n, "post_transform");
  int64_t targets = call_int(n, "n_targets", 1);
  struct trees t = {.f = n->f};
  t.x = flow_cast(n->f, ONNX_FLOAT, call_input(n, 0));
  if (t.x == FLOW_NONE)
    return;
  if (flow_shape(n->f, t.x)->rank != 2 || targets < 1 ||
      (*sum && strcmp(sum, "SUM")) || (*post && strcmp(post, "NONE"))) {
    flow_error(n->f, "rank %zu, %lld targets, '%.20s' of leaves, '%.20s' after",
               flow_shape(n->f, t.x)->rank, (long long)targets, sum, post);
    return;
  }
  if (!read_nodes(n, &t) || !check_nodes(&t))
    return;
  flow_id y = all_leaves(&t);
  y = flow_linear(n->f, y, leaf_weights(n, &t, names, (size_t)targets));
  n->out[0] = add_base(n, y, (size_t)targets);
}

const struct operator_row operators_trees[] = {
    {{"ai.onnx.ml.TreeEnsembleRegressor", "sums of leaves"}, build_regressor},
    {{NULL, NULL}, NULL},
};
