/** What commands print: facts and tables, as text of 80 columns or as JSON. */

/** Where a command writes. */
export interface Io {
  /** Results. */
  out(text: string): void;
  /** Errors and progress. */
  err(text: string): void;
  /** Whether somebody watches what goes to `err`. */
  readonly interactive?: boolean;
}

/** What people read in one way and programs in another. */
export interface Said {
  readonly text: string;
  readonly json: unknown;
}

/** A fact, or a cell of a table. */
export type Cell = string | number | null | Said;

/** Rows under column names. */
export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** What a command found: a sentence, facts by name, tables. */
export interface Report {
  /** What it is, in a few words. */
  readonly kind: string;
  readonly facts: readonly (readonly [string, Cell])[];
  readonly tables: readonly Table[];
  /** Why the rest of the file could not be read. */
  readonly damage?: Error;
}

/** The arguments or options do not make sense: exit code 2. */
export class UsageError extends Error {}

const WIDTH = 80;
const GAP = 2;
const INDENT = 2;

/** Writes `report`: JSON if it is wanted, else text. */
export function write(io: Io, report: Report, json: boolean): void {
  io.out(json ? `${JSON.stringify(plain(report), null, 2)}\n` : textOf(report));
}

/** Writes reports of several files, one below the other; in JSON a list of them where there are several. */
export function writeAll(io: Io, reports: readonly Report[], json: boolean): void {
  if (reports.length === 1) write(io, reports[0]!, json);
  else if (json) io.out(`${JSON.stringify(reports.map(plain), null, 2)}\n`);
  else io.out(reports.map(textOf).join('\n'));
}

function plain({ kind, facts, tables }: Report): object {
  return {
    kind,
    ...Object.fromEntries(facts.map(([name, value]) => [name, jsonOf(value)])),
    ...Object.fromEntries(
      tables.map(({ title, columns, rows }) => [
        title,
        rows.map((row) =>
          Object.fromEntries(columns.map((column, i) => [column, jsonOf(row[i]!)])),
        ),
      ]),
    ),
  };
}

function textOf({ kind, facts, tables }: Report): string {
  const parts = [`${kind}\n`];
  const width = Math.max(0, ...facts.map(([name]) => name.length));
  for (const [name, value] of facts) {
    const [first, ...more] = wrapped(shown(value), WIDTH - width - GAP - INDENT);
    parts.push(`  ${name.padEnd(width)}  ${first}\n`);
    for (const line of more) parts.push(`${' '.repeat(INDENT + width + GAP)}${line}\n`);
  }
  for (const table of tables) if (table.rows.length > 0) parts.push(`\n${tableText(table)}`);
  return parts.join('');
}

/** A table as text: numbers to the right, and cells that are too wide for the page over several lines. */
export function tableText({ title, columns, rows }: Table): string {
  const cells = [columns, ...rows.map((row) => row.map(shown))];
  const widths = fitted(columns.map((_, i) => Math.max(...cells.map((row) => row[i]!.length))));
  const numeric = columns.map((_, i) => rows.every((row) => typeof row[i] === 'number'));
  const lines = cells.flatMap((row) => {
    const wrappedCells = row.map((cell, i) => wrapped(cell, widths[i]!));
    const height = Math.max(...wrappedCells.map((part) => part.length));
    return Array.from({ length: height }, (_, k) => {
      const parts = wrappedCells.map((cell, i) => {
        const text = cell[k] ?? '';
        return numeric[i] ? text.padStart(widths[i]!) : text.padEnd(widths[i]!);
      });
      return `  ${parts.join(' '.repeat(GAP))}`.trimEnd();
    });
  });
  return `${title} (${rows.length})\n${lines.join('\n')}\n`;
}

/** Widths of columns that fit on a page: the widest ones give. */
function fitted(widths: readonly number[]): number[] {
  const result = [...widths];
  const room = WIDTH - INDENT - GAP * (widths.length - 1);
  while (result.reduce((sum, width) => sum + width, 0) > room) {
    const widest = result.indexOf(Math.max(...result));
    if (result[widest]! <= 8) break;
    result[widest]!--;
  }
  return result;
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const line of text.split('\n')) {
    let rest = line;
    while (rest.length > width) {
      const space = rest.lastIndexOf(' ', width);
      const end = space > width / 2 ? space : width;
      lines.push(rest.slice(0, end));
      rest = rest.slice(end).trimStart();
    }
    lines.push(rest);
  }
  return lines;
}

function shown(cell: Cell): string {
  if (cell === null) return '';
  return typeof cell === 'object' ? cell.text : String(cell);
}

function jsonOf(cell: Cell): unknown {
  return typeof cell === 'object' && cell !== null ? cell.json : cell;
}

/** A number of bytes, for people as `12.3 kB`. */
export function bytesCell(bytes: number): Said {
  return { text: bytesText(bytes), json: bytes };
}

function bytesText(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return unit === 0 ? `${bytes} bytes` : `${value.toPrecision(3)} ${units[unit]}`;
}

/** A shape: `?` for an unknown size, `unknown` for an unknown rank; for programs `null` for both. */
export function shapeCell(dims: readonly (number | null)[] | null): Said {
  const text = dims === null ? 'unknown' : `[${dims.map((size) => size ?? '?').join(', ')}]`;
  return { text, json: dims };
}

/** A line on `err` that says how far long work is, where somebody watches; call it without text at the end. */
export function progress(io: Io): (text?: string) => void {
  let width = 0;
  return (text = '') => {
    if (!io.interactive) return;
    const line = text.slice(0, WIDTH - 1);
    io.err(`\r${line.padEnd(width)}${text === '' ? '\r' : ''}`);
    width = line.length;
  };
}
