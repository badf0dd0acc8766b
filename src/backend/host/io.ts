/** Kernels that read and write whole files. */

import type { Text } from '../../core/dtype.ts';
import { string } from '../../core/dtype.ts';
import type { Value } from '../../core/kernels.ts';
import { bytesOfText, textOfBytes } from '../../core/text.ts';
import { MakeDirs } from '../../platform/directories.ts';
import { readBytes, writeBytes } from '../../platform/files.ts';
import { exists, matchingPaths } from '../../platform/glob.ts';
import { kernel } from '../registry.ts';
import { invalid, shapeText } from './box.ts';

function scalarText(value: Value, what: string): Text {
  if (value.shape.length > 0) {
    invalid(`${what} tensor must be scalar, but had shape: ${shapeText(value.shape)}`);
  }
  return (value.data as Text[])[0]!;
}

kernel('ReadFile', ([filename], _attrs, context) => {
  const path = String(scalarText(filename!, 'Input filename'));
  return context.wrap(string, [], [textOfBytes(readBytes(path))]);
});

kernel('WriteFile', ([filename, contents]) => {
  const path = String(scalarText(filename!, 'Input filename'));
  const content = scalarText(contents!, 'Contents');
  const directory = path.slice(0, path.lastIndexOf('/') + 1);
  if (directory !== '' && !exists(directory)) MakeDirs(directory);
  writeBytes(path, bytesOfText(content));
  return null;
});

kernel('MatchingFiles', ([pattern], _attrs, context) => {
  const patterns = pattern!.data as Text[];
  const found = patterns.flatMap((one) => matchingPaths(String(one))).sort();
  return context.wrap(string, [found.length], found);
});
