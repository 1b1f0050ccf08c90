/* text_reader.h - the parts of text_read(), which no one else includes */
#ifndef TEXT_READER_H
#define TEXT_READER_H

#include "circuit/circuit.h"
#include "circuit/scan.h"
#include "circuit/signals.h"

struct extent {
  size_t values;
  unsigned width;
  bool is_signed;
};

struct reader {
  struct circuit *c;
  struct error *err;
  struct scan s;
  struct signals signals;
  struct signals outputs;       // their names are apart from the signals'
  ARRAY(struct extent) extents; // of input signals
  ARRAY(integer_id) list;       // thresholds or steps of this line
  ARRAY(integer_id) ones;
  ARRAY(struct reader_name {
    bit_id bit;
    size_t text; // in signals.text
    size_t line;
  })
  names;
  size_t spread; // wires made for buses that were read as integers
};

/* What a reference such as x, v[2], v[2][7] or s[1] stands for. */
enum place_kind {
  PLACE_BIT,    // id: the bit
  PLACE_BITS,   // id: the first of `width` input bits, an integer
  PLACE_LADDER, // id: the ladder
  PLACE_SOURCE, // id: the source, a view
  PLACE_TABLE   // id: the shape
};

struct place {
  enum place_kind kind;
  uint32_t id;
  unsigned width;
  bool is_signed;
  uint32_t signal; // of a ladder: its place in signals.all
  struct name name;
};

/* A reference with its indices and, after it, the steps of a view. */
bool reader_place(struct reader *r, struct place *p);
/* A reference that must be one bit. */
bool reader_bit(struct reader *r, bit_id *b);
/* Integers up to a closing brace or the end of the line, into r->list. */
bool reader_list(struct reader *r);
/* The sum before ">=", as wires that wait for their ladder; or, if the line
   is the reference to a view alone, that view in *view and no wires. */
bool reader_sum(struct reader *r, bool *is_view, source_id *view);

#endif
