/** `tf.gfile` against what TensorFlow answers to the same calls, in a directory of its own. */

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as tf from 'tf1';

interface Answer {
  readonly value?: unknown;
  readonly error?: string;
  readonly text?: string;
}
const golden = JSON.parse(
  readFileSync(new URL('../golden/files.json', import.meta.url), 'utf8'),
) as Record<string, Answer>;

const g = tf.gfile;
const home = process.cwd();
let work = '';
beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'tf1-gfile-'));
  process.chdir(work);
});
afterAll(() => {
  process.chdir(home);
  rmSync(work, { recursive: true });
});

function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return { bytes: [...value] };
  if (Array.isArray(value)) return value.map(plain);
  return value ?? null;
}

function withFile<T>(name: string, mode: string, body: (file: tf.gfile.GFile) => T): T {
  return tf.with(new g.GFile(name, mode), body);
}

/** What differs: newer versions of TensorFlow add words, and Python has its own class and words. */
const REWORDED: Readonly<Record<string, [string, string]>> = {
  'list missing': ['NotFoundError', 'Could not find directory'],
  'list file': ['NotFoundError', 'Could not find directory'],
  'not text': ['ValueError', "'utf-8' codec can't decode bytes"],
};

function check(name: string, body: () => unknown): void {
  test(name, () => {
    const answer = golden[name]!;
    if (answer.error === undefined) {
      expect(plain(body())).toEqual(answer.value);
      return;
    }
    const [error, text] = REWORDED[name] ?? [answer.error, answer.text!];
    let thrown: unknown;
    try {
      body();
    } catch (caught) {
      thrown = caught;
    }
    expect(thrown).toBeInstanceOf(Error);
    expect((thrown as Error).name).toBe(error);
    expect((thrown as Error).message.startsWith(text)).toBe(true);
  });
}

describe('files', () => {
  check('missing', () => new g.GFile('none').read());
  check('mode', () => new g.GFile('a', 'q'));
  check('write', () => withFile('a', 'w', (f) => f.write('h\u00e9llo\nworld\r\nlast')));
  check('read', () => new g.GFile('a').read());
  check('read bytes', () => new g.GFile('a', 'rb').read());
  check('parts', () => {
    const f = new g.GFile('a');
    const out: unknown[] = [f.readline(), f.tell(), f.read(3), f.read(), f.read(), f.readline()];
    f.seek(1, 0);
    out.push(f.tell());
    f.seek(2, 1);
    out.push(f.tell());
    f.seek(-2, 2);
    out.push(f.read());
    f.seek(0);
    out.push(f.readlines(), f.size());
    f.seek({ position: 3 });
    out.push(f.tell(), f.read({ n: 2 }));
    return out;
  });
  check('lines', () => [...new g.GFile('a')]);
  check('lines bytes', () => [...new g.GFile('a', 'rb')]);
  check('not for writing', () => new g.GFile('a').write('x'));
  check('not for reading', () => new g.GFile('a', 'w').read());
  check('seek without', () => new g.GFile('a').seek());
  check('seek whence', () => new g.GFile('a').seek(1, 5));
  check('seek beyond', () => new g.GFile('a').seek(100));
  check('seek negative', () => new g.GFile('a').seek(-1));
  check('read negative', () => new g.GFile('a').read(-5));
  check('append', () => [withFile('a', 'a', (f) => f.write('more')), new g.GFile('a').read()]);
  check('no directory', () => new g.GFile('nodir/b', 'w').write('x'));
  check('bytes', () => {
    new g.GFile('bin', 'wb').write(Uint8Array.of(255, 254));
    return new g.GFile('bin', 'rb').read();
  });
  check('not text', () => new g.GFile('bin').read());
  check('write a number', () => Reflect.apply(g.GFile.prototype.write, new g.GFile('n', 'w'), [3]));
});

describe('directories', () => {
  check('mkdir', () => g.MkDir('d'));
  check('mkdir again', () => g.MkDir('d'));
  check('mkdir without parent', () => g.MkDir('x/y'));
  check('makedirs', () => g.MakeDirs('e/f/g'));
  check('makedirs again', () => g.MakeDirs('e/f/g'));
  check('makedirs over a file', () => g.MakeDirs('a/b'));
  check('exists', () => [
    g.Exists('d'),
    g.Exists('zz'),
    g.IsDirectory('d'),
    g.IsDirectory('a'),
    g.IsDirectory('zz'),
  ]);
  check('list', () => {
    new g.GFile('e/1.txt', 'w').write('1');
    new g.GFile('e/f/2.txt', 'w').write('22');
    return g.ListDirectory('e');
  });
  check('list missing', () => g.ListDirectory('zz'));
  check('list file', () => g.ListDirectory('a'));
  for (const name of Object.keys(golden).filter((name) => name.startsWith('glob '))) {
    check(name, () => g.Glob(name.slice(5)));
  }
  check('globs', () => g.Glob(['e/1*', 'a']));
  check('walk', () => [...g.Walk('e')]);
  check('walk up', () => [...g.Walk('e', false)]);
  check('walk missing', () => [...g.Walk('zz')]);
  check('copy missing', () => g.Copy('zz', 'y'));
  check('copy over', () => g.Copy('a', 'bin'));
  check('copy overwriting', () => [
    g.Copy('a', 'bin', { overwrite: true }),
    new g.GFile('bin').read(),
  ]);
  check('rename missing', () => g.Rename('zz', 'y'));
  check('rename over', () => g.Rename('a', 'bin'));
  check('rename overwriting', () => [
    g.Rename('a', 'bin', true),
    g.Exists('a'),
    new g.GFile('bin').read(),
  ]);
  check('remove missing', () => g.Remove('zz'));
  check('remove directory', () => g.Remove('d'));
  check('remove', () => [g.Remove('bin'), g.Exists('bin')]);
  check('delete missing', () => g.DeleteRecursively('zz'));
  check('delete', () => [g.DeleteRecursively('e'), g.Exists('e')]);
  check('stat', () => {
    new g.GFile('s', 'w').write('12345');
    const stat = g.Stat('s');
    return [stat.length, stat.is_directory, stat.mtime_nsec > 1e18, g.Stat('d').is_directory];
  });
  check('stat missing', () => g.Stat('zz'));
  check('read directory', () => new g.GFile('d').read());
  check('write directory', () => new g.GFile('d', 'w').write('x'));
});

describe('beyond what is recorded', () => {
  test('a file that is never closed is there, and no other file is', () => {
    new g.GFile('idiom', 'w').write('whole');
    expect(new g.FastGFile('idiom').read()).toBe('whole');
    expect(readdirSync('.').filter((name) => name.includes('tmp'))).toEqual([]);
  });

  test('whole files in one call', () => {
    const { file_io } = tf.python.lib.io;
    file_io.write_string_to_file('whole', 'h\u00e9');
    expect(file_io.read_file_to_string('whole')).toBe('h\u00e9');
    expect(file_io.read_file_to_string('whole', { binary_mode: true })).toEqual(
      Uint8Array.of(104, 195, 169),
    );
    file_io.atomic_write_string_to_file('whole', 'again');
    expect(() => file_io.atomic_write_string_to_file('whole', 'x', false)).toThrow(
      tf.errors.AlreadyExistsError,
    );
    expect(new tf.python.platform.gfile.FastGFile('whole').read()).toBe('again');
    expect(file_io.file_exists('whole')).toBe(true);
  });

  test('long lines and many lines are read in blocks', () => {
    const lines = Array.from({ length: 3000 }, (_, i) => `${'x'.repeat(i % 100)}${i}\n`);
    const long = `${'y'.repeat(200_000)}\n`;
    withFile('lines', 'w', (f) => f.write(lines.join('') + long));
    expect(new g.Open('lines').readlines()).toEqual([...lines, long]);
  });
});
