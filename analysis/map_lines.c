/* What grows in each task and model of the map: a line each, and more where a
   parameter makes it another problem. A family without a line is there too,
   with all of its sizes. */
#include "analysis/map.h"

#include <stddef.h>

#define POLYNOMIAL "polynomially many gates by the task's formula (stated)"
#define EXPONENTIAL "exponentially many gates"

/* clang-format off */
const struct map_line map_tasks[] = {
  {.name = "add", .grows = "n"},
  {.name = "argmax", .grows = "m n"},
  {.name = "ball", .grows = "time", .at = {10, 100, 1000},
   .size = "gates by the box's length, whatever the time"},
  {.name = "balls1d", .grows = "k", .size = POLYNOMIAL},
  {.name = "balls2d", .grows = "k steps", .size = POLYNOMIAL},
  {.name = "bbm", .grows = "w h steps"},
  {.name = "compare", .grows = "n"},
  {.name = "cvp", .grows = "n g"},
  {.name = "dag", .source = "dag kind=mixed", .grows = "n", .size = POLYNOMIAL},
  {.name = "dag kind=sums", .grows = "n", .size = POLYNOMIAL,
   .complexity = {"in TC0", "a graph of sums is one sum of its inputs, whose "
                  "multiples the graph sets", "proved",
                  "Chandra, Stockmeyer and Vishkin 1984"}},
  {.name = "digits", .grows = ""},
  {.name = "divide", .source = "divide method=poly", .grows = "n",
   .size = POLYNOMIAL},
  {.name = "do1", .grows = "w layers", .size = POLYNOMIAL},
  {.name = "exp", .grows = "bits", .at = {4, 6, 8}, .size = EXPONENTIAL,
   .is_large = true},
  {.name = "fingerprint", .grows = "n"},
  {.name = "formula", .grows = "n"},
  {.name = "game", .grows = "plies", .at = {3, 5, 7}, .size = EXPONENTIAL,
   .is_large = true},
  {.name = "gas", .grows = "k", .size = POLYNOMIAL},
  {.name = "life", .grows = "w h steps"},
  {.name = "log", .grows = "bits", .at = {4, 6, 8}, .size = EXPONENTIAL,
   .is_large = true},
  {.name = "majority", .grows = "n"},
  {.name = "matmul", .source = "matmul kind=integer method=tree",
   .grows = "k n p"},
  {.name = "matmul kind=boolean",
   .source = "matmul kind=boolean method=tree", .grows = "k n",
   .complexity = {"NL-complete", "a product of boolean matrices says what can "
                  "be reached, so it has no constant depth unless TC0 = NL",
                  "conditional", "Cook 1985"}},
  {.name = "max", .grows = "m n"},
  {.name = "mdp", .grows = "w h sweeps", .size = POLYNOMIAL},
  {.name = "median", .grows = "m n"},
  {.name = "multiply", .grows = "n"},
  {.name = "parity", .source = "parity depth=2", .grows = "n", .is_held = true},
  {.name = "paths", .grows = "n p", .size = POLYNOMIAL},
  {.name = "pattern", .grows = "w h"},
  {.name = "power", .source = "power method=residues", .grows = "n",
   .size = POLYNOMIAL},
  {.name = "product", .grows = "m n", .size = POLYNOMIAL},
  {.name = "reach", .grows = "n"},
  {.name = "reciprocal", .grows = "bits", .at = {4, 6, 8},
   .size = EXPONENTIAL, .is_large = true},
  {.name = "remainder", .source = "remainder method=poly", .grows = "n",
   .size = POLYNOMIAL},
  {.name = "root", .grows = "n", .size = EXPONENTIAL, .is_large = true},
  {.name = "rule number=110", .grows = "n steps"},
  {.name = "rule number=30", .grows = "n steps",
   .complexity = {"in P", "Rule 30 is not known to be P-complete, as Rule 110 "
                  "is; that nothing foretells it is a conjecture of Wolfram's",
                  "proved", "Neary and Woods 2006"}},
  {.name = "rule number=90", .source = "rule number=90 method=shortcut",
   .grows = "n steps", .size = POLYNOMIAL,
   .complexity = {"in TC0", "an additive rule: after any number of steps a "
                  "cell is the parity of some of the first ones", "proved",
                  "Martin, Odlyzko and Wolfram 1984"}},
  {.name = "sort", .grows = "m n"},
  {.name = "sqrt", .grows = "bits", .at = {4, 6, 8}, .size = EXPONENTIAL,
   .is_large = true},
  {.name = "square", .grows = "n"},
  {.name = "squaring", .source = "squaring method=steps", .grows = "T",
   .size = "a squaring is a table here, of as many gates as m"},
  {.name = "squaring method=table", .grows = "T",
   .complexity = {"in AC0", "for a modulus that is held: x^(2^T) is a table of "
                  "as many values as the modulus, made with the circuit",
                  "proved", "the circuit itself: depth 1, certified"}},
  {.name = "sudoku", .grows = "rounds",
   .complexity = {"O(1)", "9 x 9 alone is a finite function: a round that "
                  "changes anything rules out one of 729 candidates, so rounds "
                  "end by themselves; grids of n^2 by n^2 cells are "
                  "NP-complete, and what is counted here is how many rounds "
                  "wait for each other", "proved", "Yato and Seta 2003"}},
  {.name = "sum", .grows = "m n"},
  {.name = "symmetric", .grows = "n"},
  {.name = "tag", .grows = "n steps", .size = POLYNOMIAL},
  {.name = "tent", .source = "tent method=bits", .grows = "T",
   .size = "3 gates (stated)"},
  {.name = "turing machine=minsky", .grows = "n steps", .size = POLYNOMIAL},
  {.name = "word group=s5", .source = "word group=s5 method=tree",
   .grows = "n"},
  {.name = "word group=s3", .source = "word group=s3 method=table",
   .grows = "n", .size = POLYNOMIAL,
   .complexity = {"in TC0", "S3 is solvable: parities, and sums of turns "
                  "modulo 3", "proved", "Barrington and Therien 1988"}},
  {.name = "word group=z m=60", .source = "word group=z m=60 method=table",
   .grows = "n",
   .complexity = {"in TC0", "an abelian group: the remainder of a sum", "proved",
                  "Chandra, Stockmeyer and Vishkin 1984"}},
  {0},
};

#define CIRCUIT_CLASSES "Liu, Preechakul, Kuwaranancharoen and Bai 2025"
#define GENERIC " weights=generic"
#define AS_MLP                                                               \
  "layers whose number does not grow: in TC0, as an MLP of constant depth is"
#define STEPS                                                                \
  "a step for each position, with a state that grows with the problem; one " \
  "that is held is a finite automaton, in NC1"

const struct map_line map_models[] = {
  {.name = "badscore", .grows = "n steps",
   .says = "the score is of no data, so the theorem about diffusions does not "
           "apply: without accurate scores they compute what any machine does",
   .from = "Liu 2025 (arXiv 2507.12469)"},
  {.name = "cnn", .source = "cnn" GENERIC, .grows = "h w channels",
   .says = AS_MLP,
   .from = CIRCUIT_CLASSES},
  {.name = "cot", .source = "cot" GENERIC, .grows = "n tokens",
   .says = "chain of thought of polynomially many tokens, with numbers of "
           "O(log n) bits, computes exactly P",
   .from = "Merrill and Sabharwal 2024"},
  {.name = "denoiser", .source = "denoiser" GENERIC, .grows = "d ff",
   .says = AS_MLP,
   .from = CIRCUIT_CLASSES},
  {.name = "looped", .source = "looped" GENERIC, .grows = "n loops",
   .says = "padded, with log^i n loops it computes TC^i; here there are as many "
           "as the problem has steps",
   .from = "Merrill and Sabharwal 2025 (arXiv 2503.03961)"},
  {.name = "looped loops=log2(n)", .source = "looped" GENERIC, .grows = "n loops",
   .is_log = true,
   .says = "with log^i n loops, padded transformers compute TC^i",
   .from = "Merrill and Sabharwal 2025; Svete et al. 2026 (arXiv 2605.30523)"},
  {.name = "lstm", .source = "lstm" GENERIC, .grows = "n d ff",
   .says = STEPS, .from = CIRCUIT_CLASSES "; Ladner and Fischer 1980"},
  {.name = "mamba", .source = "mamba meaning=closed" GENERIC, .grows = "n d",
   .says = "the recurrence in closed form, rounded once, is in TC0",
   .from = "Merrill, Petty and Sabharwal 2024"},
  {.name = "mamba meaning=stepwise",
   .source = "mamba meaning=stepwise" GENERIC, .grows = "n d",
   .reach = REACH_SCAN,
   .says = "a channel's state has few values, so maps of it are tables, of "
           "which pairs of pairs are composed in logarithmic depth",
   .from = "Ladner and Fischer 1980"},
  {.name = "masked", .grows = "steps", .at = {2, 3, 4},
   .size = "a gate for each word that the data allow here",
   .reach = REACH_CONJECTURE,
   .says = "masked diffusion is outside of the theorem; that it stays in TC0 "
           "whatever its steps is a conjecture",
   .from = "Liu 2025 (arXiv 2507.12469)"},
  {.name = "mixture", .source = "mixture" GENERIC, .grows = "d ff experts",
   .says = AS_MLP,
   .from = CIRCUIT_CLASSES},
  {.name = "mlp", .source = "mlp" GENERIC, .grows = "d ff out",
   .says = "of constant depth it computes TC0, and no more",
   .from = CIRCUIT_CLASSES},
  {.name = "resnet", .source = "resnet" GENERIC, .grows = "h w channels",
   .says = AS_MLP, .from = CIRCUIT_CLASSES},
  {.name = "rnn", .source = "rnn" GENERIC, .grows = "n d ff",
   .says = STEPS, .from = CIRCUIT_CLASSES "; Ladner and Fischer 1980"},
  {.name = "sampler", .source = "sampler prior=ramp n=8",
   .grows = "n steps", .reach = REACH_THEOREM,
   .says = "where the premises hold (a Gaussian chain, an accurate score, a "
           "dimension that does not grow, a backbone in TC0, one token) any "
           "number of steps computes what non-uniform TC0 does; 'tc0 "
           "diffusion' looks at them one by one",
   .from = "Li and Yan 2025; Liu 2025; Liu, Preechakul, Kuwaranancharoen and "
           "Bai 2025, Theorem 4.1"},
  {.name = "transformer", .source = "transformer" GENERIC, .grows = "n",
   .says = "constant depth for every n, with numbers of few bits: in TC0",
   .from = "Merrill and Sabharwal 2023"},
  {.name = "unet", .source = "unet" GENERIC, .grows = "h w channels",
   .says = AS_MLP, .from = CIRCUIT_CLASSES},
  {0},
};
/* clang-format on */
