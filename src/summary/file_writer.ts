/** `tf.summary.FileWriter`: summaries, graphs, logs and traces as the events that TensorBoard reads. */

import { pythonType } from '../core/call.ts';
import type { Text } from '../core/dtype.ts';
import {
  AttributeError,
  NotImplementedError,
  RuntimeError,
  ValueError,
  withHint,
} from '../core/errors.ts';
import type { Fetched } from '../core/fetched.ts';
import { executing_eagerly } from '../core/mode.ts';
import { type ArgsOf, signature } from '../core/signature.ts';
import { bytesOfText } from '../core/text.ts';
import { GraphDef } from '../formats/graph_messages.ts';
import { MetaGraphDef } from '../formats/meta_graph_messages.ts';
import { frameOf } from '../formats/records.ts';
import { eventRecord, outlineOf, type ValueOutline } from '../formats/summary_bytes.ts';
import {
  type Event,
  type SessionLog,
  Summary,
  TaggedRunMetadata,
} from '../formats/summary_messages.ts';
import { get_default_graph } from '../graph/default_graph.ts';
import { Graph } from '../graph/graph.ts';
import { exportScopedMetaGraph } from '../graph/meta_graph_export.ts';
import { warning } from '../platform/logging.ts';
import type { RunMetadata } from '../session/config.ts';
import { EventFileWriter } from './event_file_writer.ts';
import { runMetadataBytes } from './run_metadata.ts';

/** The members of an Event by number. */
const [GRAPH_DEF, SUMMARY, SESSION_LOG, TAGGED_RUN_METADATA, META_GRAPH_DEF] = [4, 5, 7, 8, 9];

/** A step: a number, or what a run gave for one. */
type Step = number | bigint | { item(): unknown } | null;

const open = signature(
  ['logdir', 'graph', 'max_queue', 'flush_secs', 'graph_def', 'filename_suffix', 'session'],
  (
    logdir: string,
    graph: Graph | GraphDef | null = null,
    max_queue: number = 10,
    flush_secs: number = 120,
    graph_def: GraphDef | Graph | null = null,
    filename_suffix: string | null = null,
    session: unknown = null,
  ) => ({ logdir, graph, max_queue, flush_secs, graph_def, filename_suffix, session }),
  { name: 'FileWriter' },
);

const withStep = <T>(name: string) =>
  signature([name, 'global_step'], (value: T, global_step: Step = null) => ({
    value,
    global_step,
  }));
/** A summary as a message, as bytes, or as a run gave it. */
const addSummary = withStep<Summary | Text | Fetched>('summary');
const addSessionLog = withStep<SessionLog>('session_log');
const addMetaGraph = withStep<MetaGraphDef>('meta_graph_def');
const addGraph = signature(
  ['graph', 'global_step', 'graph_def'],
  (
    graph: Graph | GraphDef | null,
    global_step: Step = null,
    graph_def: GraphDef | Graph | null = null,
  ) => ({ graph, global_step, graph_def }),
);
const addRunMetadata = signature(
  ['run_metadata', 'tag', 'global_step'],
  (run_metadata: RunMetadata, tag: string, global_step: Step = null) => ({
    run_metadata,
    tag,
    global_step,
  }),
);

/**
 * Writes event files to a directory, which is made if it is not there. Events are on disk after
 * `flush`, `close`, `flush_secs`, or the end of the process. `max_queue` has no meaning where
 * nothing waits for another thread.
 */
export class FileWriter {
  private readonly events: EventFileWriter;
  /** Tags whose metadata were written; they are written once. */
  private readonly seenTags = new Set<string>();
  private readonly runTags = new Set<string>();
  private isClosed = false;
  private hasWarned = false;

  /**
   * Writes to `logdir`, at once the graph if one is given. RuntimeError in eager mode; ValueError for
   * both a graph and a graph_def.
   */
  constructor(...args: ArgsOf<typeof open>) {
    const { logdir, graph, flush_secs, graph_def, filename_suffix, session } = open(...args);
    if (executing_eagerly()) {
      throw new RuntimeError(
        'tf.summary.FileWriter is not compatible with eager execution. Use tf.contrib.summary instead.',
      );
    }
    if (session !== null) {
      const text = 'FileWriter with a session writes the summaries of tf.contrib.summary';
      throw new NotImplementedError(withHint(text, 'Leave session out.'));
    }
    this.events = new EventFileWriter(logdir, flush_secs, filename_suffix);
    if (graph === null && graph_def === null) return;
    this.add_graph(graph, null, graph_def);
    const given = graph_def ?? graph;
    this.add_meta_graph(
      given instanceof Graph
        ? exportScopedMetaGraph({ graph: given })
        : exportScopedMetaGraph({ graph: get_default_graph(), graph_def: given }),
    );
  }

  enter(): this {
    return this;
  }
  exit(): void {
    this.close();
  }
  [Symbol.dispose](): void {
    this.close();
  }

  /** The directory of the files. */
  get_logdir(): string {
    return this.events.get_logdir();
  }

  /**
   * Adds a summary: a message, or what a summary op gave. Metadata of a tag that was there before are
   * left out. DecodeError for bytes that are no summary.
   */
  add_summary(...args: ArgsOf<typeof addSummary>): void {
    const { value, global_step } = addSummary(...args);
    this.add(SUMMARY, this.withoutKnownMetadata(summaryBytes(value)), global_step);
  }

  /** Adds an event that is already whole. */
  add_event(event: Event): void {
    this.warnIfClosed();
    this.events.add(frameOf(event.SerializeToString()), Date.now());
  }

  /** Adds a graph for TensorBoard to draw. TypeError for anything else than a Graph or a GraphDef. */
  add_graph(...args: ArgsOf<typeof addGraph>): void {
    const { graph, global_step, graph_def } = addGraph(...args);
    if (graph !== null && graph_def !== null) {
      throw new ValueError('Please pass only graph, or graph_def (deprecated), but not both.');
    }
    this.add(GRAPH_DEF, graphBytes(graph, graph_def), global_step);
  }

  /** Adds a graph with its collections. TypeError for anything else than a MetaGraphDef. */
  add_meta_graph(...args: ArgsOf<typeof addMetaGraph>): void {
    const { value, global_step } = addMetaGraph(...args);
    if (!(value instanceof MetaGraphDef)) {
      throw new TypeError(
        `meta_graph_def must be type MetaGraphDef, saw type: <class '${pythonType(value)}'>`,
      );
    }
    this.add(META_GRAPH_DEF, value.SerializeToString(), global_step);
  }

  /** Adds what happened to a session: a start, a stop, a checkpoint. */
  add_session_log(...args: ArgsOf<typeof addSessionLog>): void {
    const { value, global_step } = addSessionLog(...args);
    this.add(SESSION_LOG, value.SerializeToString(), global_step);
  }

  /** Adds the trace of a run under `tag`. ValueError for a tag that was there before. */
  add_run_metadata(...args: ArgsOf<typeof addRunMetadata>): void {
    const { run_metadata, tag, global_step } = addRunMetadata(...args);
    if (this.runTags.has(tag)) {
      throw new ValueError('The provided tag was already used for this event type');
    }
    this.runTags.add(tag);
    const tagged = new TaggedRunMetadata({ tag, run_metadata: runMetadataBytes(run_metadata) });
    this.add(TAGGED_RUN_METADATA, tagged.SerializeToString(), global_step);
  }

  /** Writes to disk what was added. */
  flush(): void {
    this.events.flush();
  }

  /** Flushes and ends the file. What is added from now on is lost. */
  close(): void {
    this.events.close();
    this.isClosed = true;
  }

  /** Takes events again after `close`, in a new file. */
  reopen(): void {
    this.events.reopen();
    this.isClosed = false;
    this.hasWarned = false;
  }

  private add(field: number, payload: Uint8Array, step: Step): void {
    this.warnIfClosed();
    const now = Date.now();
    this.events.add(eventRecord(now / 1000, stepNumber(step), field, payload), now);
  }

  private withoutKnownMetadata(bytes: Uint8Array): Uint8Array {
    // What cannot be outlined is read as a message, which raises the error of damaged bytes.
    const values = outlineOf(bytes) ?? Summary.FromString(bytes).value.map(outlineOfValue);
    const { seenTags } = this;
    let isRepeated = false;
    const known = values.map(({ tag, hasMetadata }) => {
      const wasSeen = seenTags.has(tag);
      if (!wasSeen) seenTags.add(tag);
      else if (hasMetadata) isRepeated = true;
      return wasSeen;
    });
    if (!isRepeated) return bytes;
    const summary = Summary.FromString(bytes);
    for (const [i, value] of summary.value.entries()) if (known[i]) value.ClearField('metadata');
    return summary.SerializeToString();
  }

  private warnIfClosed(): void {
    if (!this.isClosed || this.hasWarned) return;
    this.hasWarned = true;
    console.warn(
      'Attempting to use a closed FileWriter. The operation will be a noop unless the FileWriter is explicitly reopened.',
    );
  }
}

/** The serialized summary. AttributeError for what is none, as Python has it. */
function summaryBytes(value: unknown): Uint8Array {
  if (typeof value === 'string' || value instanceof Uint8Array) return bytesOfText(value);
  if (value instanceof Summary) return value.SerializeToString();
  throw new AttributeError(
    withHint(
      `'${pythonType(value)}' object has no attribute 'value'`,
      'add_summary takes a tf.Summary, or what a run gave for one summary op.',
    ),
  );
}

function outlineOfValue(value: Summary['value'][number]): ValueOutline {
  const tag = String.fromCharCode(...bytesOfText(value.tag));
  return { tag, hasMetadata: value.HasField('metadata') };
}

function graphBytes(
  graph: Graph | GraphDef | null,
  graph_def: GraphDef | Graph | null,
): Uint8Array {
  const given = graph ?? graph_def;
  if (given instanceof Graph) {
    if (graph === null) {
      warning(
        'When passing a `Graph` object, please use the `graph` named argument instead of `graph_def`.',
      );
    }
    return given.as_graph_def({ add_shapes: true }).SerializeToString();
  }
  if (!(given instanceof GraphDef)) {
    throw new TypeError(
      'The passed graph must be an instance of `Graph` or the deprecated `GraphDef`',
    );
  }
  warning(
    'Passing a `GraphDef` to the SummaryWriter is deprecated. Pass a `Graph` object instead, such as `sess.graph`.',
  );
  return given.SerializeToString();
}

/** Python's `int(step)`. */
function stepNumber(step: Step): number | null {
  if (step === null) return null;
  const value = Number(typeof step === 'object' ? step.item() : step);
  if (Number.isFinite(value)) return Math.trunc(value);
  throw new ValueError(`invalid literal for int() with base 10: '${String(step)}'`);
}

const writers = new Map<string, FileWriter>();

/** The writers of programs that share them: one for each directory. */
export const FileWriterCache = {
  /** Closes all writers and forgets them. */
  clear(): void {
    for (const writer of writers.values()) writer.close();
    writers.clear();
  },

  /** The writer for `logdir`, made with the default graph when it is first asked for. */
  get(logdir: string): FileWriter {
    const found = writers.get(logdir);
    if (found) return found;
    const writer = new FileWriter(logdir, { graph: get_default_graph() });
    writers.set(logdir, writer);
    return writer;
  },
};
