/* Functions and a graph in the form of prototext.h, and all elements of output
   y, by hand. x is [3 -2] of int8, z is [10 20]. The macros are those of
   check_functions.c. Included in an initialiser. */
// clang-format off

// inputs and outputs
{FUNCTION("Twice", "input:'a' output:'b'", NODE("Add", "input:'a' input:'a'", "b")),
 CALL("Twice", "input:'x'", "output:'y'"), {6, -4}},
{FUNCTION("Swap", "input:'a' input:'b' output:'b' output:'a'", ""),
 CALL("Swap", "input:'x' input:'z'", "output:'p' output:'q'") NODE("Sub", "input:'p' input:'q'", "y"), {7, 22}},
{FUNCTION("Swap", "input:'a' input:'b' output:'b' output:'a'", ""), // the last output left out
 CALL("Swap", "input:'x' input:'z'", "output:'y'"), {10, 20}},
{FUNCTION("Swap", "input:'a' input:'b' output:'b' output:'a'", ""), // the first
 CALL("Swap", "input:'x' input:'z'", "output:'' output:'y'"), {3, -2}},
{FUNCTION("Cut", "input:'a' input:'lo' input:'hi' output:'b'", NODE("Clip", "input:'a' input:'lo' input:'hi'", "b")),
 "initializer{name:'two' data_type:3 int32_data:2} " CALL("Cut", "input:'x' input:'' input:'two'", "output:'y'"), {2, -2}},
{FUNCTION("Cut", "input:'a' input:'lo' input:'hi' output:'b'", NODE("Clip", "input:'a' input:'lo' input:'hi'", "b")),
 "initializer{name:'two' data_type:3 int32_data:2} " CALL("Cut", "input:'x' input:'two'", "output:'y'"), {3, 2}},
{FUNCTION("Sort", "input:'a' output:'c'", NODE("Add", "input:'b' input:'a'", "c") NODE("Add", "input:'a' input:'a'", "b")),
 CALL("Sort", "input:'x'", "output:'y'"), {9, -6}},
{FUNCTION("One", "input:'a' output:'b'", "node{op_type:'Constant' output:'k' attribute{name:'value' type:4 t{data_type:3 int32_data:5}}} " NODE("Mul", "input:'a' input:'k'", "b")),
 CALL("One", "input:'x'", "output:'y'"), {15, -10}},

// instead of an operator of ONNX; the operators in it are ONNX's
{"functions{name:'Neg' opset_import{version:13} input:'a' output:'b' " NODE("Add", "input:'a' input:'a'", "b") "} ",
 NODE("Neg", "input:'x'", "y"), {6, -4}},

// functions that call functions
{FUNCTION("Twice", "input:'a' output:'b'", NODE("Add", "input:'a' input:'a'", "b"))
 FUNCTION("Eight", "input:'a' output:'d'", CALL("Twice", "input:'a'", "output:'b'") CALL("Twice", "input:'b'", "output:'c'") CALL("Twice", "input:'c'", "output:'d'")),
 CALL("Eight", "input:'x'", "output:'y'"), {24, -16}},
{FUNCTION("Outer", "input:'a' output:'b'", CALL("Inner", "input:'a' input:'a'", "output:'b'")) // before it is defined
 FUNCTION("Inner", "input:'b' input:'a' output:'c'", NODE("Mul", "input:'a' input:'b'", "c")),
 CALL("Outer", "input:'x'", "output:'y'"), {9, 4}},

// attributes that refer
{FUNCTION("Pick", "attribute:'from' input:'a' input:'b' output:'c'", "node{op_type:'Concat' input:'a' input:'b' output:'ab' attribute{name:'axis' type:2}} node{op_type:'Constant' output:'i' attribute{name:'value_ints' type:7 ref_attr_name:'from'}} " NODE("Gather", "input:'ab' input:'i'", "c")),
 CALL("Pick", "input:'x' input:'z' attribute{name:'from' type:7 ints:[3 0]}", "output:'y'"), {20, 3}},
{FUNCTION("Pick", "attribute:'at' input:'a' output:'b'", "node{op_type:'Constant' output:'i' attribute{name:'value_int' type:2 ref_attr_name:'at'}} " NODE("Gather", "input:'a' input:'i'", "b")),
 CALL("Pick", "input:'x' attribute{name:'at' type:2 i:1}", "output:'y'"), {-2}},
{FUNCTION("Add5", "attribute:'t' input:'a' output:'b'", "node{op_type:'Constant' output:'k' attribute{name:'value' type:4 ref_attr_name:'t'}} " NODE("Add", "input:'a' input:'k'", "b")),
 CALL("Add5", "input:'x' attribute{name:'t' type:4 t{data_type:3 dims:2 int32_data:[5 6]}}", "output:'y'"), {8, 4}},
{FUNCTION("Join", "attribute:'side' input:'a' input:'b' output:'c'", "node{op_type:'Concat' input:'a' input:'b' output:'c' attribute{name:'axis' type:2 ref_attr_name:'side'}} ")
 FUNCTION("Outer", "attribute:'along' input:'a' input:'b' output:'d'", CALL("Join", "input:'b' input:'a' attribute{name:'side' type:2 ref_attr_name:'along'}", "output:'d'")),
 CALL("Outer", "input:'x' input:'z' attribute{name:'along' type:2 i:-1}", "output:'y'"), {10, 20, 3, -2}},
{FUNCTION("Sum", "attribute:'keeps' input:'a' output:'b'", "node{op_type:'ArgMax' input:'a' output:'b' attribute{name:'select_last_index' type:2 ref_attr_name:'keeps'}} "), // absent there: absent here
 CALL("Sum", "input:'x'", "output:'y'"), {0}},
{FUNCTION("Scale", "attribute:'f' input:'a' output:'c'", "node{op_type:'Constant' output:'k' attribute{name:'value_floats' type:6 ref_attr_name:'f'}} node{op_type:'Cast' input:'k' output:'i' attribute{name:'to' type:2 i:3}} " NODE("Mul", "input:'a' input:'i'", "c")),
 CALL("Scale", "input:'x' attribute{name:'f' type:6 floats:[2.5 -3.5]}", "output:'y'"), {6, 6}},
{FUNCTION("Scale", "attribute:'f' input:'a' output:'c'", "node{op_type:'Constant' output:'k' attribute{name:'value_float' type:1 ref_attr_name:'f'}} node{op_type:'Cast' input:'k' output:'i' attribute{name:'to' type:2 i:3}} " NODE("Mul", "input:'a' input:'i'", "c")),
 CALL("Scale", "input:'x' attribute{name:'f' type:1 f:-2.5}", "output:'y'"), {-6, 4}},

// bodies in functions: what is around them, and what they refer to
{FUNCTION("If", "attribute:'at' input:'c' input:'a' input:'b' output:'d'", "node{op_type:'If' domain:'' input:'c' output:'d' " THEN(NODE("Add", "input:'a' input:'b'", "e") "output{name:'e'}") ELSE("node{op_type:'Concat' input:'a' input:'b' output:'e' attribute{name:'axis' type:2 ref_attr_name:'at'}} output{name:'e'}") "} "),
 "initializer{name:'no' data_type:9 int32_data:0} " CALL("If", "input:'no' input:'x' input:'z' attribute{name:'at' type:2 i:-1}", "output:'y'"), {3, -2, 10, 20}},
{FUNCTION("If", "input:'c' input:'a' input:'b' output:'d'", "node{op_type:'If' input:'c' output:'d' " THEN(CALL("Less", "input:'b' input:'a'", "output:'e'") "output{name:'e'}") ELSE("output{name:'a'}") "} ")
 FUNCTION("Less", "input:'a' input:'b' output:'c'", NODE("Sub", "input:'a' input:'b'", "c")),
 "initializer{name:'yes' data_type:9 int32_data:1} " CALL("If", "input:'yes' input:'x' input:'z'", "output:'y'"), {7, 22}},

// a body by reference: around it is the caller's graph, though names are alike
{FUNCTION("Do", "attribute:'what' input:'x' output:'y'", "node{op_type:'Constant' output:'yes' attribute{name:'value' type:4 t{data_type:9 int32_data:1}}} node{op_type:'If' input:'yes' output:'y' attribute{name:'then_branch' type:5 ref_attr_name:'what'}} ")
 FUNCTION("Via", "attribute:'k' input:'u' input:'x' output:'y'", CALL("Do", "input:'u' attribute{name:'what' type:5 g{" "node{op_type:'Sub' input:'x' input:'u' output:'q'} node{op_type:'Constant' output:'k' attribute{name:'value_int' type:2 ref_attr_name:'k'}} node{op_type:'Cast' input:'k' output:'l' attribute{name:'to' type:2 i:3}} node{op_type:'Add' input:'q' input:'l' output:'s'} output{name:'s'}}}", "output:'y'")),
 CALL("Via", "input:'z' input:'x' attribute{name:'k' type:2 i:4}", "output:'y'"), {-3, -18}},

// opsets are the function's own: before 13 Hardmax made one row of the axes from axis 1
{"functions{name:'Old' domain:'my' opset_import{version:11} input:'a' output:'d' node{op_type:'Reshape' input:'a' input:'s' output:'b'} node{op_type:'Constant' output:'s' attribute{name:'value_ints' type:7 ints:[1 2 1]}} node{op_type:'Hardmax' input:'b' output:'c' } node{op_type:'Squeeze' input:'c' output:'e'} node{op_type:'Add' input:'a' input:'e' output:'d'}} ",
 CALL("Old", "input:'x'", "output:'y'"), {4, -2}},

// one that is not used may be anything
{FUNCTION("Odd", "input:'a' output:'b'", NODE("Foo", "input:'a'", "b")), NODE("Identity", "input:'x'", "y"), {3, -2}},

// sequences
{"", NODE("SequenceConstruct", "input:'x' input:'z'", "s") PLACE("i", "-2") PLACE("j", "1") NODE("SequenceAt", "input:'s' input:'i'", "p") NODE("SequenceAt", "input:'s' input:'j'", "q") NODE("Sub", "input:'p' input:'q'", "y"), {-7, -22}},
{"", NODE("SequenceEmpty", "", "e") PLACE("i", "0") NODE("SequenceInsert", "input:'e' input:'x'", "s") NODE("SequenceInsert", "input:'s' input:'z' input:'i'", "t") NODE("ConcatFromSequence", "input:'t' attribute{name:'axis' type:2 i:0}", "y"), {10, 20, 3, -2}},
{"", NODE("SequenceConstruct", "input:'x' input:'z'", "s") NODE("ConcatFromSequence", "input:'s' attribute{name:'axis' type:2 i:-1} attribute{name:'new_axis' type:2 i:1}", "y"), {3, 10, -2, 20}},
{"", NODE("SequenceConstruct", "input:'x' input:'z' input:'x'", "s") NODE("SequenceErase", "input:'s'", "t") NODE("SequenceLength", "input:'t'", "y"), {2}},
{"", NODE("SequenceConstruct", "input:'x' input:'z' input:'z'", "s") PLACE("i", "-3") PLACE("j", "0") NODE("SequenceErase", "input:'s' input:'i'", "t") NODE("SequenceAt", "input:'t' input:'j'", "y"), {10, 20}},
{"", PLACE("i", "1") NODE("SplitToSequence", "input:'x' attribute{name:'axis' type:2 i:-1} attribute{name:'keepdims' type:2 i:0}", "s") NODE("SequenceAt", "input:'s' input:'i'", "y"), {-2}},
{"", PLACE("i", "0") NODE("Concat", "input:'x' input:'z' attribute{name:'axis' type:2 i:0}", "c") "initializer{name:'n' data_type:7 dims:2 int64_data:[3 1]} " NODE("SplitToSequence", "input:'c' input:'n'", "s") NODE("SequenceAt", "input:'s' input:'i'", "y"), {3, -2, 10}},
{"", PLACE("i", "1") PLACE("n", "3") NODE("Concat", "input:'x' input:'z' attribute{name:'axis' type:2 i:0}", "c") NODE("SplitToSequence", "input:'c' input:'n'", "s") NODE("SequenceAt", "input:'s' input:'i'", "y"), {20}}, // the last is shorter
{"", PLACE("n", "2") NODE("SequenceEmpty", "", "e") NODE("Loop", "input:'n' input:'' input:'x' input:'e' attribute{name:'body' type:5 g{" NODE("Identity", "input:'c'", "d") NODE("Identity", "input:'s'", "t") NODE("SequenceInsert", "input:'t' input:'v'", "u") NODE("Add", "input:'v' input:'v'", "w") "input{name:'i'} input{name:'c'} input{name:'v'} input{name:'s' type{sequence_type{elem_type{tensor_type{elem_type:3}}}}} output{name:'d'} output{name:'w'} output{name:'u'}}}", "f' output:'l") NODE("ConcatFromSequence", "input:'l' attribute{name:'axis' type:2 i:0}", "y"), {3, -2, 6, -4}},

// a condition that varies: x begins with 3
{"", SIGN("2", "i") NODE("If", "input:'c' " THEN(NODE("Add", "input:'x' input:'z'", "e") "output{name:'e'}") ELSE(NODE("Sub", "input:'x' input:'z'", "e") "output{name:'e'}"), "y"), {13, 18}},
{"", SIGN("3", "i") NODE("If", "input:'c' " THEN(NODE("Add", "input:'x' input:'z'", "e") "output{name:'e'}") ELSE(NODE("Sub", "input:'x' input:'z'", "e") "output{name:'e'}"), "y"), {-7, -22}},
{"", SIGN("2", "one") NODE("If", "input:'c' " THEN("output{name:'z'}") ELSE(NODE("Sub", "input:'x' input:'z'", "e") "output{name:'e'}"), "y"), {10, 20}}, // of shape [1]
