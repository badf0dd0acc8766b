/** `tf.python`: the few of TensorFlow's own modules that programs and tests reach for. */

export * as eager from './eager/index.ts';
