/** Event files: what TensorFlow and TensorBoard read from ours, and what we read from theirs. */

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import * as tf from 'tf1';
import { frameOf, recordsOf } from '../../src/formats/records.ts';
import { sourceOf } from '../../src/formats/streams.ts';
import { eventRecord } from '../../src/formats/summary_bytes.ts';
import { writeEvents } from './event_program.ts';

interface Row {
  readonly wall_time: number;
  readonly step: number;
  readonly what: string;
  readonly values?: readonly [tag: string, kind: string, hasMetadata: boolean][];
  readonly nodes?: readonly string[];
  readonly run?: readonly unknown[];
}
const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../golden/${name}.json`, import.meta.url), 'utf8'));
const readers = read('event_readers') as {
  readonly file: string;
  readonly name: string;
  readonly tensorflow: readonly Row[];
};
const theirs = read('summaries').events as {
  readonly file: string;
  readonly events: readonly [
    wall: number,
    step: number,
    what: string,
    [string, number, boolean][],
  ][];
};
const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tf1-events-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
  jest.restoreAllMocks();
});

/** The events of the only file in a directory. */
function eventsIn(path: string): tf.Event[] {
  const files = readdirSync(path);
  expect(files.length).toBe(1);
  return [...tf.train.summary_iterator(join(path, files[0]!))];
}

function fileOf(bytes: Uint8Array): string {
  const path = join(directory, 'file');
  writeFileSync(path, bytes);
  return path;
}

describe('a file that TensorFlow and TensorBoard read', () => {
  test('is what is written today', () => {
    let now = 1500000000000;
    jest.spyOn(Date, 'now').mockImplementation(() => (now += 125));
    writeEvents(directory);
    const [name] = readdirSync(directory);
    expect(name!.startsWith(readers.name)).toBe(true);
    const plain = (event: tf.Event) => {
      // Graphs grow with the library; the others are the same to the byte.
      const graph = event.WhichOneof('what')!.endsWith('graph_def');
      return graph ? [event.wall_time, event.WhichOneof('what')] : event.SerializeToString();
    };
    const recorded = [...tf.train.summary_iterator(fileOf(bytesOf(readers.file)))];
    rmSync(join(directory, 'file'));
    expect(eventsIn(directory).map(plain)).toEqual(recorded.map(plain));
  });

  test('has what they say', () => {
    const events = [...tf.train.summary_iterator(fileOf(bytesOf(readers.file)))];
    expect(events.length).toBe(readers.tensorflow.length);
    for (const [i, row] of readers.tensorflow.entries()) {
      const event = events[i]!;
      expect([event.wall_time, event.step, event.WhichOneof('what')]).toEqual([
        row.wall_time,
        row.step,
        row.what,
      ]);
      if (row.values) {
        const values = event.summary.value.map((value) => [
          value.tag,
          value.WhichOneof('value'),
          value.HasField('metadata'),
        ]);
        expect(values).toEqual(row.values);
      }
      if (row.nodes) {
        const { node } = tf.GraphDef.FromString(event.graph_def);
        expect(node.map(({ name }) => name)).toEqual(row.nodes);
      }
    }
  });
});

test('a file of TensorFlow is read, and its records are written back to the byte', () => {
  const bytes = bytesOf(theirs.file);
  const events = [...tf.train.summary_iterator(fileOf(bytes))];
  const rows = events.map((event) => [
    event.wall_time,
    event.step,
    event.WhichOneof('what'),
    event.HasField('summary')
      ? event.summary.value.map((v) => [v.tag, v.simple_value, v.HasField('metadata')])
      : [],
  ]);
  expect(rows).toEqual(theirs.events);
  const records = [...recordsOf(sourceOf(bytes))];
  expect(events.map((event) => event.SerializeToString())).toEqual(records);
});

describe('FileWriter', () => {
  test('begins a file with the first event, and with a suffix at once', () => {
    const writer = new tf.summary.FileWriter(join(directory, 'a/b'));
    expect(readdirSync(writer.get_logdir())).toEqual([]);
    writer.add_summary(new tf.Summary(), 1);
    expect(readdirSync(writer.get_logdir())[0]).toMatch(/^events\.out\.tfevents\.\d{10}\..+/);
    writer.close();
    const other = new tf.summary.FileWriter(directory, { filename_suffix: '.eval' });
    expect(readdirSync(directory).some((name) => name.endsWith('.eval'))).toBe(true);
    other.close();
  });

  test('flushes the first event, then when it is told to', () => {
    const writer = new tf.summary.FileWriter(directory);
    for (let step = 0; step < 5; step++) writer.add_summary(new tf.Summary(), step);
    expect(eventsIn(directory).length).toBe(2);
    writer.flush();
    expect(eventsIn(directory).length).toBe(6);
    writer.close();
  });

  test('flushes after flush_secs', () => {
    let now = 1500000000000;
    jest.spyOn(Date, 'now').mockImplementation(() => now);
    const writer = new tf.summary.FileWriter(directory, { flush_secs: 10 });
    writer.add_summary(new tf.Summary(), 0);
    writer.add_summary(new tf.Summary(), 1);
    expect(eventsIn(directory).length).toBe(2);
    now += 10001;
    writer.add_summary(new tf.Summary(), 2);
    expect(eventsIn(directory).length).toBe(4);
    writer.close();
  });

  test('drops what comes after close, and goes on in a new file after reopen', () => {
    const warned = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
    const writer = new tf.summary.FileWriter(directory);
    writer.add_summary(new tf.Summary(), 1);
    writer.close();
    writer.add_summary(new tf.Summary(), 2);
    writer.add_summary(new tf.Summary(), 3);
    expect(warned.mock.calls).toEqual([
      [
        'Attempting to use a closed FileWriter. The operation will be a noop unless the FileWriter is explicitly reopened.',
      ],
    ]);
    expect(eventsIn(directory).length).toBe(2);
    writer.reopen();
    writer.add_summary(new tf.Summary(), 4);
    writer.close();
    writer.close();
    const steps = readdirSync(directory)
      .sort()
      .flatMap((name) => [...tf.train.summary_iterator(join(directory, name))])
      .map(({ step }) => step);
    expect(steps).toEqual([0, 1, 0, 4]);
  });

  test('two writers in one second write two files', () => {
    const writers = [0, 1, 2].map(() => new tf.summary.FileWriter(directory));
    for (const writer of writers) writer.add_summary(new tf.Summary(), 1);
    for (const writer of writers) writer.close();
    expect(readdirSync(directory).length).toBe(3);
  });

  test('writes metadata once per tag', () => {
    const metadata = new tf.SummaryMetadata({ display_name: 'name' });
    const summary = () =>
      new tf.Summary({ value: ['a', 'b'].map((tag) => ({ tag, simple_value: 1, metadata })) });
    tf.with(new tf.summary.FileWriter(directory), (writer) => {
      writer.add_summary(summary(), 1);
      writer.add_summary(summary().SerializeToString(), 2);
    });
    const kept = eventsIn(directory).flatMap(({ summary: { value } }) =>
      value.map((v) => v.HasField('metadata')),
    );
    expect(kept).toEqual([true, true, false, false]);
  });

  test('takes steps of any kind', () => {
    tf.with(new tf.summary.FileWriter(directory), (writer) => {
      for (const step of [2.7, 3n, tf.int64([4]), -1, 2 ** 52, null]) {
        writer.add_summary(new tf.Summary(), step);
      }
    });
    const steps = eventsIn(directory).map(({ step }) => step);
    expect(steps).toEqual([0, 2, 3, 4, -1, 2 ** 52, 0]);
  });

  test("refuses what TensorFlow refuses, in TensorFlow's words", () => {
    const graph = new tf.Graph();
    tf.with(new tf.summary.FileWriter(directory), (writer) => {
      const { loose } = { loose: writer as never as Record<string, (...args: unknown[]) => void> };
      expect(() => loose.add_summary!([])).toThrow("'list' object has no attribute 'value'");
      expect(() => writer.add_summary('garbage')).toThrow(/Error parsing message/);
      expect(() => loose.add_graph!('x')).toThrow(
        'The passed graph must be an instance of `Graph` or the deprecated `GraphDef`',
      );
      expect(() => writer.add_graph(graph, { graph_def: graph.as_graph_def() })).toThrow(
        'Please pass only graph, or graph_def (deprecated), but not both.',
      );
      expect(() => loose.add_meta_graph!('x')).toThrow(
        "meta_graph_def must be type MetaGraphDef, saw type: <class 'str'>",
      );
      writer.add_run_metadata(new tf.RunMetadata(), 'run', 1);
      expect(() => writer.add_run_metadata(new tf.RunMetadata(), 'run', 2)).toThrow(
        'The provided tag was already used for this event type',
      );
    });
    tf.with(tf.python.eager.context.eager_mode(), () => {
      expect(() => new tf.summary.FileWriter(directory)).toThrow(
        'tf.summary.FileWriter is not compatible with eager execution.',
      );
    });
  });

  test('is kept by directory', () => {
    const path = join(directory, 'shared');
    const writer = tf.with(new tf.Graph().as_default(), () => tf.summary.FileWriterCache.get(path));
    expect(tf.summary.FileWriterCache.get(path)).toBe(writer);
    tf.summary.FileWriterCache.clear();
    expect(existsSync(path)).toBe(true);
    expect(tf.summary.FileWriterCache.get(path)).not.toBe(writer);
    tf.summary.FileWriterCache.clear();
  });

  test('writes the trace of a run', () => {
    const graph = new tf.Graph();
    tf.with(graph.as_default(), new tf.Session({ graph }), (_graph, session) => {
      const sum = tf.add(tf.placeholder_with_default(1, []), 2, { name: 'sum' });
      const run_metadata = new tf.RunMetadata();
      const options = new tf.RunOptions({ trace_level: tf.RunOptions.FULL_TRACE });
      session.run(sum, { options, run_metadata });
      tf.with(new tf.summary.FileWriter(directory), (writer) => {
        writer.add_run_metadata(run_metadata, 'first', 7);
      });
    });
    const [, event] = eventsIn(directory);
    expect([event!.step, event!.tagged_run_metadata.tag]).toEqual([7, 'first']);
    expect(Buffer.from(event!.tagged_run_metadata.run_metadata).includes('sum')).toBe(true);
  });
});

describe('damaged event files', () => {
  test('give the whole events ahead of the damage, then DataLossError', () => {
    const bytes = bytesOf(theirs.file);
    const seen: unknown[] = [];
    expect(() => {
      const cut = fileOf(bytes.subarray(0, bytes.length - 3));
      for (const event of tf.train.summary_iterator(cut)) seen.push(event.step);
    }).toThrow(tf.errors.DataLossError);
    expect(seen.length).toBe(theirs.events.length - 1);
    expect(() => tf.train.summary_iterator(join(directory, 'none'))).toThrow(
      tf.errors.NotFoundError,
    );
  });

  test('mutated bytes give events or a clear error', () => {
    const files = [bytesOf(theirs.file), bytesOf(readers.file)];
    const edits = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.constantFrom(...files), edits, fc.boolean(), (file, changes, isFramed) => {
        const records = isFramed ? [] : [...recordsOf(sourceOf(file))];
        const all = isFramed ? [file.slice()] : records.map((record) => record.slice());
        for (const bytes of all) {
          for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        }
        for (const bytes of all) {
          try {
            const parts = isFramed ? recordsOf(sourceOf(bytes)) : [bytes];
            for (const record of parts) tf.Event.FromString(record).toString();
          } catch (error) {
            const isKnown =
              error instanceof tf.errors.DataLossError || error instanceof tf.ValueError;
            if (!isKnown) throw error;
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});

test('an event made as bytes is the message', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), fc.double({ noNaN: true, min: 0.5 }), (step, wall_time) => {
      const summary = new tf.Summary({ value: [{ tag: 't', simple_value: 2 }] });
      const event = new tf.Event({ wall_time, step, summary });
      const record = eventRecord(wall_time, step, 5, summary.SerializeToString());
      expect(record.slice()).toEqual(frameOf(event.SerializeToString()));
    }),
  );
});
