/**
 * What tfjs-converter's GraphModel executes with TensorFlow's meaning. An op that it only knows by name
 * is not here: it takes `Mod` for a floored one, `FakeQuantWithMinMaxVars` for nothing at all, and
 * mixes up the inputs of `BitwiseAnd`.
 */

import type { Operation } from '../graph/operation.ts';

const NAMES = `
Abs Acos Acosh Add AddN AddV2 All Any ArgMax ArgMin Asin Asinh Atan Atan2 Atanh AvgPool AvgPool3D
BatchMatMul BatchMatMulV2 BatchToSpaceND BiasAdd Bincount BroadcastArgs BroadcastTo Cast Ceil
ClipByValue Complex ComplexAbs Concat ConcatV2 Const Conv2D Conv2DBackpropInput Conv3D Cos Cosh
CropAndResize Cumprod Cumsum DenseBincount DepthToSpace DepthwiseConv2dNative Dilation2D Div DivNoNan
Einsum Elu EmptyTensorList EnsureShape Enter Equal Erf EuclideanNorm Exit Exp ExpandDims Expm1 FFT
Fill Floor FloorDiv FloorMod FusedBatchNorm FusedBatchNormV2 FusedBatchNormV3 Gather GatherNd
GatherV2 Greater GreaterEqual HashTable HashTableV2 IFFT IRFFT Identity IdentityN If Imag
ImageProjectiveTransformV3 InitializeTable InitializeTableV2 IsFinite IsInf IsNan LRN LeakyRelu Less
LessEqual LinSpace ListDiff Log Log1p LogSoftmax LogicalAnd LogicalNot LogicalOr LookupTableFind
LookupTableFindV2 LookupTableImport LookupTableImportV2 LookupTableSize LookupTableSizeV2 LoopCond
LowerBound MatMul MatrixBandPart Max MaxPool MaxPool3D MaxPoolWithArgmax Maximum Mean Merge Min
Minimum MirrorPad Mul Multinomial Neg NextIteration NoOp NonMaxSuppressionV2 NonMaxSuppressionV3
NonMaxSuppressionV4 NonMaxSuppressionV5 NotEqual OneHot OnesLike Pack Pad PadV2 Placeholder
PlaceholderWithDefault Pow Print Prod RFFT RandomStandardNormal RandomUniform RandomUniformInt Range
Rank Real RealDiv Reciprocal Relu Relu6 Reshape ResizeBilinear ResizeNearestNeighbor Reverse
ReverseV2 Round Rsqrt ScatterNd Select SelectV2 Selu Shape ShapeN Sigmoid Sign Sin Sinh Size Slice
Snapshot Softmax Softplus SpaceToBatchND SparseFillEmptyRows SparseReshape SparseSegmentMean
SparseSegmentSum SparseToDense Split SplitV Sqrt Square SquaredDifference Squeeze StatelessIf
StatelessWhile StaticRegexReplace StopGradient StridedSlice StringNGrams StringSplit
StringToHashBucketFast Sub Sum Switch Tan Tanh TensorArrayCloseV3 TensorArrayConcatV3
TensorArrayGatherV3 TensorArrayReadV3 TensorArrayScatterV3 TensorArraySizeV3 TensorArraySplitV3
TensorArrayV3 TensorArrayWriteV3 TensorListConcat TensorListConcatV2 TensorListFromTensor
TensorListGather TensorListGetItem TensorListLength TensorListPopBack TensorListPushBack
TensorListReserve TensorListResize TensorListScatter TensorListScatterV2 TensorListSetItem
TensorListSplit TensorListStack TensorScatterUpdate Tile TopKV2 Transpose TruncatedNormal Unique
UniqueV2 Unpack UpperBound Where While ZerosLike
`;

/** The ops that a model may have. */
export const KNOWN_OPS: ReadonlySet<string> = new Set(NAMES.trim().split(/\s+/));

/** Ops that tfjs computes as if their images were NHWC, whatever `data_format` says. */
const CHANNELS_LAST = [
  ...['AvgPool', 'AvgPool3D', 'BiasAdd', 'Conv2DBackpropInput', 'MaxPool', 'MaxPool3D'],
  ...['FusedBatchNorm', 'FusedBatchNormV2', 'FusedBatchNormV3', 'DepthwiseConv2dNative', 'Conv3D'],
];
/** Ops that tfjs computes in floats where TensorFlow stays with integers. */
const FLOATS_ONLY = ['Mean', 'Div'];
/** Ops that have no strings in tfjs. */
const NO_STRINGS = ['Add', 'Select', 'SelectV2'];

/** Why tfjs would compute `operation`, whose op it knows, differently; `null` where it would not. */
export function refusal(operation: Operation): string | null {
  const { type, attrs, inputs } = operation;
  const format = attrs.data_format;
  if (CHANNELS_LAST.includes(type) && typeof format === 'string' && format.startsWith('NC'))
    return `tfjs has no data_format ${format} for it`;
  if (type.startsWith('FusedBatchNorm') && attrs.is_training)
    return 'tfjs has no is_training=True for it';
  if (type === 'OneHot' && attrs.axis !== -1 && attrs.axis !== inputs[0]!.dims?.length)
    return 'tfjs has only the last axis for it';
  if (type === 'MatrixBandPart' && inputs[0]!.dims?.length !== 2)
    return 'tfjs has it for single matrices only';
  if (type === 'Conv2DBackpropInput' && hasDilations(attrs.dilations))
    return 'tfjs has no dilations for it';
  if (type === 'BatchMatMulV2' && inputs[0]!.dims?.length !== inputs[1]!.dims?.length)
    return 'tfjs has it for equal ranks only';
  return refusedType(operation);
}

function refusedType({ type, inputs }: Operation): string | null {
  const dtype = inputs.at(-1)?.dtype.base_dtype;
  if (!dtype) return null;
  const refused =
    (FLOATS_ONLY.includes(type) && inputs[0]!.dtype.base_dtype.is_integer) ||
    (NO_STRINGS.includes(type) && dtype.name === 'string');
  const shown = FLOATS_ONLY.includes(type) ? inputs[0]!.dtype.base_dtype : dtype;
  return refused ? `tfjs has no ${shown.name} for it` : null;
}

function hasDilations(dilations: unknown): boolean {
  return Array.isArray(dilations) && dilations.some((n) => n !== 1);
}

/** How many outputs tfjs gives for ops that have more in TensorFlow. */
export function outputsInTfjs(type: string): number {
  if (type === 'NonMaxSuppressionV5') return 2;
  return type.startsWith('FusedBatchNorm') || type === 'Merge' ? 1 : Number.POSITIVE_INFINITY;
}
