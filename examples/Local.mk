EXTRA_DIST += tools/train-examples.py tools/train-checkpoint.py \
  tools/train-digits.py examples/README \
  examples/majority3.tc examples/adder2.tc examples/homework.tc \
  examples/configs/gpt2.json examples/configs/tiny-mixtral.json \
  examples/digits-int8 examples/digits-float examples/iris examples/llama-repeat \
  examples/xor
