/** Queues: the operations that make them, fill them and empty them, for both kinds of handle. */

import { op } from '../core/op.ts';

const MADE = [
  'component_types: list(type) >= 1',
  'shapes: list(shape) = []',
  'capacity: int = -1',
] as const;
const NAMED = ["container: string = ''", "shared_name: string = ''"] as const;
const SHUFFLED = [
  'component_types: list(type) >= 1',
  'shapes: list(shape) = []',
  'capacity: int = -1',
  'min_after_dequeue: int = 0',
  'seed: int = 0',
  'seed2: int = 0',
  ...NAMED,
] as const;
const PRIORITIZED = [
  'component_types: list(type) >= 0 = []',
  'shapes: list(shape)',
  'capacity: int = -1',
  ...NAMED,
] as const;

export const FIFOQueue = op('FIFOQueue', {
  inputs: [],
  outputs: ['handle: Ref(string)'],
  attrs: [...MADE, ...NAMED],
  shape: () => [2],
  stateful: true,
}).gradient(null);

export const FIFOQueueV2 = op('FIFOQueueV2', {
  inputs: [],
  outputs: ['handle: resource'],
  attrs: [...MADE, ...NAMED],
  shape: () => [],
  stateful: true,
}).gradient(null);

export const PaddingFIFOQueue = op('PaddingFIFOQueue', {
  inputs: [],
  outputs: ['handle: Ref(string)'],
  attrs: [...MADE, ...NAMED],
  shape: () => [2],
  stateful: true,
}).gradient(null);

export const PaddingFIFOQueueV2 = op('PaddingFIFOQueueV2', {
  inputs: [],
  outputs: ['handle: resource'],
  attrs: [...MADE, ...NAMED],
  shape: () => [],
  stateful: true,
}).gradient(null);

export const RandomShuffleQueue = op('RandomShuffleQueue', {
  inputs: [],
  outputs: ['handle: Ref(string)'],
  attrs: SHUFFLED,
  shape: () => [2],
  stateful: true,
}).gradient(null);

export const RandomShuffleQueueV2 = op('RandomShuffleQueueV2', {
  inputs: [],
  outputs: ['handle: resource'],
  attrs: SHUFFLED,
  shape: () => [],
  stateful: true,
}).gradient(null);

export const PriorityQueue = op('PriorityQueue', {
  inputs: [],
  outputs: ['handle: Ref(string)'],
  attrs: PRIORITIZED,
  shape: () => [2],
  stateful: true,
}).gradient(null);

export const PriorityQueueV2 = op('PriorityQueueV2', {
  inputs: [],
  outputs: ['handle: resource'],
  attrs: PRIORITIZED,
  shape: () => [],
  stateful: true,
}).gradient(null);

const REFERENCE = 'handle: Ref(string)';
const RESOURCE = 'handle: resource';
const COMPONENTS = ['Tcomponents: list(type) >= 1', 'timeout_ms: int = -1'] as const;
const TAKEN = ['component_types: list(type) >= 1', 'timeout_ms: int = -1'] as const;

export const QueueEnqueue = op('QueueEnqueue', {
  inputs: [REFERENCE, 'components: Tcomponents'],
  outputs: [],
  attrs: COMPONENTS,
  stateful: true,
}).gradient(null);

export const QueueEnqueueV2 = op('QueueEnqueueV2', {
  inputs: [RESOURCE, 'components: Tcomponents'],
  outputs: [],
  attrs: COMPONENTS,
  stateful: true,
}).gradient(null);

export const QueueEnqueueMany = op('QueueEnqueueMany', {
  inputs: [REFERENCE, 'components: Tcomponents'],
  outputs: [],
  attrs: COMPONENTS,
  stateful: true,
}).gradient(null);

export const QueueEnqueueManyV2 = op('QueueEnqueueManyV2', {
  inputs: [RESOURCE, 'components: Tcomponents'],
  outputs: [],
  attrs: COMPONENTS,
  stateful: true,
}).gradient(null);

export const QueueDequeue = op('QueueDequeue', {
  inputs: [REFERENCE],
  outputs: ['components: component_types'],
  attrs: TAKEN,
  stateful: true,
}).gradient(null);

export const QueueDequeueV2 = op('QueueDequeueV2', {
  inputs: [RESOURCE],
  outputs: ['components: component_types'],
  attrs: TAKEN,
  stateful: true,
}).gradient(null);

export const QueueDequeueMany = op('QueueDequeueMany', {
  inputs: [REFERENCE, 'n: int32'],
  outputs: ['components: component_types'],
  attrs: TAKEN,
  stateful: true,
}).gradient(null);

export const QueueDequeueManyV2 = op('QueueDequeueManyV2', {
  inputs: [RESOURCE, 'n: int32'],
  outputs: ['components: component_types'],
  attrs: TAKEN,
  stateful: true,
}).gradient(null);

export const QueueDequeueUpTo = op('QueueDequeueUpTo', {
  inputs: [REFERENCE, 'n: int32'],
  outputs: ['components: component_types'],
  attrs: TAKEN,
  stateful: true,
}).gradient(null);

export const QueueDequeueUpToV2 = op('QueueDequeueUpToV2', {
  inputs: [RESOURCE, 'n: int32'],
  outputs: ['components: component_types'],
  attrs: TAKEN,
  stateful: true,
}).gradient(null);

export const QueueClose = op('QueueClose', {
  inputs: [REFERENCE],
  outputs: [],
  attrs: ['cancel_pending_enqueues: bool = false'],
  stateful: true,
}).gradient(null);

export const QueueCloseV2 = op('QueueCloseV2', {
  inputs: [RESOURCE],
  outputs: [],
  attrs: ['cancel_pending_enqueues: bool = false'],
  stateful: true,
}).gradient(null);

export const QueueSize = op('QueueSize', {
  inputs: [REFERENCE],
  outputs: ['size: int32'],
  attrs: [],
  shape: () => [],
  stateful: true,
}).gradient(null);

export const QueueSizeV2 = op('QueueSizeV2', {
  inputs: [RESOURCE],
  outputs: ['size: int32'],
  attrs: [],
  shape: () => [],
  stateful: true,
}).gradient(null);

export const QueueIsClosed = op('QueueIsClosed', {
  inputs: [REFERENCE],
  outputs: ['is_closed: bool'],
  attrs: [],
  shape: () => [],
  stateful: true,
}).gradient(null);

export const QueueIsClosedV2 = op('QueueIsClosedV2', {
  inputs: [RESOURCE],
  outputs: ['is_closed: bool'],
  attrs: [],
  shape: () => [],
  stateful: true,
}).gradient(null);
