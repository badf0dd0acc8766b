/** `tf1 show`: what is in a file. */

import type { Command } from 'commander';
import { InvalidArgumentError } from '../core/errors.ts';
import { DecodeError } from '../formats/decode_error.ts';
import { ParseError } from '../formats/text_format.ts';
import { type Found, KINDS, type Kind, kindOf } from './kinds.ts';
import { type Io, type Report, write } from './output.ts';
import { arraysReport } from './reports/arrays.ts';
import { checkpointReport } from './reports/checkpoints.ts';
import { graphReport, metaReport, savedModelReport } from './reports/graphs.ts';
import { eventsReport, recordsReport } from './reports/records.ts';
import { tfjsReport } from './reports/tfjs.ts';

const REPORTS: Readonly<Record<Kind, (found: Found, io: Io) => Report>> = {
  graph: graphReport,
  'graph text': graphReport,
  meta: metaReport,
  'meta text': metaReport,
  'saved model': savedModelReport,
  checkpoint: checkpointReport,
  events: eventsReport,
  records: recordsReport,
  npy: arraysReport,
  npz: arraysReport,
  tfjs: tfjsReport,
};

function reportOf(found: Found, io: Io): Report {
  try {
    return REPORTS[found.kind](found, io);
  } catch (error) {
    if (!(error instanceof DecodeError || error instanceof ParseError)) throw error;
    throw new InvalidArgumentError(
      null,
      null,
      `${found.path} is no ${KINDS[found.kind]}: ${error.message}`,
    );
  }
}

/** Adds the command to `program`. */
export function addShow(program: Command, io: Io): void {
  program
    .command('show')
    .description(
      'Says what is in a file: a graph (.pb, .pbtxt), a meta graph (.meta), a SavedModel, a checkpoint (directory, prefix or index), an event file, a TFRecord file, an array (.npy, .npz) or a tfjs model.',
    )
    .argument('<file>', 'the file, directory or prefix')
    .option('--json', 'prints JSON')
    .action((file: string, options: { json?: boolean }) => {
      const found = kindOf(file);
      const report = reportOf(found, io);
      write(io, report, options.json === true);
      if (report.damage) throw report.damage;
    });
}
