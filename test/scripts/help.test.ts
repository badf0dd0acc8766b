/** Every script says how it is called, and refuses what it does not know. */

import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { run } from '../../scripts/processes.ts';

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  scripts: Record<string, string>;
};
const own = Object.entries(scripts).flatMap(([name, command]) =>
  command.startsWith('tsx ') && name !== 'prepack' ? [{ name, file: command.split(' ')[1]! }] : [],
);
const start = (file: string, option: string) =>
  run(process.execPath, ['--import', 'tsx', file, option], { limit: 60 });

test('there are scripts', () => {
  expect(own.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['layers', 'build', 'test:package', 'example', 'bench', 'size']),
  );
});

for (const { name, file } of own) {
  test(`${name} --help`, async () => {
    const [help, unknown] = await Promise.all([start(file, '--help'), start(file, '--nonsense')]);
    expect(help.code).toBe(0);
    expect(help.stdout).toMatch(`npm run ${name}`);
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain("'--nonsense'");
  }, 60_000);
}
