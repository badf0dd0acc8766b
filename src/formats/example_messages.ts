/**
 * The messages of training data: `tf.train.Example`, named features of one example, and
 * `tf.train.SequenceExample`, whose lists of features are steps. Numbers are those of TensorFlow's
 * .proto files.
 */

import { type Message, messageClass } from './message.ts';
import type { RepeatedMessages } from './message_store.ts';
import { Schema } from './proto_schema.ts';

const exampleSchema = new Schema(`
message BytesList { repeated bytes value = 1; }
message FloatList { repeated float value = 1 [packed = true]; }
message Int64List { repeated int64 value = 1 [packed = true]; }
message Feature {
  oneof kind {
    BytesList bytes_list = 1;
    FloatList float_list = 2;
    Int64List int64_list = 3;
  }
}
message Features { map<string, Feature> feature = 1; }
message FeatureList { repeated Feature feature = 1; }
message FeatureLists { map<string, FeatureList> feature_list = 1; }
message Example { Features features = 1; }
message SequenceExample { Features context = 1; FeatureLists feature_lists = 2; }
`);

/** Byte strings. */
export interface BytesListFields {
  value: Uint8Array[];
}
/** A list of byte strings. */
export type BytesList = Message & BytesListFields;
/** The class of lists of byte strings; text is given as UTF-8. */
export const BytesList = messageClass<BytesListFields>(exampleSchema, 'BytesList');

/** Numbers, rounded to float32. */
export interface FloatListFields {
  value: number[];
}
/** A list of float32 numbers. */
export type FloatList = Message & FloatListFields;
/** The class of lists of float32 numbers. */
export const FloatList = messageClass<FloatListFields>(exampleSchema, 'FloatList');

/** Integers; those beyond 2^53 are BigInts. */
export interface Int64ListFields {
  value: (number | bigint)[];
}
/** A list of integers. */
export type Int64List = Message & Int64ListFields;
/** The class of lists of integers. */
export const Int64List = messageClass<Int64ListFields>(exampleSchema, 'Int64List');

/** One of the lists. */
export interface FeatureFields {
  bytes_list: BytesList;
  float_list: FloatList;
  int64_list: Int64List;
}
/** A feature: a list of one of three types. */
export type Feature = Message & FeatureFields;
/** The class of features. */
export const Feature = messageClass<FeatureFields>(exampleSchema, 'Feature');

/** Features by name. */
export interface FeaturesFields {
  feature: Record<string, Feature>;
}
/** Features by name. */
export type Features = Message & FeaturesFields;
/** The class of features by name. */
export const Features = messageClass<FeaturesFields>(exampleSchema, 'Features');

/** Features in order. */
export interface FeatureListFields {
  feature: RepeatedMessages<Feature>;
}
/** A list of features, one for each step. */
export type FeatureList = Message & FeatureListFields;
/** The class of lists of features. */
export const FeatureList = messageClass<FeatureListFields>(exampleSchema, 'FeatureList');

/** Lists of features by name. */
export interface FeatureListsFields {
  feature_list: Record<string, FeatureList>;
}
/** Lists of features by name. */
export type FeatureLists = Message & FeatureListsFields;
/** The class of lists of features by name. */
export const FeatureLists = messageClass<FeatureListsFields>(exampleSchema, 'FeatureLists');

/** What an example holds. */
export interface ExampleFields {
  features: Features;
}
/** One example: named features. */
export type Example = Message & ExampleFields;
/** The class of examples. */
export const Example = messageClass<ExampleFields>(exampleSchema, 'Example');

/** What a sequence holds. */
export interface SequenceExampleFields {
  context: Features;
  feature_lists: FeatureLists;
}
/** One sequence: the features of the whole, and lists of features of its steps. */
export type SequenceExample = Message & SequenceExampleFields;
/** The class of sequences. */
export const SequenceExample = messageClass<SequenceExampleFields>(
  exampleSchema,
  'SequenceExample',
);
