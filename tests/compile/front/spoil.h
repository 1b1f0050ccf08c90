/* spoil.h - files that are cut or changed must be refused or read */
#ifndef SPOIL_H
#define SPOIL_H

#include <stddef.h>
#include <stdint.h>

/* Part `loop` of 2,000 truncations and 2,000 flips of up to four bits; ten
   times as many if TEST_ROUNDS is "full". */
#define SPOIL_LOOPS 20
void spoil_all(const uint8_t *model, size_t n, int loop);

#endif
