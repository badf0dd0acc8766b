/** A short run of `npm run fuzz`: damaged files end in an answer or a clear error. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { InvalidArgumentError, ValueError } from '../../src/core/errors.ts';
import { mendedRecords, mendedTable } from './mended.ts';
import { mutated, Random } from './mutations.ts';
import { fuzz, inputOf, type Target, unclear } from './runner.ts';
import { allTargets } from './targets.ts';

const COUNT = 3000;

/** Calls `body` with all targets, and closes what they hold. */
function withTargets(body: (targets: readonly Target[], scratch: string) => void): void {
  const scratch = mkdtempSync(join(tmpdir(), 'tf1-fuzz-seeds-'));
  const { targets, close } = allTargets(scratch);
  try {
    body(targets, scratch);
  } finally {
    close();
    rmSync(scratch, { recursive: true });
  }
}

describe('parsers', () => {
  test('read the files that are not damaged', () => {
    withTargets((targets, scratch) => {
      const directory = mkdtempSync(join(scratch, 'valid-'));
      for (const { seeds, parse } of targets) {
        for (const seed of seeds) expect(() => parse(seed, directory)).not.toThrow();
      }
    });
  });

  test(`end in an answer or a clear error for ${COUNT} damaged files`, () => {
    withTargets((targets) => {
      const { answers, refusals, faults } = fuzz({ count: COUNT, seed: 7, targets });
      const words = faults.map(({ target, index, why, stack }) => {
        const where = stack.split('\n').find((line) => line.includes('/src/')) ?? '';
        return `${target} #${index}: ${why}${where}`;
      });
      expect(words).toEqual([]);
      expect(answers + refusals).toBe(COUNT);
      expect(answers).toBeGreaterThan(COUNT / 20);
      expect(refusals).toBeGreaterThan(COUNT / 20);
    });
  }, 120_000);
});

describe('the runner', () => {
  const target = (parse: Target['parse']): Target => ({
    name: 'made up',
    seeds: [new Uint8Array(100).fill(65)],
    parse,
  });
  const faultOf = (parse: Target['parse']) =>
    fuzz({ count: 1, seed: 1, targets: [target(parse)] }).faults[0]?.why ?? null;

  test('tells clear errors from crashes', () => {
    expect(unclear(new ValueError('a word'))).toBeNull();
    expect(unclear(new InvalidArgumentError(null, null, 'a word'))).toBeNull();
    expect(unclear(new TypeError('Expected string'))).toBeNull();
    expect(unclear(new RangeError('Invalid typed array length: -1'))).toContain('RangeError');
    expect(unclear(new Error('a word'))).toContain('Error');
    const crash = () => (JSON.parse('null') as Error).message;
    expect(faultOf(crash)).toContain('Cannot read');
    const deep = (n: number): number => 1 + deep(n + 1);
    expect(faultOf(() => deep(0))).toContain('Maximum call stack');
  });

  test('notices memory, pollution, changed inputs and files elsewhere', () => {
    const kept: Uint8Array[] = [];
    expect(faultOf(() => kept.push(new Uint8Array(1 << 26)))).toContain('bytes of buffers');
    const pollute = () => Reflect.set(Object.prototype, 'polluted', 1);
    expect(faultOf(pollute)).toBe('changed Object.prototype: polluted');
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
    expect(faultOf((bytes) => bytes.fill(0))).toBe('changed its input');
    const stray = () => process.getBuiltinModule('node:fs').readFileSync('package.json');
    expect(faultOf(stray)).toBe(`touched ${resolve('package.json')}`);
    expect(faultOf(() => undefined)).toBeNull();
  });

  test('makes the same inputs from the same seed', () => {
    const one = target(() => undefined);
    const inputs = (seed: number) => Array.from({ length: 20 }, (_, i) => inputOf(one, seed, i));
    expect(inputs(3)).toEqual(inputs(3));
    expect(inputs(3)).not.toEqual(inputs(4));
    const random = new Random(1);
    const changed = Array.from({ length: 50 }, () => mutated(one.seeds, random, false));
    expect(changed.filter((bytes) => Buffer.compare(bytes, one.seeds[0]!) !== 0).length).toBe(50);
  });

  test('makes checksums right again', () => {
    withTargets((targets) => {
      const seedOf = (name: string) => targets.find((one) => one.name === name)!.seeds[0]!;
      const table = seedOf('checkpoint_index');
      expect(Buffer.compare(mendedTable(table), table)).toBe(0);
      const records = seedOf('records_plain');
      expect(Buffer.compare(mendedRecords(records), records)).toBe(0);
      const damaged = records.slice();
      damaged[13]! ^= 1;
      expect(Buffer.compare(mendedRecords(damaged), damaged)).not.toBe(0);
    });
  });
});
