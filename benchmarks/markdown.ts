/** The report of a run as tables of Markdown, for docs/performance.md. */

import { type Report, type Result, rateOf } from './report.ts';
import type { Timing } from './workload.ts';

const START = '<!-- measured: npm run bench -- --markdown FILE -->';
const END = '<!-- end of measured -->';

/** The others, as they are called in reports: each has a column. */
const PEERS = ['TensorFlow session', 'tfjs eager', 'GraphModel', 'onnxruntime'] as const;
const ON_CPU = 'tfjs eager on cpu';
/** What follows the name of a contender that does only a part of the work. */
const PART = / \((.*)\)$/;

/** `page` with the tables of `report` between its marks; an Error where it has none. */
export function filled(page: string, report: Report): string {
  const [start, end] = [page.indexOf(START), page.indexOf(END)];
  if (start < 0 || end < start) throw new Error(`The page lacks the lines ${START} and ${END}`);
  return `${page.slice(0, start + START.length)}\n\n${tablesOf(report)}\n\n${page.slice(end)}`;
}

/** Two tables: this library beside others, and what has no others. */
export function tablesOf(report: Report): string {
  const results = Object.values(report.results);
  const beside = results.filter(isCompared);
  const alone = results.filter((result) => !isCompared(result));
  const first = [
    `Node ${report.node.replace(/^v/, '')}, one thread; medians in milliseconds, and in brackets how many times as long as tf1.`,
    '',
    '| | tf1 | TensorFlow 1 session | tfjs eager, wasm | GraphModel, wasm | onnxruntime-node |',
    '|---|--:|--:|--:|--:|--:|',
    ...beside.flatMap(comparedRows),
  ];
  const second = [
    '| | | ms | |',
    '|---|---|--:|--:|',
    ...alone.flatMap(({ about, timings }) =>
      Object.entries(timings).map(([name, timing], i) => {
        const cells = [i === 0 ? about : '', name, milliseconds(timing), rateOf(timing)];
        return `| ${cells.join(' | ')} |`;
      }),
    ),
  ];
  return [...first, '', ...second].join('\n');
}

/** Whether all contenders are sessions of ours or peers that have columns, one at least. */
function isCompared({ timings }: Result): boolean {
  const names = Object.keys(timings).map((name) => name.replace(PART, ''));
  const isPeer = (name: string) => (PEERS as readonly string[]).includes(name);
  return names.some(isPeer) && names.every((name) => isPeer(name) || /^tf1 |on cpu$/.test(name));
}

/** A row for each contender of ours, with the peers that do the same part of the work. */
function comparedRows({ about, timings }: Result): string[] {
  const ours = Object.entries(timings).filter(([name]) => name.startsWith('tf1 '));
  return ours.map(([name, timing]) => {
    const part = PART.exec(name)?.[0] ?? '';
    const kind = name.slice('tf1 '.length, name.length - part.length);
    const said = kind === 'session' ? '' : `, ${kind}`;
    const label = `${about}${said}${part.replace(PART, ', $1')}`;
    const cells = PEERS.map((peer) => {
      const other = timings[peer + part];
      const slow = peer === 'tfjs eager' && part === '' ? timings[ON_CPU] : undefined;
      if (other) return cell(other, timing);
      return slow ? `${cell(slow, timing)} on cpu` : '';
    });
    return `| ${label} | ${milliseconds(timing)} | ${cells.join(' | ')} |`;
  });
}

const cell = (other: Timing, ours: Timing) =>
  `${milliseconds(other)} (${significant(other.median / ours.median, 2)}x)`;

const milliseconds = ({ median }: Timing) => significant(median, 3);

function significant(value: number, digits: number): string {
  const rounded = Number(value.toPrecision(digits));
  return rounded.toLocaleString('en', { maximumFractionDigits: 6 });
}
