/** `tf.python.ops.data_flow_ops`. */

export {
  dynamic_partition,
  dynamic_stitch,
  FIFOQueue,
  PaddingFIFOQueue,
  PriorityQueue,
  QueueBase,
  RandomShuffleQueue,
  TensorArray,
} from '../../ops.ts';
