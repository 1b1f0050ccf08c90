/* spoil.h - files that are cut or changed must be refused or read */
#ifndef SPOIL_H
#define SPOIL_H

#include <stddef.h>
#include <stdint.h>

/* Part `loop` of 2,000 truncations and 2,000 flips of up to four bits; ten
   times as many if TEST_ROUNDS is "full". */
#define SPOIL_LOOPS 20
void spoil_all(const uint8_t *model, size_t n, int loop);

/* The same with each spoilt file given to a reader of one's own; spoil_all()
   reads them as ONNX. The bytes are in memory of just n. */
typedef void reader_of_spoilt(const uint8_t *bytes, size_t n);
void spoil_each(const uint8_t *model, size_t n, int loop,
                reader_of_spoilt *reader);

#endif
