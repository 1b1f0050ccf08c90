/* binary_records.h - what a binary file is made of, for its reader and writer

   The file is a list of records in the order in which a circuit is built, each
   a letter and its integers. */
#ifndef BINARY_RECORDS_H
#define BINARY_RECORDS_H

#define BINARY_VERSION 1
#define BINARY_SUM_BYTES 8

enum record {
  RECORD_INTEGER = '#', // a long integer
  RECORD_TABLE = 't',
  RECORD_VIEW = 'v',
  RECORD_INPUTS = 'i',
  RECORD_GATE = 'g',       // one rung
  RECORD_GATE_AGAIN = 'G', // that reads the sources of the ladder before
  RECORD_LADDER = 'l',     // any number of rungs
  RECORD_LADDER_AGAIN = 'L',
  RECORD_OPERATION = 'o',
  RECORD_NAME = 'n',
  RECORD_INPUT_BUS = 'b',
  RECORD_OUTPUTS = 'y',
  RECORD_OUTPUT_BUS = 'z',
  RECORD_END = '.'
};

#endif
