/** Saving may end at any byte, as if the machine stopped: what was saved before is still there. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test } from '@jest/globals';
import * as tf from 'tf1';

tf.logging.set_verbosity(tf.logging.FATAL);
const fs = process.getBuiltinModule('node:fs');
const CHANGING = [
  'openSync',
  'renameSync',
  'rmSync',
  'unlinkSync',
  'mkdirSync',
  'rmdirSync',
] as const;
const { openSync, renameSync, rmSync: remove, unlinkSync, mkdirSync, rmdirSync, writeSync } = fs;
const real = { openSync, renameSync, rmSync: remove, unlinkSync, mkdirSync, rmdirSync, writeSync };
const scratch = mkdtempSync(join(tmpdir(), 'tf1-interrupted-'));
afterEach(() => void Object.assign(fs, real));
afterAll(() => rmSync(scratch, { recursive: true }));
beforeEach(() => tf.reset_default_graph());

/**
 * Lets `bytes` bytes be written and, unless `bytes` is `null`, nothing happen after that; or lets
 * `calls` calls change anything. Gives how much there was.
 */
function limit(bytes: number | null, calls: number | null): { bytes: number; calls: number } {
  const seen = { bytes: 0, calls: 0 };
  let dead = false;
  const stop = (): never => {
    dead = true;
    throw new Error('the machine stopped');
  };
  const change = () => {
    if (dead || (calls !== null && seen.calls >= calls)) stop();
    seen.calls++;
  };
  for (const name of CHANGING) {
    const original = real[name] as (...args: unknown[]) => unknown;
    Object.assign(fs, {
      [name]: (...args: unknown[]) => {
        if (name !== 'openSync' || args[1] !== 'r') change();
        return original(...args);
      },
    });
  }
  const write = (descriptor: number, data: Uint8Array, at: number, length: number) => {
    change();
    if (bytes === null || seen.bytes + length <= bytes) {
      seen.bytes += length;
      return real.writeSync(descriptor, data, at, length);
    }
    real.writeSync(descriptor, data, at, bytes - seen.bytes);
    return stop();
  };
  Object.assign(fs, { writeSync: write });
  return seen;
}

/** Runs `save`, which may fail only because it was stopped. */
function stopped(save: () => unknown): void {
  try {
    save();
  } catch (error) {
    expect(String(error)).toContain('the machine stopped');
  } finally {
    Object.assign(fs, real);
  }
}

const KINDS = [
  ['bundle', {}],
  ['sharded bundle', { sharded: true }],
  ['first version', { write_version: 1 }],
  ['sharded first version', { write_version: 1, sharded: true }],
] as const;

function build(options: object): { saver: tf.train.Saver; w: tf.Variable; change: tf.Tensor } {
  const w = tf.with(tf.device('/cpu:0'), () => new tf.Variable(tf.fill([300], 1), { name: 'w' }));
  const texts = new tf.Variable(['text'], { name: 'texts' });
  const saver = new tf.train.Saver([w, texts], options);
  const x = tf.placeholder(tf.float32, [], { name: 'x' });
  return { saver, w, change: tf.assign(w, tf.fill([300], x)) as tf.Tensor };
}

let count = 0;

/** Saves 1, then saves 2 under `limits`, and reads what `path` gives: the sum of the variable. */
function attempt(options: object, sameName: boolean, begin: () => void): number {
  const directory = join(scratch, String(count++));
  real.mkdirSync(directory);
  const { saver, w, change } = build(options);
  return tf.with(new tf.Session(), (sess) => {
    sess.run(tf.global_variables_initializer());
    const names = sameName ? ['m', 'm'] : ['m-1', 'm-2'];
    const before = saver.save(sess, join(directory, names[0]!))!;
    sess.run(change, { feed_dict: { 'x:0': 2 } });
    begin();
    stopped(() => saver.save(sess, join(directory, names[1]!)));
    const path = tf.train.latest_checkpoint(directory)!;
    expect(path).not.toBe(null);
    saver.restore(sess, path);
    const sum = Number(sess.run(tf.reduce_sum(w)));
    if (!sameName) {
      // The earlier one is there in any case.
      saver.restore(sess, before);
      expect(sess.run(tf.reduce_sum(w))).toBe(300);
    }
    return sum;
  });
}

test.each(KINDS)(
  '%s, at bytes',
  (_, options) => {
    let seen = { bytes: 0, calls: 0 };
    const watch = () => {
      seen = limit(null, null);
    };
    expect(attempt(options, false, watch)).toBe(600);
    const { bytes } = seen;
    expect(bytes).toBeGreaterThan(1200);
    for (const sameName of [false, true]) {
      const step = Math.ceil(bytes / 30);
      for (let at = sameName ? step >> 1 : 0; at < bytes; at += step) {
        tf.reset_default_graph();
        const sum = attempt(options, sameName, () => void limit(at, null));
        expect([300, 600]).toContain(sum);
      }
    }
  },
  60_000,
);

test.each(KINDS)(
  '%s, between calls of the system',
  (_, options) => {
    let seen = { bytes: 0, calls: 0 };
    attempt(options, false, () => {
      seen = limit(null, null);
    });
    const sums = new Set<number>();
    for (let at = 0; at < seen.calls; at++) {
      tf.reset_default_graph();
      sums.add(attempt(options, false, () => void limit(null, at)));
    }
    expect([...sums].sort()).toEqual([300, 600]);
  },
  60_000,
);
