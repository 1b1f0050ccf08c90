/* map.h - tasks against models: whose depth is enough, and why

   A row is a task or a built-in model with what of it grows. How its depth
   grows with that is certified from its program (compile/program/certify.h);
   where each value is a program of its own, it is measured at some, and the row
   says so. What is known of the problem comes from the task's complexity. Three
   classes of depth: constant, polylogarithmic, and where only a linear one is
   known.

     struct map m;
     if (!map_init(&m, &err)) ...
     const struct map_cell *c = map_at(&m, i, j);
     printf("%s: %s\n", map_fits_names[c->fits], c->because);
     map_clear(&m);

   A cell is about depth alone: whether width, precision and training are
   enough is another question. It never says that a problem needs depth: what is
   excluded is so on a condition, which is quoted with its source, and else the
   cell is open.

   Cost  0.3 s: each row's program is made and certified. */
#ifndef MAP_H
#define MAP_H

#include "circuit/array.h"
#include "circuit/error.h"
#include "compile/program/family.h"

enum map_class {
  MAP_CONSTANT,
  MAP_POLYLOG,
  MAP_LINEAR, // or more; of less nothing is known
  MAP_CLASSES
};
extern const char *const map_class_names[MAP_CLASSES]; // of tasks
extern const char *const map_model_names[MAP_CLASSES];

enum map_fits {
  MAP_YES,
  MAP_NO, // on a condition
  MAP_OPEN,
  MAP_FITS
};
extern const char *const map_fits_names[MAP_FITS];

/* Why a model computes no more than its class. */
enum map_reach {
  REACH_DEPTH,      // its certified depth
  REACH_THEOREM,    // the theorem about diffusions, whatever its steps
  REACH_CONJECTURE, // that, where the theorem does not apply
  REACH_SCAN        // tables of its steps, composed in pairs
};

/* What is written down of a row: map_lines.c. */
struct map_line {
  const char *name;   // "word group=s5"
  const char *source; // "word group=s5 method=tree"
  const char *grows;  // parameters, "w h steps"
  long at[3];         // where it is measured, if that is no size
  /* Of gates, where no bound is proved; is_large: they are no polynomial. */
  const char *size;
  bool is_large;
  struct complexity complexity; // class NULL: that of the task
  bool is_held; // depth is said for the line's values of all else
  bool is_log;  // the last that grows is ceil(log2(n))
  enum map_reach reach;
  const char *says, *from; // of a model, and the source of that
};
extern const struct map_line map_tasks[], map_models[]; // name NULL: the end

struct map_row {
  const struct family *family;
  struct map_line line;
  char *grows;          // owned, where no line is written down
  char *growth;         // "constant", "logarithmic", "log^2", "linear", ...
  char *depth;          // inner: "ceil(log2(n))", "2 at bits = 4, 6, 8"
  bool is_proved;       // depth, for all values
  bool has_gates;       // a polynomial bound on gates is proved
  enum map_class here;  // by that depth
  enum map_class known; // with what is known of the problem, or model
  char *because;        // sentences
};

struct map_cell {
  enum map_fits fits;
  char *because;      // a sentence or two
  const char *source; // what it rests on; borrowed
};

struct map_rows { // an array of circuit/array.h
  struct map_row *at;
  size_t n, cap;
};
struct map {
  struct map_rows tasks, models; // by class, then as in the lists
  struct map_cell *cell;         // [task * models.n + model]
};

/* Errors: a row that cannot be opened, or whose depth cannot be found. */
bool map_init(struct map *m, struct error *err);
void map_clear(struct map *m);
const struct map_cell *map_at(const struct map *m, size_t task, size_t model);

/* What follows if the problem had less depth, or NULL: "TC0 = NC1". */
struct map_bar {
  const char *class;                // of struct complexity
  enum map_class known;             // depth of its circuits of polynomial size
  const char *if_less[MAP_CLASSES]; // of this class of depth
};
const struct map_bar *map_bar_find(const char *class); // or NULL

#endif
