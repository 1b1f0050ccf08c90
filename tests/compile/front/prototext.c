#include "tests/compile/front/prototext.h"
#include "circuit/array.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

struct parser {
  const char *p;
};

void proto_varint(struct proto *b, uint64_t value) {
  for (; value > 127; value >>= 7)
    array_push(b, (uint8_t)(value | 128));
  array_push(b, (uint8_t)value);
}

static void append(struct proto *b, const void *at, size_t n) {
  for (size_t i = 0; i < n; i++)
    array_push(b, ((const uint8_t *)at)[i]);
}

static void append_field(struct proto *b, uint32_t number,
                         const struct proto *inner) {
  proto_varint(b, number << 3 | 2);
  proto_varint(b, inner->n);
  append(b, inner->at, inner->n);
}

void proto_wrap(struct proto *b, uint32_t number) {
  struct proto outer = {0};
  append_field(&outer, number, b);
  array_clear(b);
  *b = outer;
}

static void skip_blanks(struct parser *s) {
  s->p += strspn(s->p, " \n");
}

static uint8_t read_escape(struct parser *s) {
  char hex[3] = {0};
  switch (*s->p++) {
  case '0':
    return 0;
  case 'n':
    return '\n';
  case 'x':
    memcpy(hex, s->p, 2);
    s->p += 2;
    return (uint8_t)strtoul(hex, NULL, 16);
  default:
    return (uint8_t)s->p[-1];
  }
}

static struct proto read_text(struct parser *s) {
  struct proto b = {0};
  ck_assert_msg(*s->p++ == '\'', "a text at %s", s->p - 1);
  while (*s->p != '\'') {
    ck_assert(*s->p);
    uint8_t ch = (uint8_t)*s->p++;
    array_push(&b, ch == '\\' ? read_escape(s) : ch);
  }
  s->p++;
  return b;
}

static uint64_t read_number(struct parser *s) {
  char *end;
  uint64_t v = *s->p == '-' ? (uint64_t)strtoll(s->p, &end, 0)
                            : (uint64_t)strtoull(s->p, &end, 0);
  ck_assert_msg(end > s->p, "a number at %s", s->p);
  s->p = end;
  return v;
}

static double read_real(struct parser *s) {
  char *end;
  double d = strtod(s->p, &end);
  ck_assert_msg(end > s->p, "a real at %s", s->p);
  s->p = end;
  return d;
}

static unsigned wire_type(ProtobufCType type) {
  return type == PROTOBUF_C_TYPE_FLOAT ? 5 : type == PROTOBUF_C_TYPE_DOUBLE;
}

/* Little-endian, as on the machines the tests run on. */
static void read_scalar(struct parser *s, struct proto *b, ProtobufCType type) {
  skip_blanks(s);
  if (type == PROTOBUF_C_TYPE_FLOAT) {
    float f = (float)read_real(s);
    append(b, &f, sizeof f);
  } else if (type == PROTOBUF_C_TYPE_DOUBLE) {
    double d = read_real(s);
    append(b, &d, sizeof d);
  } else
    proto_varint(b, read_number(s));
}

static void read_scalars(struct parser *s, struct proto *b, uint32_t number,
                         ProtobufCType type, bool is_packed) {
  struct proto packed = {0};
  bool is_list = *s->p == '[';
  s->p += is_list;
  for (; *s->p != ']'; skip_blanks(s)) {
    if (!is_packed)
      proto_varint(b, number << 3 | wire_type(type));
    read_scalar(s, is_packed ? &packed : b, type);
    if (!is_list)
      break;
  }
  s->p += is_list;
  if (is_packed)
    append_field(b, number, &packed);
  array_clear(&packed);
}

static struct proto read_fields(struct parser *s,
                                const ProtobufCMessageDescriptor *d);

static void read_value(struct parser *s, struct proto *b, uint32_t number,
                       const ProtobufCFieldDescriptor *f) {
  skip_blanks(s);
  if (*s->p == '{') {
    s->p++;
    struct proto inner = read_fields(s, f->descriptor);
    append_field(b, number, &inner);
    array_clear(&inner);
    ck_assert_msg(*s->p++ == '}', "'}' at %s", s->p - 1);
    return;
  }
  ck_assert_msg(*s->p++ == ':', "':' at %s", s->p - 1);
  skip_blanks(s);
  if (*s->p == '\'') {
    struct proto text = read_text(s);
    append_field(b, number, &text);
    array_clear(&text);
  } else
    read_scalars(s, b, number, f ? f->type : PROTOBUF_C_TYPE_INT64,
                 f && f->flags & PROTOBUF_C_FIELD_FLAG_PACKED);
}

static struct proto read_fields(struct parser *s,
                                const ProtobufCMessageDescriptor *d) {
  struct proto b = {0};
  for (skip_blanks(s); *s->p && *s->p != '}'; skip_blanks(s)) {
    char name[64] = {0};
    size_t n = strcspn(s->p, ":{ ");
    ck_assert_uint_lt(n, sizeof name);
    memcpy(name, s->p, n);
    s->p += n;
    const ProtobufCFieldDescriptor *f =
        protobuf_c_message_descriptor_get_field_by_name(d, name);
    uint32_t number = f ? f->id : (uint32_t)strtoul(name, NULL, 10);
    ck_assert_msg(number, "no field %s", name);
    read_value(s, &b, number, f);
  }
  return b;
}

struct proto prototext(const ProtobufCMessageDescriptor *d, const char *text) {
  struct parser s = {text};
  struct proto b = read_fields(&s, d);
  ck_assert_msg(!*s.p, "surplus text: %s", s.p);
  return b;
}
