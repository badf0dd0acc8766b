/** Summaries: values as the serialized messages that event files hold and TensorBoard shows. */

import { op } from '../core/op.ts';
import type { Dims } from '../core/tensor.ts';

const REAL = 'T: realnumbertype';
const scalar = (): Dims => [];

export const ScalarSummary = op('ScalarSummary', {
  inputs: ['tags: string', 'values: T'],
  outputs: ['summary: string'],
  attrs: [REAL],
  shape: scalar,
}).gradient(null);

export const HistogramSummary = op('HistogramSummary', {
  inputs: ['tag: string', 'values: T'],
  outputs: ['summary: string'],
  attrs: [`${REAL} = DT_FLOAT`],
  shape: scalar,
}).gradient(null);

export const ImageSummary = op('ImageSummary', {
  inputs: ['tag: string', 'tensor: T'],
  outputs: ['summary: string'],
  attrs: [
    'max_images: int >= 1 = 3',
    'T: {uint8, float, half, double} = DT_FLOAT',
    'bad_color: tensor = uint8[255, 0, 0, 255]',
  ],
  shape: scalar,
}).gradient(null);

export const AudioSummary = op('AudioSummary', {
  inputs: ['tag: string', 'tensor: float'],
  outputs: ['summary: string'],
  attrs: ['sample_rate: float', 'max_outputs: int >= 1 = 3'],
  shape: scalar,
}).gradient(null);

export const AudioSummaryV2 = op('AudioSummaryV2', {
  inputs: ['tag: string', 'tensor: float', 'sample_rate: float'],
  outputs: ['summary: string'],
  attrs: ['max_outputs: int >= 1 = 3'],
  shape: scalar,
}).gradient(null);

export const TensorSummary = op('TensorSummary', {
  inputs: ['tensor: T'],
  outputs: ['summary: string'],
  attrs: [
    'T: type',
    "description: string = ''",
    'labels: list(string) = []',
    "display_name: string = ''",
  ],
  shape: scalar,
  // It tells the name of its node.
  opaque: true,
}).gradient(null);

export const TensorSummaryV2 = op('TensorSummaryV2', {
  inputs: ['tag: string', 'tensor: T', 'serialized_summary_metadata: string'],
  outputs: ['summary: string'],
  attrs: ['T: type'],
  shape: scalar,
}).gradient(null);

export const MergeSummary = op('MergeSummary', {
  inputs: ['inputs: N * string'],
  outputs: ['summary: string'],
  attrs: ['N: int >= 1'],
  shape: scalar,
}).gradient(null);
