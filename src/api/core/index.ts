/** `tf.core`: the messages that TF1's files are made of, by module. */

export * as example from './example.ts';
export * as framework from './framework.ts';
export * as protobuf from './protobuf.ts';
export * as util from './util.ts';
