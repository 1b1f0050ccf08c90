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
