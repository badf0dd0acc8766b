/** What is made of a run's timings: rows, the tables of the page on performance, and the figures to reach. */

import { expect, test } from '@jest/globals';
import { figuresOf } from '../../benchmarks/figures.ts';
import { filled, tablesOf } from '../../benchmarks/markdown.ts';
import { type Report, rowsOf } from '../../benchmarks/report.ts';
import { measure, selfTimed, type Timing } from '../../benchmarks/workload.ts';

const timing = (median: number, more: Partial<Timing> = {}): Timing => ({
  ...{ median, low: median, high: median, steps: 10 },
  ...more,
});
const report: Report = {
  node: 'v20.1.0',
  cpu: 'a processor',
  results: {
    chain: {
      about: 'a chain',
      timings: { 'tf1 session': timing(0.5), 'tfjs eager': timing(15), onnxruntime: timing(1) },
    },
    mobilenet: {
      about: 'a network',
      timings: { 'tf1 session': timing(2200), GraphModel: timing(2000) },
    },
    matmul: { about: 'products', timings: { 'tf1 256, a b': timing(1, { flop: 45e6 }) } },
  },
};

test('rows have medians, ratios and rates', () => {
  expect(rowsOf('chain', report.results.chain!)).toMatch(/tfjs eager +15\.0000 ms +\(30\.00x\)/);
  expect(rowsOf('matmul', report.results.matmul!)).toContain('45.0 GFLOP/s');
});

test('tables have a column for each peer, and a row for what has none', () => {
  const text = tablesOf(report);
  expect(text).toContain('| a chain | 0.5 |  | 15 (30x) |  | 1 (2x) |');
  expect(text).toContain('| a network | 2,200 |  |  | 2,000 (0.91x) |  |');
  expect(text).toContain('| products | tf1 256, a b | 1 | 45.0 GFLOP/s |');
  expect(text).toContain('Node 20.1.0');
});

test('a page is filled again and again', () => {
  const page = [
    'before',
    '<!-- measured: npm run bench -- --markdown FILE -->',
    '<!-- end of measured -->',
    'after',
  ].join('\n');
  const once = filled(page, report);
  expect(once).toMatch(/^before\n[\s\S]*a chain[\s\S]*\nafter$/);
  expect(filled(once, report)).toBe(once);
  expect(() => filled('a page', report)).toThrow('lacks the lines');
});

test('figures hold, do not hold, or were not measured', () => {
  const lines = figuresOf(report).split('\n');
  const line = (about: string) => lines.find((text) => text.includes(about));
  expect(line('1,000-op chain')).toMatch(/^holds +30x +at least 25x/);
  expect(line('MobileNet')).toMatch(/^does not hold +1\.1x +at most 1\.05x/);
  expect(line('of any size')).toMatch(/^holds +45 GFLOP/);
  expect(line('LSTM')).toMatch(/^not measured/);
});

test('contenders have their turns one after the other', async () => {
  const steps: string[] = [];
  const workload = {
    about: 'nothing',
    contenders: {
      first: () => ({
        step: () => void steps.push('first'),
        close: () => void steps.push('closed'),
      }),
      second: () => selfTimed(() => steps.push('second') * 0 + 3),
    },
  };
  const timings = await measure(workload, { rounds: 3, turn: 0 });
  expect(steps.join(' ')).toMatch(/(first second ?){3} closed$/);
  expect(timings.second).toMatchObject({ median: 3, low: 3, high: 3, steps: 3 });
  expect(timings.first?.steps).toBe(3);
});
