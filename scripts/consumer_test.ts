/**
 * `npm run test:package`: is the package that npm packs a package? It is installed into an empty
 * project, where a program that imports it is type-checked without skipLibCheck, run in Node, bundled
 * for a browser and run there, and where `npx tf1` runs a graph.
 */

import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build, transform } from 'esbuild';
import { importTime, loadedBy, unwanted } from './imported.ts';
import { readOptions } from './options.ts';
import { Failed, must } from './processes.ts';

/** What users write: with the main entry, which runs everywhere, and with the others. */
const PROGRAMS = ['program.ts', 'subpaths.ts'];

const { options } = readOptions({
  usage: 'test:package',
  about: 'Builds and packs tf1, installs the tarball into an empty project and uses it there.',
  options: {
    keep: { type: 'boolean', about: 'keeps the project and says where it is' },
    'no-build': { type: 'boolean', about: 'packs the dist that is there' },
  },
});

const project = mkdtempSync(join(tmpdir(), 'tf1-consumer-'));
process.on('exit', () => {
  if (options.keep) console.log(`The project is in ${project}`);
  else rmSync(project, { recursive: true, force: true });
});

await install();
await checkTypes('nodenext');
await checkTypes('bundler');
await runInNode();
await runSubpaths();
await runCommandLine();
await runInBrowser();
await checkImports();
console.log('The package works.');

async function install(): Promise<void> {
  if (!options['no-build']) await must('npm', ['run', '--silent', 'build', '--', '--quiet']);
  await must('npm', ['pack', '--ignore-scripts', '--pack-destination', project]);
  const { name, version } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    name: string;
    version: string;
  };
  const tarball = `${name}-${version}.tgz`;
  writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }\n');
  const quiet = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
  await must('npm', ['install', `./${tarball}`, ...quiet], { cwd: project });
  for (const file of PROGRAMS) copyFileSync(`test/consumer/${file}`, join(project, file));
  console.log(`installed ${tarball} into an empty project`);
}

/** Checks the programs, and with them every public declaration, without the types of Node or the DOM. */
async function checkTypes(resolution: 'nodenext' | 'bundler'): Promise<void> {
  const config = {
    compilerOptions: {
      strict: true,
      noEmit: true,
      skipLibCheck: false,
      target: 'ES2022',
      module: resolution === 'nodenext' ? 'NodeNext' : 'ESNext',
      moduleResolution: resolution,
      lib: ['ES2022', 'ESNext.Disposable'],
      types: [],
    },
    files: PROGRAMS,
  };
  const file = `tsconfig.${resolution}.json`;
  writeFileSync(join(project, file), JSON.stringify(config));
  const tsc = resolve('node_modules/typescript/bin/tsc');
  await must(process.execPath, [tsc, '-p', file], { cwd: project });
  console.log(`types hold under ${resolution}, declarations included`);
}

async function runInNode(): Promise<void> {
  const source = readFileSync('test/consumer/program.ts', 'utf8');
  const { code } = await transform(source, { loader: 'ts', target: 'es2022' });
  writeFileSync(join(project, 'program.js'), code);
  await must(process.execPath, ['program.js'], { cwd: project });
  console.log('runs in Node');
}

/** Every way into the package but the main one leads somewhere. */
async function runSubpaths(): Promise<void> {
  const uses = [
    ["import { expr } from 'tf1/math';", 'expr'],
    ["import { load_graph_model } from 'tf1/converter';", 'load_graph_model'],
    ["import { load } from 'tf1/node';", 'load'],
  ];
  for (const [line, name] of uses) {
    const program = `${line}\nif (typeof ${name} !== 'function') throw new Error('${name}');`;
    await must(process.execPath, ['--input-type=module', '-e', program], { cwd: project });
  }
  console.log('tf1/math, tf1/converter and tf1/node are there');
}

/** `npx tf1` runs a graph. */
async function runCommandLine(): Promise<void> {
  const float = 'attr { key: "T" value { type: DT_FLOAT } }';
  const x = 'node { name: "x" op: "Placeholder" attr { key: "dtype" value { type: DT_FLOAT } } }';
  const y = `node { name: "y" op: "Square" input: "x" ${float} }`;
  writeFileSync(join(project, 'graph.pbtxt'), `${x}\n${y}\n`);
  const shown = await must('npx', ['tf1', 'show', 'graph.pbtxt'], { cwd: project });
  const ran = await must('npx', ['tf1', 'run', 'graph.pbtxt', '--feed', 'x=[1, 2, 3]'], {
    cwd: project,
  });
  if (!shown.includes('nodes') || ran !== 'y: float32 [3]\n[1. 4. 9.]\n')
    throw new Failed(`npx tf1 said:\n${shown}${ran}`);
  console.log('npx tf1 shows and runs a graph');
}

async function runInBrowser(): Promise<void> {
  const { metafile } = await build({
    absWorkingDir: project,
    entryPoints: ['program.ts'],
    outfile: 'out/bundle.js',
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    metafile: true,
    logLevel: 'error',
  });
  const [output] = Object.values(metafile.outputs);
  const heavy = Object.keys(metafile.inputs).filter((file) =>
    /node_modules\/(mathjs|@tensorflow\/tfjs-converter)\//.test(file),
  );
  const outside = output!.imports.map((one) => one.path);
  if (heavy.length > 0)
    throw new Failed(`The bundle holds ${heavy[0]} and ${heavy.length - 1} files more.`);
  if (outside.length > 0) throw new Failed(`The bundle imports ${outside.join(', ')}.`);
  const kilobytes = (output!.bytes / 1024).toFixed(0);
  const wasm = join(project, 'node_modules/@tensorflow/tfjs-backend-wasm/dist');
  await runBundle('with wasm', wasm);
  await runBundle('without wasm');
  console.log(`runs in a page, with wasm and without; the bundle has ${kilobytes} kB`);
}

async function runBundle(how: string, ...folder: string[]): Promise<void> {
  mkdirSync(join(project, 'out'), { recursive: true });
  const page = resolve('test/consumer/browser.js');
  const text = await must(process.execPath, [page, 'out/bundle.js', ...folder], {
    cwd: project,
    limit: 60,
  });
  const last = text.trim().split('\n').at(-1) ?? '';
  if (!last.includes('"losses":[4.66'))
    throw new Failed(`In a page ${how} the program printed: ${text}`);
}

async function checkImports(): Promise<void> {
  const start = { cwd: project, args: [], scratch: join(project, 'out') };
  const extra = unwanted(await loadedBy(start));
  if (extra.length > 0) throw new Failed(`import 'tf1' loads too much:\n${extra.join('\n')}`);
  const milliseconds = await importTime(start);
  console.log(`import takes ${milliseconds.toFixed(0)} ms (aim: under 300); no mathjs, no files`);
}
