/** Samples of the simulated quantization. */

import { f32, sample, spread } from '../sample.ts';

const NUMBERS = spread([3, 2], -8, 8);

export const quantized = {
  FakeQuantWithMinMaxArgs: [
    sample('fake_quant_with_min_max_args', [NUMBERS]),
    sample('fake_quant_with_min_max_args', [NUMBERS, -1, 5, 4]),
    sample('fake_quant_with_min_max_args', [NUMBERS], { min: 0, max: 3, narrow_range: true }),
  ],
  FakeQuantWithMinMaxArgsGradient: [
    sample('fake_quant_with_min_max_args_gradient', [NUMBERS, NUMBERS], {}, { gradient: false }),
  ],
  FakeQuantWithMinMaxVars: [
    sample('fake_quant_with_min_max_vars', [NUMBERS, f32(-1.5), f32(3)]),
    sample('fake_quant_with_min_max_vars', [NUMBERS, f32(0), f32(0)]),
  ],
  FakeQuantWithMinMaxVarsGradient: [
    sample(
      'fake_quant_with_min_max_vars_gradient',
      [NUMBERS, NUMBERS, f32(-1), f32(2)],
      {},
      { gradient: false },
    ),
  ],
  FakeQuantWithMinMaxVarsPerChannel: [
    sample('fake_quant_with_min_max_vars_per_channel', [NUMBERS, f32([-1.5, 0]), f32([3, 2])]),
  ],
  FakeQuantWithMinMaxVarsPerChannelGradient: [
    sample(
      'fake_quant_with_min_max_vars_per_channel_gradient',
      [NUMBERS, NUMBERS, f32([-1, -2]), f32([2, 7])],
      {},
      { gradient: false },
    ),
  ],
};
