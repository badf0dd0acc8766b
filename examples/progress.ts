// A progress line: one line that is updated in place on a terminal, plain lines elsewhere.

export interface Progress {
  /** Shows that `step` steps are done. */
  at(step: number, text: string): void;
  /** Ends the line with a last word. */
  end(text: string): void;
}

/** A progress line for `total` steps. */
export function progress(title: string, total: number): Progress {
  const began = performance.now();
  const live = process.stdout.isTTY === true;
  const every = live ? 1 : Math.max(1, Math.ceil(total / 5));
  const rate = (step: number) => ((1000 * step) / (performance.now() - began)).toFixed(0);
  const line = (step: number, text: string) => {
    const done = Math.round((20 * step) / total);
    const bar = '#'.repeat(done).padEnd(20, '.');
    return `${title.padEnd(10)} [${bar}] ${step}/${total}  ${text}  ${rate(step)} steps/s`;
  };
  return {
    at(step, text) {
      if (step % every !== 0 && step !== total) return;
      if (live) process.stdout.write(`\r\x1b[2K${line(step, text)}`);
      else console.log(line(step, text));
    },
    end(text) {
      if (live) process.stdout.write('\n');
      console.log(`${title.padEnd(10)} ${text}`);
    },
  };
}
