/** Reading sequences back through the beams of a search. */

import { int32, type TypedArray } from '../../core/dtype.ts';
import { kernel } from '../registry.ts';
import { ints, invalid, scalar, shapeText } from './box.ts';

kernel('GatherTree', ([ids, parents, lengths, end], _attrs, context) => {
  if (ids!.shape.join() !== parents!.shape.join()) {
    invalid(
      `parent_ids.shape must match step_ids shape.  but shapes are: ${shapeText(ids!.shape)} and ${shapeText(parents!.shape)}`,
    );
  }
  const [time, batch, width] = ids!.shape as [number, number, number];
  const endToken = scalar(end!);
  const limits = ints(lengths!);
  const result = context.alloc(int32, ids!.shape);
  const [from, before, to] = [ids!, parents!, result].map((value) => value.data as TypedArray);
  to!.fill(endToken);
  const at = (t: number, b: number, beam: number) => (t * batch + b) * width + beam;
  for (let b = 0; b < batch; b++) {
    const length = Math.min(time, limits[b]!);
    for (let beam = 0; beam < width; beam++) {
      let place = beam;
      for (let t = length - 1; t >= 0; t--) {
        if (place < 0 || place >= width) {
          invalid(`Saw invalid parent id ${place} at (batch, time, beam) == (${b}, ${t}, ${beam})`);
        }
        to![at(t, b, beam)] = from![at(t, b, place)]!;
        place = before![at(t, b, place)]!;
      }
      const steps = Array.from({ length }, (_, t) => to![at(t, b, beam)]!);
      const ended = steps.indexOf(endToken);
      if (ended >= 0) for (let t = ended; t < length; t++) to![at(t, b, beam)] = endToken;
    }
  }
  return result;
});
