#include "compile/program/size.h"
#include "circuit/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void sizes_clear(struct sizes *t) {
  array_clear(&t->nodes);
  array_clear(&t->parameters);
}

static size_id intern(struct sizes *t, struct size_node node) {
  for (size_t i = 0; i < t->nodes.n; i++) {
    const struct size_node *o = &t->nodes.at[i];
    if (o->kind == node.kind && o->a == node.a && o->b == node.b &&
        o->value == node.value)
      return (size_id)i;
  }
  array_push(&t->nodes, node);
  return (size_id)(t->nodes.n - 1);
}

size_id size_si(struct sizes *t, long value) {
  return intern(t, (struct size_node){SIZE_CONSTANT, 0, 0, value});
}

size_id size_parameter(struct sizes *t, const char *name, long standard,
                       long least, long most) {
  array_push(&t->parameters, (struct parameter){name, standard, least, most});
  return intern(
      t, (struct size_node){SIZE_PARAMETER, 0, 0, (long)t->parameters.n - 1});
}

static bool log2_up(long a, long *r) {
  for (*r = 0; *r < 62 && 1L << *r < a; ++*r)
    ;
  return 1L << *r >= a;
}

static bool operate(enum size_kind kind, long a, long b, long *r) {
  switch (kind) {
  case SIZE_ADD:
    return !__builtin_add_overflow(a, b, r);
  case SIZE_SUB:
    return !__builtin_sub_overflow(a, b, r);
  case SIZE_MUL:
    return !__builtin_mul_overflow(a, b, r);
  case SIZE_DIV:
    if (b <= 0)
      return false;
    *r = a / b - (a % b < 0);
    return true;
  case SIZE_LOG2:
    return log2_up(a, r);
  case SIZE_COPY:
    *r = a;
    return true;
  case SIZE_CONSTANT:
  case SIZE_PARAMETER:
    break;
  }
  BUG("size of kind %d", kind);
}

static size_id make(struct sizes *t, enum size_kind kind, size_id a,
                    size_id b) {
  const struct size_node *x = &t->nodes.at[a], *y = &t->nodes.at[b];
  long value;
  if (x->kind == SIZE_CONSTANT && y->kind == SIZE_CONSTANT &&
      operate(kind, x->value, y->value, &value))
    return size_si(t, value);
  return intern(t, (struct size_node){kind, a, b, 0});
}

size_id size_add(struct sizes *t, size_id a, size_id b) {
  return make(t, SIZE_ADD, a, b);
}

size_id size_sub(struct sizes *t, size_id a, size_id b) {
  return make(t, SIZE_SUB, a, b);
}

size_id size_mul(struct sizes *t, size_id a, size_id b) {
  return make(t, SIZE_MUL, a, b);
}

size_id size_div(struct sizes *t, size_id a, size_id b) {
  return make(t, SIZE_DIV, a, b);
}

size_id size_log2(struct sizes *t, size_id a) {
  return make(t, SIZE_LOG2, a, a);
}

size_id size_copy(struct sizes *t, size_id a) {
  return make(t, SIZE_COPY, a, a);
}

bool size_value(const struct sizes *t, size_id s, const long *parameter,
                long *value) {
  const struct size_node *node = &t->nodes.at[s];
  long a, b;
  if (node->kind == SIZE_CONSTANT) {
    *value = node->value;
    return true;
  }
  if (node->kind == SIZE_PARAMETER) {
    *value = parameter[node->value];
    return true;
  }
  return size_value(t, node->a, parameter, &a) &&
         size_value(t, node->b, parameter, &b) &&
         operate(node->kind, a, b, value);
}

/* How tightly an expression binds: sums 0, products 1, all else 2. */
static int strength(enum size_kind kind) {
  return kind == SIZE_ADD || kind == SIZE_SUB ? 0 : kind == SIZE_MUL ? 1 : 2;
}

/* In brackets where it binds less tightly than its place asks for. */
static void print(const struct sizes *t, size_id s, int place, FILE *out) {
  const struct size_node *node = &t->nodes.at[s];
  int own = strength(node->kind);
  if (own < place)
    fputc('(', out);
  if (node->kind == SIZE_CONSTANT) {
    fprintf(out, "%ld", node->value);
  } else if (node->kind == SIZE_PARAMETER) {
    fputs(t->parameters.at[node->value].name, out);
  } else if (node->kind == SIZE_COPY) {
    print(t, node->a, place, out);
  } else if (node->kind == SIZE_LOG2) {
    fputs("ceil(log2(", out);
    print(t, node->a, 0, out);
    fputs("))", out);
  } else if (node->kind == SIZE_DIV) {
    fputs("floor(", out);
    print(t, node->a, 1, out);
    fputc('/', out);
    print(t, node->b, 2, out);
    fputc(')', out);
  } else {
    print(t, node->a, own, out);
    fputc(node->kind == SIZE_ADD   ? '+'
          : node->kind == SIZE_SUB ? '-'
                                   : '*',
          out);
    print(t, node->b, node->kind == SIZE_SUB ? 1 : own, out);
  }
  if (own < place)
    fputc(')', out);
}

char *size_text(const struct sizes *t, size_id s) {
  char *text = NULL;
  size_t n;
  FILE *out = open_memstream(&text, &n);
  if (!out)
    die("out of memory");
  print(t, s, 0, out);
  if (fclose(out))
    die("out of memory");
  return text;
}
