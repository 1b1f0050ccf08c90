/* The program that was built, on command lines: every example of every
   command's help runs with status 0 and prints what it says, and wrong and
   hostile ones are answered as they should be. */
#include "tests/suite.h"
#include "tests/tools/tool.h"
#include "tools/command.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>
#include <jansson.h>

struct shown {
  const struct command *command;
  const struct example *example;
};

static struct shown examples[256];
static int n_examples;

static void collect(void) {
  for (size_t i = 0; commands[i]; i++)
    for (const struct example *e = commands[i]->examples; e && e->line; e++)
      examples[n_examples++] = (struct shown){commands[i], e};
}

START_TEST(an_example_prints_what_the_help_says) {
  static char text[1 << 20];
  const struct example *e = examples[_i].example;
  int status = tool_run(e->line, text, sizeof text);
  ck_assert_msg(status == 0, "tc0 %s: status %d", e->line, status);
  if (e->output)
    ck_assert_str_eq(text, e->output);
  if (strstr(e->line, "--json")) {
    json_error_t err;
    json_t *j = json_loads(text, JSON_REJECT_DUPLICATES, &err);
    ck_assert_msg(j != NULL, "tc0 %s: %s", e->line, err.text);
    ck_assert_int_eq(json_integer_value(json_object_get(j, "schema")), 1);
    json_decref(j);
  }
}
END_TEST

/* Status and depths among what they may be, gates as digits. */
static void check_theorem(json_t *row) {
  const char *name, *source, *gates, *status;
  int depth, bits;
  json_t *published, *statement, *from;
  json_error_t err;
  ck_assert_msg(
      !json_unpack_ex(row, &err, 0,
                      "{s:s, s:{s:o, s:o, s:o}, s:{s:s, s:i, s:s, s:i}, "
                      "s:{s:o, s:s, s:o}}",
                      "name", &name, "published", "depth", &published,
                      "weights", &from, "source", &from, "built", "source",
                      &source, "depth", &depth, "gates", &gates, "weight_bits",
                      &bits, "lower_bound", "statement", &statement, "status",
                      &status, "source", &from),
      "%s", err.text);
  ck_assert_uint_eq(strspn(gates, "0123456789"), strlen(gates));
  ck_assert(json_is_integer(published) || json_is_null(published));
  ck_assert_msg(strstr("|proved|conditional|open|none known|", status), "%s",
                status);
  ck_assert(json_is_null(statement) == !strcmp(status, "none known"));
  ck_assert(json_is_null(from) == json_is_null(statement));
}

START_TEST(theorems_in_json_have_the_documented_keys) {
  static char text[1 << 20];
  ck_assert_int_eq(tool_run("list theorems n=5 --json", text, sizeof text), 0);
  json_t *j = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
  const json_t *list = json_object_get(j, "theorems");
  ck_assert_uint_ge(json_array_size(list), 25);
  for (size_t i = 0; i < json_array_size(list); i++)
    check_theorem(json_array_get(list, i));
  json_decref(j);
}
END_TEST

/* What scripts rely on. */
START_TEST(a_diffusion_in_json_has_the_documented_keys) {
  static char text[1 << 20];
  const char *gates, *tv, *name, *because;
  int steps, depth;
  double approx;
  json_t *floor, *star, *bound, *applies, *class, *premises, *item, *holds;
  json_error_t err;
  ck_assert_int_eq(
      tool_run("diffusion sampler --steps 1..5 --json", text, sizeof text), 0);
  json_t *j = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
  ck_assert_msg(
      !json_unpack_ex(j, &err, 0, "{s:o, s:o, s:o, s:F, s:{s:o, s:o, s:o}}",
                      "floor", &floor, "t_star", &star, "t_star_bound", &bound,
                      "epsilon", &approx, "verdict", "applies", &applies,
                      "class", &class, "premises", &premises),
      "%s", err.text);
  ck_assert(json_is_string(floor) && json_is_integer(star));
  ck_assert(json_is_false(applies) && json_is_null(class));
  size_t i;
  json_array_foreach(json_object_get(j, "points"), i, item) {
    ck_assert_msg(!json_unpack_ex(item, &err, 0, "{s:i, s:s, s:F, s:i, s:s}",
                                  "T", &steps, "tv", &tv, "tv_approx", &approx,
                                  "depth", &depth, "gates", &gates),
                  "%s", err.text);
    ck_assert_int_eq(depth, steps + 1);
    ck_assert(strchr(tv, '/') && approx > 0 && approx < 1);
  }
  ck_assert_uint_eq(i, 5);
  json_array_foreach(premises, i, item)
      ck_assert(!json_unpack_ex(item, &err, 0, "{s:s, s:o, s:s}", "name", &name,
                                "holds", &holds, "because", &because));
  ck_assert_uint_eq(i, 7);
  json_decref(j);
}
END_TEST

/* A picture whole, or a message about what draws it, and no file then. */
START_TEST(a_diffusion_is_drawn_by_gnuplot) {
  static char text[1 << 20];
  const char *line = "diffusion sampler --steps 1..4 --plot d.svg --csv";
  bool is_there = !tool_shell("gnuplot --version", text, sizeof text);
  ck_assert_int_eq(tool_run(line, text, sizeof text), is_there ? 0 : 2);
  tool_shell("cat d.svg 2>/dev/null", text, sizeof text);
  ck_assert(!is_there == !strstr(text, "</svg>"));
  ck_assert(!is_there == !strstr(text, "total variation distance"));
  ck_assert(!is_there == !strstr(text, "depth of the unrolled chain"));
}
END_TEST

START_TEST(a_vote_is_drawn_by_gnuplot) {
  static char text[1 << 20];
  const char *line = "vote fingerprint n=2 --error 2^-8 --plot v.svg --json";
  bool is_there = !tool_shell("gnuplot --version", text, sizeof text);
  ck_assert_int_eq(tool_run(line, text, sizeof text), is_there ? 0 : 2);
  tool_shell("cat v.svg 2>/dev/null", text, sizeof text);
  ck_assert(!is_there == !strstr(text, "</svg>"));
  ck_assert(!is_there == !strstr(text, "majority, exact"));
  ck_assert(!is_there == !strstr(text, "Hoeffding's bound"));
  ck_assert(!is_there == !strstr(text, "asked for"));
}
END_TEST

/* The same in text, in lines that fit a page. */
START_TEST(theorems_as_text_are_short_lines) {
  static char text[1 << 20];
  ck_assert_int_eq(tool_run("list theorems", text, sizeof text), 0);
  for (const char *line = text; *line; line += strcspn(line, "\n") + 1)
    ck_assert_uint_le(strcspn(line, "\n"), 100);
}
END_TEST

#define FLOAT "examples/digits-float/model.onnx"

static const struct {
  const char *line;
  int status;
  const char *message; // on standard error, its last line
} wrong[] = {
    {"lab", 2,
     "tc0: which lab? 'tc0 list labs' has their names; 'all' is all of them\n"},
    {"lab no-such", 2,
     "tc0: there is no lab 'no-such'; 'tc0 list labs' has their names\n"},
    {"lab amdahl 3", 2, "tc0: '3' after 'amdahl': one name, or all\n"},
    {"lab amdahl --quick -o /dev/null", 2, "tc0: -o /dev/null: File exists\n"},
    {"stats nothing", 2,
     "tc0: 'nothing' is no task, built-in model or file; 'tc0 list' has the "
     "tasks and models\n"},
    {"stats add n=0", 2,
     "tc0: 'n=0': n must be a whole number from 1 to 10000\n"},
    {"stats add n=1e3", 2,
     "tc0: 'n=1e3': n must be a whole number from 1 to 10000\n"},
    {"stats transformer heads=3", 2,
     "tc0: heads=3: must divide d=4: 1, 2, 4\n"},
    {"stats transformer d=6 heads=6 kv=4", 2,
     "tc0: kv=4: must divide heads=6: 1, 2, 3, 6; or 0 for as many\n"},
    {"stats transformer bits=0", 2,
     "tc0: 'bits=0': bits must be a whole number from 3 to 16\n"},
    {"stats looped pt=9", 2, "tc0: pt=9: must be from 1 to bits=4, or 0\n"},
    {"inspect word group=s6", 2,
     "tc0: 'group=s6': group must be s5, a5, s3 or z\n"},
    {"inspect word method=table", 2,
     "tc0: method=table: of s3 and z alone; s5 is not solvable, and has a "
     "constant depth only if TC0 = NC1\n"},
    {"inspect word group=a5 method=table", 2,
     "tc0: method=table: of s3 and z alone; a5 is not solvable, and has a "
     "constant depth only if TC0 = NC1\n"},
    {"inspect word n=0", 2,
     "tc0: 'n=0': n must be a whole number from 1 to 100000\n"},
    {"inspect word group=z m=1", 2,
     "tc0: 'm=1': m must be a whole number from 2 to 1024\n"},
    {"inspect cvp g=0", 2,
     "tc0: 'g=0': g must be a whole number from 1 to 100000\n"},
    {"inspect cvp g=3000", 3,
     "tc0: about 8.7e+08 wires; at most 2.5e+08 are made\n"},
    {"inspect formula n=1", 2,
     "tc0: 'n=1': n must be a whole number from 2 to 1000000\n"},
    {"inspect reach n=1000", 2,
     "tc0: 'n=1000': n must be a whole number from 1 to 128\n"},
    {"inspect matmul kind=real", 2,
     "tc0: 'kind=real': kind must be integer or boolean\n"},
    {"inspect matmul k=100 n=100 p=100", 3, NULL},
    {"inspect paths p=0", 2,
     "tc0: 'p=0': p must be a whole number from 1 to 1000\n"},
    {"inspect paths n=100", 3, NULL},
    {"inspect squaring m=1", 2, NULL},
    {"inspect squaring m=65537 method=table", 2,
     "tc0: m=65537: method=table needs m up to 65536\n"},
    {"inspect squaring T=0", 2,
     "tc0: 'T=0': T must be a whole number from 1 to 100000\n"},
    {"inspect transformer block=llama norm=exact", 2,
     "tc0: norm=exact: needs block=gpt2, bert or gptj, and weights=random\n"},
    {"inspect transformer scores=bilinear", 2,
     "tc0: scores=bilinear: needs norm=exact and maximum=no\n"},
    {"inspect transformer scores=dot", 2,
     "tc0: 'scores=dot': scores must be projected or bilinear\n"},
    {"inspect transformer norm=exact weights=inputs", 2,
     "tc0: norm=exact: needs block=gpt2, bert or gptj, and weights=random\n"},
    {"stats transformer vocab=1", 2,
     "tc0: vocab=1: must be at least 2, or 0\n"},
    {"stats cot vocab=1", 2,
     "tc0: 'vocab=1': vocab must be a whole number from 2 to 1000000\n"},
    {"inspect cot weights=inputs", 2,
     "tc0: weights=inputs: must be random or generic, for cot\n"},
    {"inspect transformer softmax=tables maximum=thermometer", 2,
     "tc0: softmax=tables: needs maximum=yes\n"},
    {"inspect transformer norm=root weights=inputs", 2,
     "tc0: weights=inputs: needs norm=rounded\n"},
    {"inspect cot norm=table", 2,
     "tc0: 'norm=table': norm must be rounded, exact, root or tables\n"},
    {"inspect mlp --strategy fast", 2,
     "tc0: --strategy fast: must be depth, balanced, size or "
     "split\n"},
    {"inspect mlp --method guessed", 2,
     "tc0: --method guessed: must be auto, made or counted\n"},
    {"stats transformer n=1000 d=64 bits=8 weights=generic", 3,
     "tc0: 3.54e+10 gates need 28267 GB of memory; 'tc0 inspect' counts "
     "them\n"},
    {"stats rule number=30 method=shortcut", 2,
     "tc0: method=shortcut is for number=0, 15, 51, 60, 85, 90, 102, 105, 150, "
     "153, 165, 170, 195, 204, 240 and 255\n"},
    {"stats rule number=90 method=shortcut merge=2", 2,
     "tc0: merge=2 is for method=steps\n"},
    {"stats rule merge=7", 2,
     "tc0: 'merge=7': merge must be a whole number from 1 to 6\n"},
    {"stats rule n=1000000 steps=1000000", 3,
     "tc0: about 3e+12 wires; at most 2.5e+08 are made\n"},
    {"stats ball length=10000 bits=60 clock=60", 3,
     "tc0: a table of about 3.6e+07 places; at most 4194304 are made\n"},
    {"stats balls1d walls=maybe", 2,
     "tc0: 'walls=maybe': walls must be no or yes\n"},
    {"stats balls1d k=1000 bits=16 walls=yes", 3,
     "tc0: about 3.9e+08 wires; at most 2.5e+08 are made\n"},
    {"stats balls2d bits=3 speed=4", 2,
     "tc0: speed=4: must be at most bits=3\n"},
    {"stats balls2d k=1000", 3,
     "tc0: about 3.8e+11 wires; at most 2.5e+08 are made\n"},
    {"stats bbm w=7", 2, "tc0: w=7: must be even\n"},
    {"stats bbm h=5", 2, "tc0: h=5: must be even\n"},
    {"stats life w=10000 h=10000", 3,
     "tc0: about 6e+09 wires; at most 2.5e+08 are made\n"},
    {"stats gas k=100000 bits=15 area=1", 3,
     "tc0: pressures up to 2.68e+13; at most 1048576 are made\n"},
    {"diffusion sampler --steps 0", 2,
     "tc0: --steps 0: must be from 1 to 4096 and ascend, as 8, 1,2,5, 1..64 or "
     "1..64*2\n"},
    {"diffusion sampler --steps 4..2", 2,
     "tc0: --steps 4..2: must be from 1 to 4096 and ascend, as 8, 1,2,5, 1..64 "
     "or 1..64*2\n"},
    {"diffusion sampler --epsilon 0", 2,
     "tc0: --epsilon 0: must be decimals above 0 and below 1, at most 8, as "
     "0.1,0.01; a chain on a lattice need not reach its data exactly\n"},
    {"diffusion sampler --epsilon 0.1,1", 2,
     "tc0: --epsilon 0.1,1: must be decimals above 0 and below 1, at most 8, "
     "as 0.1,0.01; a chain on a lattice need not reach its data exactly\n"},
    {"diffusion sampler --steps 1..4096", 2,
     "tc0: --steps 1..4096: 8390656 in all, more than 300000; fewer would do, "
     "as 1..4096*2\n"},
    {"diffusion sampler --steps 1..600 bits=10 random=12", 2,
     "tc0: 8.2e+11 table entries and draws, of which at most 2e+10 are tried: "
     "fewer --steps, as 1..64*2, or less of bits=, random= or points= would "
     "do\n"},
    {"diffusion sampler --basis majority", 2,
     "tc0: 'diffusion' goes without --basis\n"},
    {"diffusion sampler --samples 3", 2,
     "tc0: --samples 3: must be a whole number from 100 to 16777216\n"},
    {"diffusion sampler steps=3", 2,
     "tc0: 'steps=3': --steps says how many steps to try\n"},
    {"diffusion sampler --size bits", 2,
     "tc0: --size bits: 'sampler' has no size of that name\n"},
    {"diffusion sampler --constant -1", 2,
     "tc0: --constant -1: must be above 0 and at most 1000000000\n"},
    {"diffusion sampler --plot a.png", 2,
     "tc0: --plot a.png: must end in .svg\n"},
    {"diffusion add", 2,
     "tc0: chain: 's', 1 values of 9 bits, cannot become 'x', 1 of 8\n"},
    {"stats sampler data=ring d=2", 2,
     "tc0: d=2: must be 1 for data=ring, which has two\n"},
    {"stats sampler data=ring bits=7", 2,
     "tc0: bits=7: must be from 3 to 6 for data=ring\n"},
    {"stats sampler bits=4 points=6", 2,
     "tc0: points=6: two would be in one cell of 4 bits\n"},
    {"stats sampler n=3", 2,
     "tc0: n=3: needs prior=ramp, or the input changes nothing\n"},
    {"stats sampler input=rule110", 2,
     "tc0: input=rule110: needs n= of at least 1\n"},
    {"stats sampler bits=2", 2,
     "tc0: 'bits=2': bits must be a whole number from 3 to 10\n"},
    {"stats sampler random=13", 2,
     "tc0: 'random=13': random must be a whole number from 1 to 12\n"},
    {"stats masked steps=17", 2,
     "tc0: 'steps=17': steps must be a whole number from 1 to 16\n"},
    {"stats masked data=permutations n=4 steps=5", 2,
     "tc0: steps=5: must be from 1 to 4, the cells\n"},
    {"stats masked data=words n=3 table=0x100 steps=2", 2,
     "tc0: n=3: table= must have at most 2^n bits\n"},
    {"stats masked data=words table=0", 2,
     "tc0: 'table=0': table must be a whole number from 1 on, of at most 512 "
     "bits\n"},
    {"stats masked order=confident steps=3", 2,
     "tc0: steps=3: must divide 16, the cells, for order=confident\n"},
    {"stats masked data=permutations n=6", 2,
     "tc0: n=6: must be from 2 to 5 for permutations\n"},
    {"stats badscore n=2", 2,
     "tc0: 'n=2': n must be a whole number from 3 to 100000\n"},
    {"stats add m=3", 2,
     "tc0: 'add' has no parameter 'm=3'; it has n=, weights=\n"},
    {"stats", 2,
     "tc0: 'stats' needs a source: tc0 stats SOURCE [key=value ...] ...\n"},
    {"stats add --wrong", 2,
     "tc0: 'stats' has no option '--wrong'; 'tc0 stats --help' lists them\n"},
    {"stats add --threads 0", 2,
     "tc0: --threads 0: must be a whole number from 1 to 1024\n"},
    {"eval add --set x=1", 2, "tc0: input 'y' has no value: --set y=INTEGER\n"},
    {"eval add n=8 --set x=256 --set y=0", 2,
     "tc0: x: 256 does not fit 8 bits\n"},
    {"eval add n=8 -i $(printf '3,4\\n300,1\\n' >rows.csv; echo rows.csv)", 2,
     "tc0: rows.csv:2: 300 does not fit 8 bits\n"},
    {"eval add -i rows.csv --json", 2,
     "tc0: rows are printed as CSV; --json is for --set\n"},
    {"eval add --set q=0", 2,
     "tc0: 'q=0' sets no input; the inputs are x, y\n"},
    {"eval add --set x=0xg --set y=0", 2,
     "tc0: x: '0xg' is not an integer (decimal, 0x or 0b)\n"},
    {"eval sudoku size=4 rounds=0 --set puzzle=1..8............", 2,
     "tc0: puzzle: 8 does not fit 3 bits\n"},
    {"eval sudoku size=4 rounds=0 --set puzzle=1..........x....", 2,
     "tc0: puzzle: '1..........x....' is not an integer (decimal, 0x or 0b)\n"},
    {"eval sudoku size=4 rounds=0 --set puzzle=1...", 2,
     "tc0: puzzle: '1...' is not an integer (decimal, 0x or 0b)\n"},
    {"eval sudoku size=4 rounds=0 -i $(echo 12.. >grid.csv; echo grid.csv)", 2,
     "tc0: grid.csv:1: column 1: '12..' is not 16 digits\n"},
    {"stats do1 w=1001", 2,
     "tc0: 'w=1001': w must be a whole number from 1 to 1000\n"},
    {"stats do1 w=1000 layers=1000", 3, NULL},
    {"stats game n=5", 2, "tc0: 'n=5': n must be a whole number from 2 to 4\n"},
    {"stats game n=4 plies=9", 3,
     "tc0: plies=9: at most 7 are looked ahead for n=4\n"},
    {"stats mdp w=0", 2,
     "tc0: 'w=0': w must be a whole number from 1 to 1000\n"},
    {"stats mdp bits=8 sweeps=5000", 2,
     "tc0: sweeps=5000: what is gathered must be below 1048576\n"},
    {"stats mdp w=1000 h=1000 sweeps=10000", 3, NULL},
    {"stats tag n=3", 2,
     "tc0: 'n=3': n must be a whole number from 4 to 100000\n"},
    {"stats tag system=cyclic", 2,
     "tc0: 'system=cyclic': system must be collatz or post\n"},
    {"stats tag n=1000 steps=100000", 3, NULL},
    {"stats turing machine=zuse", 2,
     "tc0: 'machine=zuse': machine must be busybeaver2, busybeaver3, "
     "mostones3, "
     "busybeaver4, busybeaver5, wolfram or minsky\n"},
    {"stats turing machine=minsky n=100000 steps=1000000", 3, NULL},
    {"stats sudoku size=6", 2, "tc0: 'size=6': size must be 4 or 9\n"},
    {"build add", 2, "tc0: 'build' needs a file: -o FILE.tc or FILE.tcb\n"},
    {"build add -o x.abc", 2,
     "tc0: 'x.abc' ends in no known format: --to tc or tcb\n"},
    {"stats ./none.tc", 2,
     "tc0: ./none.tc: cannot open: No such file or directory\n"},
    {"check examples/adder2.tc", 2, NULL},
    {"schedule rule --processors 0", 2,
     "tc0: --processors 0: must be a whole number from 1 to 1099511627776\n"},
    {"map nix", 2, "tc0: 'nix' is no task; 'tc0 list tasks' has them\n"},
    {"map add nix", 2, "tc0: 'nix' is no model; 'tc0 list models' has them\n"},
    {"map rule number=31", 2,
     "tc0: 'number=31' has no line of its own in the map; of rule it has "
     "'rule number=90', 'rule number=110', 'rule number=30'\n"},
    {"map add mlp mlp", 2, "tc0: 'mlp': a task and a model are enough\n"},
    {"map add --json", 2, "tc0: --json: is of the whole map, not of 'add'\n"},
    {"map --html none/x.html", 2, NULL},
    {"growth rule", 2,
     "tc0: no parameter varies: give one several values, as n=4..64\n"},
    {"growth rule n=8..4", 2,
     "tc0: 'n=8..4': must be ascending, as n=4..64, n=4..64+4, n=4..1024*2 or "
     "n=4,8,16, of at most 100000 values\n"},
    {"growth rule n=4..8*1", 2,
     "tc0: 'n=4..8*1': must be ascending, as n=4..64, n=4..64+4, n=4..1024*2 "
     "or n=4,8,16, of at most 100000 values\n"},
    {"growth rule n=4..8x", 2,
     "tc0: 'n=4..8x': must be ascending, as n=4..64, n=4..64+4, n=4..1024*2 or "
     "n=4,8,16, of at most 100000 values\n"},
    {"growth rule n=4,3", 2,
     "tc0: 'n=4,3': must be ascending, as n=4..64, n=4..64+4, n=4..1024*2 or "
     "n=4,8,16, of at most 100000 values\n"},
    {"growth rule n=1..2 steps=1..2 number=0..3", 2,
     "tc0: 'number=0..3': at most 2 parameters can vary\n"},
    {"growth rule n=1..100001", 2,
     "tc0: 'n=1..100001': must be ascending, as n=4..64, n=4..64+4, "
     "n=4..1024*2 or n=4,8,16, of at most 100000 values\n"},
    {"growth rule m=1..2", 2,
     "tc0: 'rule' has no parameter 'm=1'; it has number=, n=, steps=, method=, "
     "merge=\n"},
    {"growth rule n=0..2", 2,
     "tc0: 'n=0': n must be a whole number from 1 to 1000000\n"},
    {"stats depth2:parity n=21", 2,
     "tc0: depth2: 'depth2:parity n=21' has 21 inputs; tables of up to 20 are "
     "made\n"},
    {"stats depth2:depth2:parity", 2,
     "tc0: 'depth2:depth2:parity': depth2: stands there twice\n"},
    {"growth ./none.tc", 2,
     "tc0: no parameter varies: give one several values, as n=4..64\n"},
    {"growth rule n=1..2 --plot x.png", 2,
     "tc0: --plot x.png: must end in .svg\n"},
    {"growth rule n=1..2 --resume no/x.csv", 2,
     "tc0: no/x.csv: cannot open: No such file or directory\n"},
    {"growth rule n=1..2 --method fast", 2,
     "tc0: --method fast: must be auto, made or counted\n"},
    {"chain add n=4", 2,
     "tc0: chain: 's', 1 values of 5 bits, cannot become 'x', 1 of 4\n"},
    {"chain rule --steps 0", 2,
     "tc0: --steps 0: must be a whole number from 1 to 1000000\n"},
    {"stats chain:", 2, "tc0: 'chain:' must be followed by a source\n"},
    {"stats chain:chain:rule", 2,
     "tc0: 'chain:chain:rule': chain: stands there twice\n"},
    {"stats chain:rule times=x", 2,
     "tc0: 'times=x': times must be a whole number from 0 to 1000000\n"},
    {"stats vote:fingerprint replicas=6", 2,
     "tc0: replicas=6: must be odd, or half could be for each\n"},
    {"stats vote:add", 2,
     "tc0: vote: no input is random, so all replicas agree\n"},
    {"stats add --random z", 2,
     "tc0: --random z: no input has that name; they are x, y\n"},
    {"vote fingerprint rows=1", 2,
     "tc0: the error is 1/2 for input 1, half or more, so no vote makes it "
     "less: the source must be right more often than not\n"},
    {"vote fingerprint --replicas 4", 2,
     "tc0: --replicas 4: must be odd, or half could be for each; take 5\n"},
    {"vote fingerprint --replicas 5 --error 1/8", 2,
     "tc0: --replicas or --error: one follows from the other\n"},
    {"budget majority", 2,
     "tc0: a budget is for what is solved step by step: word, rule or dag "
     "kind=products\n"},
    {"budget rule n=17", 3,
     "tc0: n=17: at most 16 cells, for all rows are tried\n"},
    {"budget rule n=4 steps=0", 2,
     "tc0: no steps are needed: there is nothing to split\n"},
    {"budget word n=4 --tokens 33", 3, "tc0: 33 tokens; at most 32\n"},
    {"vote fingerprint --plot a.pdf", 2,
     "tc0: --plot a.pdf: must end in .svg\n"},
    {"vote fingerprint --error 0", 2,
     "tc0: --error 0: must be above 0 and below 1, as 1/8, 0.05 or 2^-20\n"},
    {"vote fingerprint --error 1/0", 2,
     "tc0: --error 1/0: must be above 0 and below 1, as 1/8, 0.05 or 2^-20\n"},
    {"vote fingerprint n=26", 3,
     "tc0: 2^27 seeds; at most 2^26 are tried one by one: take fewer random "
     "bits, or draw some with 'vote --samples'\n"},
    {"vote vote:fingerprint", 2,
     "tc0: 'vote:vote:fingerprint': vote: stands there twice\n"},
    {"derandomize fingerprint n=4 rows=1", 2,
     "tc0: input 1 is wrong for 8 of 2^4 seeds, half or more: no vote makes "
     "that right; the source must be right more often than not\n"},
    {"derandomize fingerprint --replicas 1", 2,
     "tc0: 1 replicas are not enough for all inputs; the union bound asks for "
     "45\n"},
    {"derandomize fingerprint -o x.dot", 2,
     "tc0: -o x.dot: must end in .tc or .tcb\n"},
    {"check add n=4 --max-gates 7", 1, ""},
    {"check add n=2 --circuit examples/adder2.tc", 0, ""},
    {"check add n=3 --circuit examples/adder2.tc", 2, NULL},
    {"stats multiply n=2000 --max-memory 8M", 3, NULL},
    {"stats parity n=-1", 2,
     "tc0: 'n=-1': n must be a whole number from 1 to 1000000\n"},
    {"stats parity depth=1", 2,
     "tc0: 'depth=1': depth must be a whole number from 2 to 1000000\n"},
    {"stats divide method=long", 2,
     "tc0: 'method=long': method must be digits or poly\n"},
    {"stats divide m=-1", 2,
     "tc0: 'm=-1': m must be a whole number from 0 on, of at most 4096 bits\n"},
    {"stats divide method=poly depth=5", 2,
     "tc0: depth=5: method=poly has depth 3\n"},
    {"stats divide depth=1", 2,
     "tc0: depth=1: a quotient has at least depth 2\n"},
    {"stats divide n=64", 3,
     "tc0: quotient: 64 bits in depth 3 take about 2^70 wires; use more "
     "depth\n"},
    {"stats divide n=64 method=poly", 3,
     "tc0: quotient: 64 bits by Chinese remainders; at most 32 are made\n"},
    {"stats remainder depth=2", 2,
     "tc0: depth=2: digits take at least depth 3\n"},
    {"stats remainder m=0x10000 depth=2", 3, NULL},
    {"stats product m=1000 n=1000", 3, NULL},
    {"stats power n=64 e=9", 3, NULL},
    {"stats root n=100 depth=2", 3, NULL},
    {"stats max m=100000 n=100000", 3, NULL},
    {"stats symmetric n=3 table=99", 2, "tc0: table has bits above n = 3\n"},
    {"stats dag n=300", 3, "tc0: n=300: kind=mixed has at most 200 nodes\n"},
    {"stats dag kind=product", 2,
     "tc0: 'kind=product': kind must be sums, products, mixed or story\n"},
    {"stats pattern w=2", 2, "tc0: tw=3: a template is not larger than w=2\n"},
    {"stats pattern errors=10", 2, "tc0: errors=10: a template has 9 pixels\n"},
    {"stats pattern tw=2", 2, "tc0: template has bits above tw * th = 6\n"},
    {"stats pattern w=9999 h=9999 find=best", 3, NULL},
    {"stats tent T=21 method=flat", 3,
     "tc0: method=flat takes 2^20 gates for T = 21; at most 2^19 are made\n"},
    {"unknown", 2, NULL},
    {"stats add n=+5", 2,
     "tc0: 'n=+5': n must be a whole number from 1 to 10000\n"},
    {"stats add 'n= 5'", 2,
     "tc0: 'n= 5': n must be a whole number from 1 to 10000\n"},
    {"eval add --set x=1,2", 2, "tc0: x has 1 value, not 2\n"},
    {"eval add --set x=-1 --set y=0", 2, "tc0: x: -1 does not fit 8 bits\n"},
    {"list tasks ops", 2,
     "tc0: 'ops' cannot be listed too: tasks, models, ops, formats, labs or "
     "theorems "
     "can\n"},
    {"list nothing", 2,
     "tc0: 'nothing' cannot be listed: tasks, models, ops, formats, labs or "
     "theorems "
     "can\n"},
    {"list theorems n=0", 2,
     "tc0: 'n=0': n must be a whole number from 1 to 16\n"},
    {"list theorems n=17 --json", 2,
     "tc0: 'n=17': n must be a whole number from 1 to 16\n"},
    {"list theorems n=8x", 2,
     "tc0: 'n=8x': n must be a whole number from 1 to 16\n"},
    {"list theorems n=99999999999999999999", 2,
     "tc0: 'n=99999999999999999999': n must be a whole number from 1 to 16\n"},
    {"list theorems n=8 n=4", 2,
     "tc0: 'n=4': theorems have one parameter, n=\n"},
    {"list theorems n=16 --max-memory 4M", 3, NULL},
    {"list theorems m=8", 2, "tc0: 'm=8': theorems have one parameter, n=\n"},
    {"stats examples/README", 2,
     "tc0: examples/README: neither a circuit, which begins with the line "
     "'circuit 1', nor an ONNX model: byte 0: this is no field\n"},
    {"stats examples", 2,
     "tc0: examples: config.json: cannot open: No such file or directory\n"},
    {"stats examples/xor/test.csv/model.safetensors", 2,
     "tc0: examples/xor/test.csv/model.safetensors: cannot open: Not a "
     "directory\n"},
    {"stats examples/llama-repeat", 2,
     "tc0: examples/llama-repeat: layers.0: its values are not bounded: "
     "calibrate, or give a smaller range\n"},
    {"stats examples/llama-repeat n=0", 2,
     "tc0: 'n=0': n must be from 1 to 2^26\n"},
    {"stats examples/llama-repeat n=67108864", 2,
     "tc0: examples/llama-repeat: a tensor of 67108864 elements that are not "
     "constant, of which at most 8388608 are read\n"},
    {"stats examples/llama-repeat targets=2", 2,
     "tc0: examples/llama-repeat: targets=: only an encoder-decoder has them, "
     "as t5\n"},
    {"stats examples/llama-repeat/model.safetensors --dim N=3", 2,
     "tc0: --dim needs an ONNX model\n"},
    {"check examples/xor/model.onnx --data"
     " $(printf 'x0,x1\n0,1\n' >in.csv; echo in.csv)",
     2,
     "tc0: in.csv: there are inputs only, so nothing to compare with: add "
     "columns of outputs, or torch_pred\n"},
    {"stats " FLOAT " targets=2", 2,
     "tc0: targets=: only an encoder-decoder in safetensors has them\n"},
    {"stats add --calibrate examples/xor/test.csv", 2,
     "tc0: --calibrate needs a float model\n"},
    {"stats add --dim N=3", 2, "tc0: --dim needs a model file\n"},
    {"stats examples/adder2.tc --bind x=x.pb", 2,
     "tc0: --bind needs a model file\n"},
    {"stats " FLOAT " --dim N=0", 2,
     "tc0: --dim N=0: must be NAME=N, a length from 1 to 2^26\n"},
    {"stats " FLOAT " --dim =3", 2,
     "tc0: --dim =3: must be NAME=N, a length from 1 to 2^26\n"},
    {"stats " FLOAT " --dim N=2 --dim M=3", 2,
     "tc0: " FLOAT ": no input leaves open a dimension 'M'\n"},
    {"stats " FLOAT " --bind x", 2, "tc0: --bind x: must be INPUT=FILE.pb\n"},
    {"stats " FLOAT " --bind x=none.pb", 2,
     "tc0: none.pb: cannot open: No such file or directory\n"},
    {"stats " FLOAT
     " --bind y=$(printf '\\020\\007\\072\\001\\005' >long.pb; echo long.pb)",
     2, "tc0: " FLOAT ": there is no input 'y' to bind\n"},
    {"stats " FLOAT
     " --bind x=$(printf '\\020\\007\\072\\001\\005' >long.pb; echo long.pb)",
     2, "tc0: " FLOAT ": input 'x' is of float; its tensor is of int64\n"},
    {"stats " FLOAT
     " --bind x=$(printf '\\020\\001\\042\\004aaaa' >float.pb; echo float.pb)",
     2, "tc0: " FLOAT ": input 'x' has another shape than its tensor\n"},
    {"stats " FLOAT " n=0", 2, "tc0: 'n=0': n must be from 1 to 2^26\n"},
    {"stats " FLOAT " outputs=all", 2,
     "tc0: 'outputs=all': outputs must be whole or rounded\n"},
    {"stats " FLOAT " bits=17", 2,
     "tc0: 'bits=17': bits must be from 2 to 16\n"},
    {"stats " FLOAT " width=3", 2,
     "tc0: a model has no parameter 'width=3'; it has bits=, range=, n= "
     "(lengths that it leaves open), steps= (rounds of its loops, where an "
     "input says them), targets= (of a decoder beside an encoder), "
     "outputs=rounded|whole\n"},
    {"stats " FLOAT " steps=3", 2,
     "tc0: " FLOAT ": steps=: no loop has as many rounds as an input says\n"},
    {"stats \"$(printf './no\\n\\033[1m')\"", 2,
     "tc0: ./no\\n\\x1b[1m: cannot open: No such file or directory\n"},
    {"build add --to tc -o examples", 2,
     "tc0: examples: cannot open: Is a directory\n"},
    {"build add -o none/x.tc", 2,
     "tc0: none/x.tc: cannot create a file beside it: No such file or "
     "directory\n"},
    {"stats \"$(printf 'a\\nb')\"", 2,
     "tc0: 'a\\nb' is no task, built-in model or file; 'tc0 list' has the "
     "tasks and models\n"},
    {"build add -o - --to tc --json", 2,
     "tc0: --json and -o - both want standard output\n"},
    {"dot add --json", 2, "tc0: --json needs -o FILE\n"},
    {"check majority n=3 --max-memory 1M --circuit $(awk 'BEGIN {"
     "  print \"circuit 1\\ninput x[3]\";"
     "  for (i = 0; i < 40000; i++) print \"g\" i \" = x[0] + x[1] >= 2\";"
     "  print \"output y = g5\" }' >big.tc; echo big.tc)",
     3, NULL},
    {"stats add --basis or", 2,
     "tc0: --basis or: must be threshold, majority, and-or or all\n"},
    {"eval add --basis all --set x=1 --set y=1", 2,
     "tc0: --basis all: must be threshold, majority or and-or\n"},
    {"stats add --basis all --csv", 2,
     "tc0: --basis all goes without --csv and --full\n"},
    {"build multiply n=16 --basis majority -o x.tc", 3,
     "tc0: majority gates would need 45777858742 wires, more than the memory "
     "allows: weights have up to 31 bits\n"},
    {"path compare n=100 --basis majority", 3,
     "tc0: majority gates would need 2535301200456458802993406410751 wires, "
     "more than the memory allows: weights have up to 100 bits\n"},
    {"inspect multiply n=40 --basis and-or --max-memory 1M", 3, NULL},
    {"stats multiply n=30 --basis all --max-memory 1M", 0, ""},
    {"check examples/adder2.tc --basis threshold", 2, NULL},
    {"stats --version", 0, ""},
    {"stats -h", 0, ""},
};

START_TEST(a_wrong_command_line_has_one_message_and_a_status) {
  static char text[1 << 16];
  char line[600];
  snprintf(line, sizeof line, "%s 2>&1 >/dev/null", wrong[_i].line);
  int status = tool_run(line, text, sizeof text);
  ck_assert_msg(status == wrong[_i].status, "tc0 %s: status %d, said %s",
                wrong[_i].line, status, text);
  if (wrong[_i].message)
    ck_assert_str_eq(text, wrong[_i].message);
}
END_TEST

/* Names as hostile as .tc files can make them. */
static void write_odd_circuit(void) {
  FILE *f = fopen("odd.tc", "w");
  ck_assert_ptr_nonnull(f);
  fputs("circuit 1\n"
        "input \"a\\\"b,c\"[3], \"new\\nline\", \"\\xff\" signed, \"\\xfe\"\n"
        "operation \"op,\\\"1\\\"\" \"kind\\nnl\"\n"
        "\"g\\n1\" = \"a\\\"b,c\" + \"new\\nline\" >= 2 3\n"
        "operation \"\\xe9\\x1b[1m\"\n"
        "h = \"g\\n1\"[1] + \"\\xff\" >= 1\n"
        "output \"o\\\"\\n\" = h\n"
        "output = h\nbus output twice\nbus output twice\n",
        f);
  ck_assert_int_eq(fclose(f), 0);
}

#define ODD_INPUTS                                       \
  "--set 'a\"b,c=3' --set \"$(printf 'new\\nline=1')\" " \
  "--set \"$(printf '\\377=-1')\" --set \"$(printf '\\376=0')\""

static const struct {
  const char *line, *output;
} odd[] = {
    {"inspect odd.tc --csv",
     "name,kind,depth_from,depth_to,gates,wires,fan_in,weight_bits\n"
     "\"op,\"\"1\"\"\",\"kind\nnl\",1,1,2,8,4,3\n"
     "\"\\xe9\x1b[1m\",\"\",2,2,1,2,2,1\n"},
    {"path odd.tc", "path 1 of odd.tc: 2 gates\n"
                    "    0  a\"b,c[0]         input\n"
                    "    1  g\\n1             op,\"1\", kind\\nnl\n"
                    "    2  h                \\xe9\\x1b[1m\n"},
    {"eval odd.tc --trace " ODD_INPUTS,
     "depth 1\n"
     "  $8 g\\n1  op,\"1\"  sum 4, level 2 of 2\n"
     "depth 2\n"
     "  $10 h  \\xe9\\x1b[1m  sum 0, level 0 of 1\n"
     "o\"\\n=0\ntwice=0\ntwice=0\n"},
    {"eval odd.tc --json --trace " ODD_INPUTS, NULL},
    {"path odd.tc --json", NULL},
    {"inspect odd.tc --json", NULL},
    {"check odd.tc --max-depth 2 --json", NULL},
    {"stats \"$(cp odd.tc 'o\"d,'; printf './o\"d,')\" --csv",
     "source,inputs,outputs,depth,depth_inner,gates,gates_inner,wires,"
     "wires_shared,wires_stored,weight,weight_bits,fan_in\n"
     "\"./o\"\"d,\",6,2,2,2,3,3,10,6,6,18,3,4\n"},
};

START_TEST(reports_stay_whole_whatever_names_hold) {
  static char text[1 << 16];
  char line[600];
  write_odd_circuit();
  snprintf(line, sizeof line, "%s", odd[_i].line);
  ck_assert_int_eq(tool_run(line, text, sizeof text), 0);
  if (odd[_i].output) {
    ck_assert_str_eq(text, odd[_i].output);
    return;
  }
  json_error_t err;
  json_t *j = json_loads(text, JSON_REJECT_DUPLICATES, &err);
  ck_assert_msg(j != NULL, "tc0 %s: %s", odd[_i].line, err.text);
  if (json_object_get(j, "inputs") && json_object_get(j, "trace")) {
    ck_assert_uint_eq(json_object_size(json_object_get(j, "inputs")), 4);
    ck_assert_uint_eq(json_object_size(json_object_get(j, "outputs")), 3);
  }
  json_decref(j);
}
END_TEST

static json_t *json_of(const char *line) {
  static char text[1 << 16];
  json_error_t err;
  ck_assert_int_eq(tool_run(line, text, sizeof text), 0);
  json_t *j = json_loads(text, JSON_REJECT_DUPLICATES, &err);
  ck_assert_msg(j != NULL, "tc0 %s: %s", line, err.text);
  return j;
}

static bool has_word(const char *text, const char *word) {
  size_t length = strlen(word);
  for (const char *at = text; (at = strstr(at, word)); at += length)
    if ((at == text || isspace((unsigned char)at[-1])) &&
        isspace((unsigned char)at[length]))
      return true;
  return false;
}

START_TEST(operators_are_listed_in_lines_that_fit) {
  static char text[1 << 16];
  size_t i;
  json_t *item, *j = json_of("list ops --json");
  ck_assert_int_eq(tool_run("list ops", text, sizeof text), 0);
  json_array_foreach(json_object_get(j, "ops"), i, item) {
    const char *name = json_string_value(json_object_get(item, "name"));
    ck_assert_msg(has_word(text, name), "%s", name);
  }
  ck_assert_uint_ge(i, 180);
  for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
    ck_assert_msg(strlen(line) <= 80, "%s", line);
  json_decref(j);
}
END_TEST

START_TEST(outputs_of_real_numbers_have_an_error) {
  json_t *j = json_of("inspect " FLOAT " --json");
  json_t *all = json_object_get(j, "model_outputs"),
         *out = json_array_get(all, 0);
  ck_assert_uint_eq(json_array_size(all), 1);
  ck_assert_str_eq(json_string_value(json_object_get(out, "name")), "logits");
  double error = json_real_value(json_object_get(out, "error"));
  double range = json_real_value(json_object_get(out, "most")) -
                 json_real_value(json_object_get(out, "least"));
  ck_assert(error > 0 && error < range);
  ck_assert_double_le(
      json_real_value(json_object_get(j, "greatest_difference")), error);
  json_decref(j);
}
END_TEST

static const char *const to_nowhere[] = {
    "list",
    "list --json",
    "list theorems n=2",
    "stats add --help",
    "--version",
    "inspect add --csv",
    "eval add --set x=1 --set y=2",
    "build add -o - --to tc",
    "build add -o - --to tcb",
};

START_TEST(a_full_disk_is_told_once_and_is_no_success) {
  static char text[1 << 16];
  char line[600];
  snprintf(line, sizeof line, "%s 2>&1 >/dev/full", to_nowhere[_i]);
  ck_assert_int_eq(tool_run(line, text, sizeof text), 3);
  ck_assert_ptr_nonnull(strstr(text, "No space left on device\n"));
  ck_assert_ptr_eq(strchr(text, '\n') + 1, text + strlen(text));
}
END_TEST

static const char *const deterministic[] = {
    "list --json",
    "list theorems --json",
    "stats rule n=50 steps=10 --full",
    "inspect examples/digits-float/model.onnx --json",
    "path rule n=50 steps=10 -k 20 --json",
    "build rule n=50 steps=10 -o - --to tc",
    "build rule n=50 steps=10 -o - --to tcb",
    "eval add --set x=3 --set y=4 --trace",
    "check add n=8 --json",
    "check add n=40 --vectors 50000 --seed 3",
    "check multiply n=16 --vectors 50000 --method ladders",
    "check add n=9 --circuit wrong.tc",
    "check add n=9 --circuit wrong.tc --basis majority",
    "check add n=9 --circuit wrong.tc --basis and-or --method ladders",
    "check wrong.tc --basis and-or",
    "stats examples/xor/model.onnx --basis all",
    "build rule n=50 steps=3 --basis and-or -o - --to tc",
    "check examples/xor/model.onnx --data examples/xor/test.csv",
};

START_TEST(output_is_the_same_at_any_number_of_threads) {
  static char one[1 << 20], two[1 << 20];
  char line[600];
  ck_assert_int_eq(system(PROGRAM " build add n=9 -o - --to tc |"
                                  "sed 's/>= 128$/>= 129/' >wrong.tc"),
                   0);
  snprintf(line, sizeof line, "%s --threads 1 2>&1", deterministic[_i]);
  int status = tool_run(line, one, sizeof one);
  ck_assert_int_le(status, 1);
  snprintf(line, sizeof line, "%s --threads 2 2>&1", deterministic[_i]);
  ck_assert_int_eq(tool_run(line, two, sizeof two), status);
  ck_assert_mem_eq(one, two, sizeof one);
}
END_TEST

START_TEST(a_circuit_may_come_through_a_pipe) {
  static char text[1 << 10];
  const char *line = "mkfifo pipe && { cat examples/adder2.tc >pipe & " PROGRAM
                     " stats ./pipe; }";
  ck_assert_int_eq(tool_shell(line, text, sizeof text), 0);
  ck_assert_ptr_nonnull(strstr(text, "depth 2"));
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof *(table))

START_TEST(help_lines_are_short_and_in_one_style) {
  for (size_t i = 0; commands[i]; i++) {
    ck_assert_uint_le(strlen(commands[i]->help), 60);
    ck_assert_ptr_nonnull(commands[i]->examples);
    for (const struct option *o = commands[i]->options; o && o->name; o++) {
      ck_assert_uint_le(strlen(o->help), 60);
      ck_assert(o->help[strlen(o->help) - 1] != '.');
    }
  }
}
END_TEST

int main(void) {
  collect();
  Suite *s = suite_create("examples");
  TCase *t = tcase_create("help");
  tcase_add_checked_fixture(t, tool_enter, tool_leave);
  tcase_set_timeout(t, 120);
  tcase_add_loop_test(t, an_example_prints_what_the_help_says, 0, n_examples);
  tcase_add_loop_test(t, a_wrong_command_line_has_one_message_and_a_status, 0,
                      ROWS(wrong));
  tcase_add_test(t, operators_are_listed_in_lines_that_fit);
  tcase_add_test(t, outputs_of_real_numbers_have_an_error);
  tcase_add_loop_test(t, reports_stay_whole_whatever_names_hold, 0, ROWS(odd));
  tcase_add_loop_test(t, a_full_disk_is_told_once_and_is_no_success, 0,
                      ROWS(to_nowhere));
  tcase_add_loop_test(t, output_is_the_same_at_any_number_of_threads, 0,
                      ROWS(deterministic));
  tcase_add_test(t, a_circuit_may_come_through_a_pipe);
  tcase_add_test(t, theorems_in_json_have_the_documented_keys);
  tcase_add_test(t, theorems_as_text_are_short_lines);
  tcase_add_test(t, a_diffusion_in_json_has_the_documented_keys);
  tcase_add_test(t, a_diffusion_is_drawn_by_gnuplot);
  tcase_add_test(t, a_vote_is_drawn_by_gnuplot);
  tcase_add_test(t, help_lines_are_short_and_in_one_style);
  suite_add_tcase(s, t);
  return suite_run(s);
}
