/* class.h - in which TC^i a family is, as one parameter grows

   A single circuit has no class, a family has. What is proved comes from the
   structure of its program (compile/program/certify.h): depth that does not
   grow is TC0, depth that is at most the i-th power of a logarithm TC^i, if
   gates are at most a polynomial. Points that were measured prove nothing.

     struct family_class k;
     class_find(&k, &s, "n");
     if (k.is_proved)
       printf("%s: depth at most %s\n", k.class, k.depth);
     else
       puts(k.because);
     class_clear(&k);

   Other parameters are held. Premises say what the class rests on. */
#ifndef CLASS_H
#define CLASS_H

#include "analysis/source.h"

enum class_growth {
  CLASS_CONSTANT,
  CLASS_POLYLOG, // at most the logs-th power of a logarithm
  CLASS_LINEAR,  // at most
  CLASS_OTHER,   // at most `growth`
  CLASS_UNKNOWN  // there is no certificate
};

enum class_holds {
  CLASS_NO,
  CLASS_YES,
  CLASS_NOT_JUDGED
};

struct class_premise {
  const char *name; // "precision"
  enum class_holds holds;
  char *says; // a sentence
};

enum {
  CLASS_PREMISES = 5 // at most
};

struct family_class {
  char class[24];      // "TC0", "TC1", ..., or "none"
  bool is_proved;      // depth is, for every value
  char *depth, *gates; // at most: formulas; NULL: none
  enum class_growth how;
  unsigned long logs;
  char *growth; // how depth grows at most, as "n^2"; NULL
  char *because;
  const char *below, *above; // what is known of the class; NULL
  struct class_premise premise[CLASS_PREMISES];
  size_t premises; // none if nothing is proved
};

void class_find(struct family_class *k, const struct source *s,
                const char *parameter);
void class_clear(struct family_class *k);

#endif
