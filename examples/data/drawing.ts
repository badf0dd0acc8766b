// Draws a digit in the terminal: two rows of pixels per line of text.

const INK = ' .:-=+*#%@';

/** A 28 x 28 image as 14 lines of text. */
export function drawDigit(pixels: ArrayLike<number>): string {
  const lines: string[] = [];
  for (let y = 0; y < 28; y += 2) {
    let line = '';
    for (let x = 0; x < 28; x++) {
      const grey = ((pixels[y * 28 + x] ?? 0) + (pixels[(y + 1) * 28 + x] ?? 0)) / 2;
      line += INK[Math.min(9, Math.floor(grey * 10))];
    }
    lines.push(line);
  }
  return lines.join('\n');
}

/** Drawings side by side. */
export function beside(drawings: readonly string[]): string {
  const split = drawings.map((drawing) => drawing.split('\n'));
  const height = Math.max(...split.map((lines) => lines.length));
  return Array.from({ length: height }, (_, i) =>
    split.map((lines) => (lines[i] ?? '').padEnd(28)).join(' '),
  ).join('\n');
}
