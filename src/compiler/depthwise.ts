/**
 * Depthwise convolution and its gradients as generated SIMD kernels, four channels at a time: the
 * filter's vectors stay in registers along a row of windows. Images have their channels last, and are
 * not padded: cells outside of them are left out. A module is made for one size of window.
 */

import { loadWhole, storeWhole } from './access.ts';
import { advance, type Code, get, int, i32 as integer } from './encoder.ts';
import {
  assign,
  type KernelFunction,
  kernelFunction,
  kernelModule,
  type Named,
  plus,
  repeat,
  times,
} from './kernel_builder.ts';
import { f32, type Scope } from './simd.ts';

const VECTOR = 16;
/** Addresses, then sizes: rows and columns of an image, bytes of its pixels, rows and columns of windows, their steps. */
const PARAMETERS = [
  'y',
  'x',
  'filter',
  'height',
  'width',
  'pixel',
  'rows',
  'columns',
  'rowStride',
  'columnStride',
  'top',
  'left',
  'rowRate',
  'columnRate',
] as const;
const LOCALS = [
  'row',
  'column',
  'channel',
  'channels',
  'at',
  'first',
  'firstRow',
  'firstColumn',
  'line',
  'step',
  'cell',
  'w',
  'isInside',
] as const;
type Names = Named<(typeof PARAMETERS)[number] | (typeof LOCALS)[number]>;

/** Calls `visit` for each cell of a window that lies inside of the image. */
type Cells = (visit: (address: Code, cell: number) => void) => void;
/** What a kernel does with one window, whose output is at `at`; `filter` are the locals of the filter's vectors. */
type Window = (s: Scope, filter: readonly number[], at: Code, cells: Cells) => void;

/** `index < bound`, for an index that may be negative. */
const isBelow = (index: Code, bound: Code): Code => [...index, ...bound, 0x49];

/** `from + rate * cells` */
const further = (from: number, rate: number, cells: number): Code => [
  ...get(from),
  ...get(rate),
  ...int(cells),
  integer.multiply,
  integer.add,
];

/** The code of one kernel. */
class Builder {
  private readonly filter: readonly number[];
  private readonly s: Scope;
  private readonly l: Names;
  private readonly size: readonly [number, number];

  constructor(s: Scope, l: Names, size: readonly [number, number]) {
    this.s = s;
    this.l = l;
    this.size = size;
    this.filter = Array.from({ length: size[0] * size[1] }, () => s.local());
  }

  /** Over all rows of windows, and all channels of each. */
  build(window: Window, isGradient: boolean): void {
    const { s, l } = this;
    assign(s, l.step, times(l.columnRate, l.pixel));
    assign(s, l.line, [...times(l.width, l.pixel), ...get(l.rowRate), integer.multiply]);
    assign(s, l.firstRow, [...int(0), ...get(l.top), integer.subtract]);
    repeat(s, l.row, get(l.rows), () => {
      const last = isBelow(further(l.firstRow, l.rowRate, this.size[0] - 1), get(l.height));
      const isFirst = [...get(l.firstRow), ...int(0), integer.greaterEqual];
      assign(s, l.isInside, [...isFirst, ...last, integer.and]);
      assign(s, l.channel, int(0));
      assign(s, l.channels, get(l.pixel));
      s.whileAtLeast(l.channels, VECTOR, () => {
        this.windows(window, isGradient);
        s.push(advance(l.channel, int(VECTOR)));
        s.push(advance(l.channels, int(-VECTOR)));
      });
      s.push(advance(l.y, times(l.columns, l.pixel)));
      s.push(advance(l.firstRow, get(l.rowStride)));
    });
  }

  /** Along one row of windows, for four channels. */
  private windows(window: Window, isGradient: boolean): void {
    const { s, l, filter } = this;
    this.eachVector((local) => assign(s, local, loadWhole(get(l.w), 'float32', 0)));
    assign(s, l.at, plus(l.y, l.channel));
    assign(s, l.firstColumn, [...int(0), ...get(l.left), integer.subtract]);
    repeat(s, l.column, get(l.columns), () => {
      firstCell(s, l);
      const last = isBelow(further(l.firstColumn, l.columnRate, this.size[1] - 1), get(l.width));
      const isFirst = [...get(l.firstColumn), ...int(0), integer.greaterEqual, integer.and];
      s.push([...get(l.isInside), ...isFirst, ...last, integer.and, 0x04, 0x40]);
      window(s, filter, get(l.at), this.cells(false));
      s.push([0x05]);
      window(s, filter, get(l.at), this.cells(true));
      s.push([0x0b]);
      s.push(advance(l.at, get(l.pixel)));
      s.push(advance(l.firstColumn, get(l.columnStride)));
    });
    if (isGradient) {
      this.eachVector((local) => s.push(storeWhole(get(l.w), get(local), 'float32', 0)));
    }
  }

  /** Calls `body` for each vector of the filter, whose address is in `w`. */
  private eachVector(body: (local: number) => void): void {
    const { s, l, filter } = this;
    assign(s, l.w, plus(l.filter, l.channel));
    for (const local of filter) {
      body(local);
      s.push(advance(l.w, get(l.pixel)));
    }
  }

  /** The cells of the window whose first cell is at `first`; those outside are skipped if it `isBorder`. */
  private cells(isBorder: boolean): Cells {
    const { s, l } = this;
    const [height, width] = this.size;
    return (visit) => {
      const line = (i: number) => {
        assign(s, l.w, get(l.cell));
        for (let j = 0; j < width; j++) {
          const one = () => visit(get(l.w), i * width + j);
          if (!isBorder) one();
          else s.when(isBelow(further(l.firstColumn, l.columnRate, j), get(l.width)), one);
          if (j < width - 1) s.push(advance(l.w, get(l.step)));
        }
      };
      assign(s, l.cell, get(l.first));
      for (let i = 0; i < height; i++) {
        if (!isBorder) line(i);
        else s.when(isBelow(further(l.firstRow, l.rowRate, i), get(l.height)), () => line(i));
        s.push(advance(l.cell, get(l.line)));
      }
    };
  }
}

/** Sets `first` to the address of a window's first cell, which may lie outside of the image. */
function firstCell(s: Scope, l: Names): void {
  const pixels = [...times(l.firstRow, l.width), ...get(l.firstColumn), integer.add];
  const bytes = [...pixels, ...get(l.pixel), integer.multiply, ...get(l.channel), integer.add];
  assign(s, l.first, [...get(l.x), ...bytes, integer.add]);
}

const load = (address: Code): Code => loadWhole(address, 'float32', 0);

/**
 * The bytes of a module for windows of `height` x `width` that exports, for one image,
 * `forward` (y from x and the filter), `image` (adds to the gradient x, from y and the filter) and
 * `weights` (adds to the gradient of the filter, from y and x).
 */
export function depthwiseModule(height: number, width: number): Uint8Array {
  const kernel = (name: string, isGradient: boolean, window: Window): KernelFunction =>
    kernelFunction(name, PARAMETERS, LOCALS, (s, l) =>
      new Builder(s, l, [height, width]).build(window, isGradient),
    );
  return kernelModule([
    kernel('forward', false, (s, filter, at, cells) => {
      const sum = s.local();
      assign(s, sum, s.float(0));
      cells((address, n) =>
        assign(s, sum, f32.add(get(sum), f32.multiply(load(address), get(filter[n]!)))),
      );
      s.push(storeWhole(at, get(sum), 'float32', 0));
    }),
    kernel('image', false, (s, filter, at, cells) => {
      const dy = s.name(load(at));
      cells((address, n) => {
        const sum = f32.add(load(address), f32.multiply(dy, get(filter[n]!)));
        s.push(storeWhole(address, sum, 'float32', 0));
      });
    }),
    kernel('weights', true, (s, filter, at, cells) => {
      const dy = s.name(load(at));
      cells((address, n) =>
        assign(s, filter[n]!, f32.add(get(filter[n]!), f32.multiply(load(address), dy))),
      );
    }),
  ]);
}
