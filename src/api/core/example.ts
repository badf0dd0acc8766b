/** `tf.core.example`: messages under the names of the modules that TF1 programs import them from. */

import * as train from '../train.ts';

const { Example, SequenceExample } = train;
const { BytesList, Feature, FeatureList, FeatureLists, Features, FloatList, Int64List } = train;

/** `example_pb2`. */
export const example_pb2 = { Example, SequenceExample };
/** `feature_pb2`. */
export const feature_pb2 = {
  BytesList,
  Feature,
  FeatureList,
  FeatureLists,
  Features,
  FloatList,
  Int64List,
};
