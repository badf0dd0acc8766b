/** `npm run layers`: draws the folders of src and fails where one imports what its layer may not. */

import { cyclesOf, drawing, faultsOf } from './layers.ts';
import { readOptions } from './options.ts';
import { importsOf, readSource, typescriptFiles } from './sources.ts';

const { options } = readOptions({
  usage: 'layers',
  about:
    'Draws the layers of src: imports point down only, and a package from outside has one folder.\n' +
    'Ends with 1 if an import breaks that. Types and import() count too.',
  options: {
    cycles: { type: 'boolean', about: 'lists the loops of files that import each other' },
    quiet: { type: 'boolean', about: 'prints only what is wrong' },
  },
});

const files = new Map(
  typescriptFiles('src').map((file) => [file, importsOf(readSource(file))] as const),
);
const faults = faultsOf(files);
const cycles = cyclesOf(files);
if (!options.quiet) console.log(`${drawing(files)}\n`);
if (options.cycles) for (const cycle of cycles) console.log(`loop: ${cycle.join(' -> ')}`);
for (const fault of faults) console.error(fault);
const loops = cycles.length > 0 ? ` ${cycles.length} loops of files (see --cycles).` : '';
if (faults.length > 0) console.error(`\n${faults.length} imports break the layers.${loops}`);
else if (!options.quiet) console.log(`Layers hold in ${files.size} files.${loops}`);
process.exitCode = faults.length > 0 ? 1 : 0;
