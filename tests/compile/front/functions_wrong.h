/* Functions and a graph in the form of prototext.h, and the whole message. The
   macros are those of check_functions.c. Included in an initialiser. */
// clang-format off

// what is read
{"functions{} ", "", "function 0 has no name"},
{"functions{name:'F' opset_import{version:13}} ", "", "function 'F': it has no outputs"},
{FUNCTION("F", "output:''", ""), "", "function 'F': output 0 has no name"},
{FUNCTION("F", "input:'' output:'a'", ""), "", "function 'F': input 0 has no name"},
{FUNCTION("F", "input:'a' output:'a'", "") FUNCTION("F", "input:'a' output:'a'", ""), "", "function 'F' of 'my' is defined twice"},
{FUNCTION("F", "input:'a' input:'a' output:'a'", ""), "", "function 'F': 'a' is defined twice, as an input and as an input"},
{FUNCTION("F", "input:'a' output:'a'", NODE("Relu", "input:'a'", "a")), "", "function 'F': 'a' is defined twice, as an input and as an output of a node"},
{FUNCTION("F", "input:'a' output:'b'", ""), "", "function 'F': used, but made by nothing: 'b'"},
{FUNCTION("F", "output:'b'", NODE("Relu", "input:'x'", "b")), "", "function 'F': used, but made by nothing: 'x'"}, // of the graph
{FUNCTION("F", "output:'b'", NODE("Relu", "input:'c'", "b") NODE("Relu", "input:'b'", "c")), "", "function 'F': a cycle: 'b' of node 0 (Relu) is needed by node 1 (Relu) to be made"},
{"functions{name:'F' output:'b' " NODE("Relu", "input:''", "b") "} ", "", "function 'F': node 0 (Relu) is of an opset that is not imported"},
{"functions{name:'F' opset_import{version:6} output:'b'} ", "", "function 'F': opset 6 is not supported, only 7 to 25"},
{"functions{name:'F' opset_import{version:13} opset_import{version:13} output:'b'} ", "", "function 'F': the operators of '' are imported twice"},
{FUNCTION("F", "attribute:'p' attribute:'q' attribute:'p' output:'b'", ""), "", "function 'F': it has attribute 'p' twice"},
{FUNCTION("F", "attribute:'p' input:'a' output:'b'", "node{op_type:'Flatten' input:'a' output:'b' attribute{name:'axis' type:2 ref_attr_name:'q'}}"), "", "function 'F': attribute 'axis' of node 0 (Flatten) refers to 'q', which the function does not have"},
{FUNCTION("F", "attribute:'p' output:'b'", "node{op_type:'Constant' output:'b' attribute{name:'value_int' type:2 ref_attr_name:'q'}}"), "", "function 'F': attribute 'value_int' of node 0 (Constant) refers to 'q', which the function does not have"},
{FUNCTION("F", "input:'a' output:'a'", ""), "node{op_type:'F' domain:'my' input:'x' output:'y' attribute{name:'p' type:2 ref_attr_name:'q'}}", "attribute 'p' of node 0 (F) refers to 'q', but is in no function"},

// what is called
{FUNCTION("F", "input:'a' output:'a'", ""), CALL("F", "input:'x' input:'x'", "output:'y'"), "node 0 (F): the function has 1 inputs and 1 outputs, not 2 and 1"},
{FUNCTION("F", "input:'a' output:'a'", ""), CALL("F", "input:'x'", "output:'y' output:'w'"), "node 0 (F): the function has 1 inputs and 1 outputs, not 1 and 2"},
{FUNCTION("F", "input:'a' output:'b'", NODE("Relu", "input:'a'", "b")), CALL("F", "", "output:'y'"), "node 0 (Relu) of function 'F': input 0 is missing"},
{FUNCTION("F", "input:'a' output:'a'", ""), CALL("F", "", "output:'y'"), "output 'y' is not supported by its operator"},
{FUNCTION("F", "input:'a' output:'a'", ""), CALL("G", "", "output:'y'"), "operator not supported: my.G ('tc0 list ops' has those that are)"},
{FUNCTION("F", "input:'a' output:'b'", NODE("Foo", "input:'a'", "b")), CALL("F", "input:'x'", "output:'y'"), "operator not supported: Foo ('tc0 list ops' has those that are)"},
{FUNCTION("F", "input:'a' output:'b'", "node{op_type:'If' input:'a' output:'b' " THEN(NODE("Foo", "input:'a'", "c") "output{name:'c'}") ELSE(CALL("G", "", "output:'c'") "output{name:'c'}") "} ") FUNCTION("G", "output:'b'", NODE("Bar", "input:''", "b")),
 CALL("F", "input:'x'", "output:'y'"), "operators not supported: Foo, Bar ('tc0 list ops' has those that are)"},
{FUNCTION("F", "attribute:'p' input:'a' output:'b'", "node{op_type:'Flatten' input:'a' output:'b' attribute{name:'axis' type:2 ref_attr_name:'p'}}"), CALL("F", "input:'x' attribute{name:'p' type:1 f:1}", "output:'y'"), "node 0 (Flatten) of function 'F': attribute 'axis' is a float, not an int"},
{FUNCTION("F", "attribute:'p' output:'b'", "node{op_type:'Constant' output:'b' attribute{name:'value_int' type:2 ref_attr_name:'p'}}"), CALL("F", "", "output:'y'"), "node 0 (Constant) of function 'F': its value is not given, or of a kind that is not supported"},
{FUNCTION("F", "attribute:'p' input:'a' output:'b'", "node{op_type:'If' input:'a' output:'b' attribute{name:'then_branch' type:5 ref_attr_name:'p'} attribute{name:'else_branch' type:5 ref_attr_name:'p'}}"), "initializer{name:'yes' data_type:9 int32_data:1}" CALL("F", "input:'yes'", "output:'y'"), "node 0 (If) of function 'F': its graph 'then_branch' is missing"},

// without end
{FUNCTION("F", "input:'a' output:'b'", CALL("F", "input:'a'", "output:'b'")), CALL("F", "input:'x'", "output:'y'"), "node 0 (F) of function 'F': the function calls itself"},
{FUNCTION("F", "input:'a' output:'b'", CALL("G", "input:'a'", "output:'b'")) FUNCTION("G", "input:'a' output:'b'", CALL("F", "input:'a'", "output:'b'")), CALL("F", "input:'x'", "output:'y'"), "node 0 (F) of function 'G': the function calls itself"},

// sequences
#define TWO NODE("SequenceConstruct", "input:'x' input:'z'", "s")
{"", TWO NODE("Add", "input:'s' input:'x'", "y"), "node 1 (Add): input 0 is a sequence, not a tensor"},
{"", TWO NODE("Identity", "input:'s'", "y"), "output 'y' is a sequence; only tensors are supported"},
{"", NODE("SequenceLength", "input:'x'", "y"), "node 0 (SequenceLength): input 0 is a tensor, not a sequence"},
{"", TWO NODE("SequenceInsert", "input:'s' input:'s'", "y"), "node 1 (SequenceInsert): a sequence in a sequence is not supported"},
{"", TWO PLACE("i", "2") NODE("SequenceAt", "input:'s' input:'i'", "y"), "node 1 (SequenceAt): position 2 is not one of a sequence of 2"},
{"", TWO PLACE("i", "-3") NODE("SequenceErase", "input:'s' input:'i'", "y"), "node 1 (SequenceErase): position -3 is not one of a sequence of 2"},
{"", TWO NODE("SequenceAt", "input:'s' input:'z'", "y"), "node 1 (SequenceAt): the position must be a constant: bind input 'z'"},
{"", TWO NODE("SequenceAt", "input:'s'", "y"), "node 1 (SequenceAt): input 1 is missing"},
{"", NODE("SequenceEmpty", "", "e") NODE("SequenceErase", "input:'e'", "y"), "node 1 (SequenceErase): position 0 is not one of a sequence of 0"},
{"", NODE("SequenceEmpty", "", "e") NODE("ConcatFromSequence", "input:'e'", "y"), "node 1 (ConcatFromSequence): the sequence is empty"},
{"", PLACE("i", "0") NODE("SequenceConstruct", "input:'x' input:'i'", "s") NODE("ConcatFromSequence", "input:'s'", "y"), "node 1 (ConcatFromSequence): its tensors are of several ranks"},
{"", PLACE("i", "0") NODE("SplitToSequence", "input:'x' input:'i'", "y"), "node 0 (SplitToSequence): its parts are not those of its axis"},
{"", "initializer{name:'n' data_type:7 dims:2 int64_data:[1 2]} " NODE("SplitToSequence", "input:'x' input:'n'", "y"), "node 0 (SplitToSequence): its parts are not those of its axis"},
{"", "initializer{name:'n' data_type:7 dims:1 int64_data:1} " NODE("SplitToSequence", "input:'x' input:'n'", "y"), "node 0 (SplitToSequence): its parts are not those of its axis"},
{"", NODE("Scan", "input:'x' attribute{name:'num_scan_inputs' type:2 i:1} attribute{name:'body' type:5 g{" NODE("SequenceConstruct", "input:'v'", "s") "input{name:'v'} output{name:'s'}}}", "y"), "node 0 (Scan): output 0 of its body is a sequence"},
{"", PLACE("n", "2") NODE("Loop", "input:'n' input:'' attribute{name:'body' type:5 g{" NODE("SequenceConstruct", "input:'x'", "s") NODE("Identity", "input:'c'", "d") "input{name:'i'} input{name:'c'} output{name:'d'} output{name:'s'}}}", "y"), "node 0 (Loop): output 1 of its body is a sequence"},

// conditions that vary
{"", SIGN("2", "i") NODE("If", "input:'c' " THEN("output{name:'z'}") ELSE(NODE("Concat", "input:'x' input:'z' attribute{name:'axis' type:2 i:0}", "e") "output{name:'e'}"), "y"), "node 2 (If): its branches have outputs of several shapes, so the condition must be a constant"},
{"", NODE("If", "input:'x' " THEN("output{name:'z'}") ELSE("output{name:'z'}"), "y"), "node 0 (If): its condition must be one bool"},
{"", SIGN("2", "i") NODE("If", "input:'c' " THEN(NODE("SequenceEmpty", "", "e") "output{name:'e'}") ELSE(NODE("SequenceEmpty", "", "e") "output{name:'e'}"), "y"), "node 2 (If): its branches have outputs of several shapes, so the condition must be a constant"},
#undef TWO
