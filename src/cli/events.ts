/** `tf1 events`: what a program logged for TensorBoard, tag by tag. */

import type { Command } from 'commander';
import { NotFoundError } from '../core/errors.ts';
import type { SummaryValue } from '../formats/summary_messages.ts';
import { fileSystem } from '../platform/files.ts';
import { summary_iterator } from '../summary/iterator.ts';
import { type Cell, type Io, type Report, writeAll } from './output.ts';
import { eachOf, eventsReport, kindOfValue, timeText } from './reports/records.ts';

interface EventsOptions {
  readonly tag?: string;
  readonly json?: boolean;
}

/** Adds the command to `program`. */
export function addEvents(program: Command, io: Io): void {
  program
    .command('events')
    .description(
      'Lists the tags of an event file, or of those in a directory, or the values of one tag.',
    )
    .argument('<file>', 'the file or directory')
    .option('--tag <tag>', 'prints the values of this tag, step by step')
    .option('--json', 'prints JSON')
    .action((path: string, { tag, json }: EventsOptions) => {
      const reports = eventFiles(path).map((file) =>
        tag === undefined ? eventsReport({ kind: 'events', path: file }, io) : valuesOf(file, tag),
      );
      writeAll(io, reports, json === true);
      const damaged = reports.find(({ damage }) => damage !== undefined);
      if (damaged) throw damaged.damage;
    });
}

/** The event files that a path means, the oldest first. */
function eventFiles(path: string): string[] {
  const status = fileSystem().statSync(path, { throwIfNoEntry: false });
  if (!status?.isDirectory()) return [path];
  const names = fileSystem()
    .readdirSync(path)
    .filter((name) => name.includes('tfevents'));
  if (names.length > 0) return names.sort().map((name) => `${path.replace(/\/+$/, '')}/${name}`);
  throw new NotFoundError(null, null, `${path} has no event files`);
}

function valuesOf(path: string, tag: string): Report {
  const rows: Cell[][] = [];
  const tags = new Set<string>();
  let kind = '';
  const damage = eachOf(summary_iterator(path), (event) => {
    for (const value of event.summary.value) {
      tags.add(value.tag);
      if (value.tag !== tag) continue;
      kind = kindOfValue(value);
      rows.push([Number(event.step), timeText(event.wall_time), ...cellsOf(value, kind)]);
    }
  });
  if (rows.length === 0) {
    const known = [...tags].join(', ');
    throw new NotFoundError(null, null, `${path} has no tag '${tag}'; it has ${known || 'none'}`);
  }
  const columns = ['step', 'time', ...(COLUMNS[kind] ?? [kind])];
  return {
    ...(damage && { damage }),
    kind: `${kind} ${tag}`,
    facts: [['file', path]],
    tables: [{ title: 'values', columns, rows }],
  };
}

const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  scalar: ['value'],
  histogram: ['numbers', 'min', 'mean', 'max'],
  image: ['height', 'width', 'bytes'],
  audio: ['rate', 'channels', 'bytes'],
};

function cellsOf(value: SummaryValue, kind: string): Cell[] {
  const short = (number: number) => Number(number.toPrecision(6));
  switch (kind) {
    case 'scalar':
      return [short(value.simple_value)];
    case 'histogram': {
      const { num, min, max, sum } = value.histo;
      return [num, short(min), short(sum / num), short(max)];
    }
    case 'image': {
      const { height, width, encoded_image_string } = value.image;
      return [height, width, encoded_image_string.length];
    }
    case 'audio': {
      const { sample_rate, num_channels, encoded_audio_string } = value.audio;
      return [sample_rate, Number(num_channels), encoded_audio_string.length];
    }
    default:
      return [kind];
  }
}
