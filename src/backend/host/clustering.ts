/** The nearest centers of points, by comparing every point with every center. */

import { float32, int64 } from '../../core/dtype.ts';
import { kernel } from '../registry.ts';
import { invalid, scalar, shapeText } from './box.ts';
import { numbersOf } from './numeric.ts';

kernel('NearestNeighbors', ([points, centers, k], _attrs, context) => {
  if (points!.shape.length !== 2) invalid('Input points should be specified as a matrix.');
  if (centers!.shape.length !== 2) invalid('Input centers should be specified as a matrix.');
  const [count, depth] = points!.shape as [number, number];
  const [rivals, other] = centers!.shape as [number, number];
  if (depth !== other) {
    invalid(
      `Points and centers differ in depth: ${shapeText(points!.shape)} ${shapeText(centers!.shape)}`,
    );
  }
  if (rivals < 1) invalid('The number of centers should be at least 1.');
  if (scalar(k!) <= 0) invalid('k should be positive.');
  const wanted = Math.min(scalar(k!), rivals);
  const indices = context.alloc(int64, [count, wanted]);
  const distances = context.alloc(float32, [count, wanted]);
  const [x, c] = [numbersOf(points!), numbersOf(centers!)];
  for (let p = 0; p < count; p++) {
    const found = Array.from({ length: rivals }, (_, center) => {
      let distance = 0;
      for (let d = 0; d < depth; d++) distance += (x[p * depth + d]! - c[center * depth + d]!) ** 2;
      return { center, distance };
    }).sort((a, b) => a.distance - b.distance || a.center - b.center);
    for (let i = 0; i < wanted; i++) {
      numbersOf(indices)[p * wanted + i] = found[i]!.center;
      numbersOf(distances)[p * wanted + i] = found[i]!.distance;
    }
  }
  return [indices, distances];
});
