/** `tf.saved_model.signature_def_utils`: signatures, of any tensors or of the three kinds that servers know. */

import { ValueError } from '../core/errors.ts';
import { fn } from '../core/signature.ts';
import { SparseTensor } from '../core/sparse_tensor.ts';
import { Tensor } from '../core/tensor.ts';
import { DataType } from '../formats/graph_messages.ts';
import { SignatureDef, type TensorInfo } from '../formats/meta_graph_messages.ts';
import {
  CLASSIFY_INPUTS,
  CLASSIFY_METHOD_NAME,
  CLASSIFY_OUTPUT_CLASSES,
  CLASSIFY_OUTPUT_SCORES,
  PREDICT_METHOD_NAME,
  REGRESS_INPUTS,
  REGRESS_METHOD_NAME,
  REGRESS_OUTPUTS,
} from './signature_constants.ts';
import { build_tensor_info, type Named } from './tensor_info.ts';

type Infos = Readonly<Record<string, TensorInfo>>;
type Tensors = Readonly<Record<string, Named | SparseTensor>>;

/** A signature of these parts. */
export const build_signature_def = fn(
  ['inputs', 'outputs', 'method_name'],
  (
    inputs: Infos | null = null,
    outputs: Infos | null = null,
    method_name: string | null = null,
  ): SignatureDef =>
    new SignatureDef({
      inputs: inputs ?? {},
      outputs: outputs ?? {},
      method_name: method_name ?? '',
    }),
  { objects: ['inputs', 'outputs'] },
);

const { DT_STRING, DT_FLOAT } = DataType;

/** What `tensor` is, which must be of the type `dtype`. ValueError with the text `wrong` otherwise. */
function infoOf(tensor: unknown, dtype: number | undefined, wrong: string): TensorInfo {
  if (tensor instanceof Tensor || tensor instanceof SparseTensor) {
    const info = build_tensor_info(tensor);
    if (info.dtype === dtype) return info;
  }
  throw new ValueError(wrong);
}

/** The signature of a regression: strings of tf.Examples in, float32 predictions out. ValueError for others. */
export const regression_signature_def = fn(
  ['examples', 'predictions'],
  (examples: Tensor | null, predictions: Tensor | null): SignatureDef => {
    if (examples === null) throw new ValueError('Regression examples cannot be None.');
    if (!(examples instanceof Tensor)) {
      throw new ValueError('Regression examples must be a string Tensor.');
    }
    if (predictions === null) throw new ValueError('Regression predictions cannot be None.');
    const input = infoOf(examples, DT_STRING, 'Regression examples must be a string Tensor.');
    const output = infoOf(predictions, DT_FLOAT, 'Regression output must be a float Tensor.');
    return build_signature_def(
      { [REGRESS_INPUTS]: input },
      { [REGRESS_OUTPUTS]: output },
      REGRESS_METHOD_NAME,
    );
  },
);

/** The signature of a classification: strings of tf.Examples in, string classes and float32 scores out. ValueError for others. */
export const classification_signature_def = fn(
  ['examples', 'classes', 'scores'],
  (examples: Tensor | null, classes: Tensor | null, scores: Tensor | null): SignatureDef => {
    if (examples === null) throw new ValueError('Classification examples cannot be None.');
    if (!(examples instanceof Tensor)) {
      throw new ValueError('Classification examples must be a string Tensor.');
    }
    if (classes === null && scores === null) {
      throw new ValueError('Classification classes and scores cannot both be None.');
    }
    const input = infoOf(examples, DT_STRING, 'Classification examples must be a string Tensor.');
    const outputs: Record<string, TensorInfo> = {};
    if (classes !== null) {
      const wrong = 'Classification classes must be a string Tensor.';
      outputs[CLASSIFY_OUTPUT_CLASSES] = infoOf(classes, DT_STRING, wrong);
    }
    if (scores !== null) {
      const wrong = 'Classification scores must be a float Tensor.';
      outputs[CLASSIFY_OUTPUT_SCORES] = infoOf(scores, DT_FLOAT, wrong);
    }
    return build_signature_def({ [CLASSIFY_INPUTS]: input }, outputs, CLASSIFY_METHOD_NAME);
  },
);

/** The signature of a prediction: tensors in and out, by keys of your own. ValueError where there are none. */
export const predict_signature_def = fn(
  ['inputs', 'outputs'],
  (inputs: Tensors | null, outputs: Tensors | null): SignatureDef => {
    const isEmpty = (tensors: Tensors | null) =>
      tensors === null || Object.keys(tensors).length === 0;
    if (isEmpty(inputs)) throw new ValueError('Prediction inputs cannot be None or empty.');
    if (isEmpty(outputs)) throw new ValueError('Prediction outputs cannot be None or empty.');
    return build_signature_def(infosOf(inputs!), infosOf(outputs!), PREDICT_METHOD_NAME);
  },
  { objects: ['inputs', 'outputs'] },
);

function infosOf(tensors: Tensors): Infos {
  return Object.fromEntries(
    Object.entries(tensors).map(([key, tensor]) => [key, build_tensor_info(tensor)]),
  );
}

/** Whether a server could serve `signature_def`: its method is one of three, and its tensors are of that method's. */
export const is_valid_signature = fn(
  ['signature_def'],
  (signature_def: SignatureDef | null): boolean => {
    if (signature_def === null) return false;
    const { inputs, outputs, method_name } = signature_def;
    const out = Object.keys(outputs);
    if (method_name === PREDICT_METHOD_NAME)
      return Object.keys(inputs).length > 0 && out.length > 0;
    if (Object.keys(inputs).join() !== CLASSIFY_INPUTS) return false;
    if (inputs[CLASSIFY_INPUTS]!.dtype !== DT_STRING) return false;
    if (method_name === REGRESS_METHOD_NAME) {
      return out.join() === REGRESS_OUTPUTS && outputs[REGRESS_OUTPUTS]!.dtype === DT_FLOAT;
    }
    const types: Readonly<Record<string, number | undefined>> = {
      [CLASSIFY_OUTPUT_CLASSES]: DT_STRING,
      [CLASSIFY_OUTPUT_SCORES]: DT_FLOAT,
    };
    if (method_name !== CLASSIFY_METHOD_NAME || out.length === 0) return false;
    return out.every((key) => Object.hasOwn(types, key) && outputs[key]!.dtype === types[key]);
  },
);
