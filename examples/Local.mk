EXTRA_DIST += examples/README \
  examples/majority3.tc examples/adder2.tc examples/homework.tc
