/**
 * Event files: `events.out.tfevents.SECONDS.HOST`, records of events, the first of which says what
 * version it is. A file is begun when its first event comes.
 */

import { frameOf } from '../formats/records.ts';
import { Event } from '../formats/summary_messages.ts';
import { AppendFile, hostName } from '../platform/append_file.ts';
import { fileSystem } from '../platform/files.ts';

const VERSION = 'brain.Event:2';

/** Writes events to a file in a directory. */
export class EventFileWriter {
  private readonly logdir: string;
  private readonly flushSeconds: number;
  private readonly suffix: string;
  private file: AppendFile | null = null;
  private isClosed = false;
  /** In milliseconds since 1970; the first event is flushed at once. */
  private nextFlush = 0;

  constructor(logdir: string, flushSeconds: number, suffix: string | null) {
    this.logdir = logdir;
    this.flushSeconds = flushSeconds;
    this.suffix = suffix ?? '';
    fileSystem().mkdirSync(logdir, { recursive: true });
    if (suffix) this.begin();
  }

  /** The directory. */
  get_logdir(): string {
    return this.logdir;
  }

  /** Appends the record of an event at time `now` (in milliseconds), unless the writer is closed. */
  add(record: Uint8Array, now: number): void {
    if (this.isClosed) return;
    const file = this.file ?? this.begin();
    file.write(record);
    if (now <= this.nextFlush) return;
    file.flush();
    this.nextFlush = now + this.flushSeconds * 1000;
  }

  /** Writes out what is kept. */
  flush(): void {
    this.file?.flush();
  }

  /** Ends the file. */
  close(): void {
    this.file?.close();
    this.file = null;
    this.isClosed = true;
  }

  /** Takes events again, in a new file. Nothing if the writer was not closed. */
  reopen(): void {
    this.isClosed = false;
  }

  private begin(): AppendFile {
    let seconds = Math.floor(Date.now() / 1000);
    // TensorFlow would write over a file that it began within the same second.
    while (fileSystem().existsSync(this.path(seconds))) seconds++;
    const file = new AppendFile(this.path(seconds));
    const event = new Event({ wall_time: seconds, file_version: VERSION });
    file.write(frameOf(event.SerializeToString()));
    file.flush();
    this.file = file;
    return file;
  }

  private path(seconds: number): string {
    const time = String(seconds).padStart(10, '0');
    const directory = this.logdir.replace(/(?<=[^/])\/+$/, '');
    return `${directory}/events.out.tfevents.${time}.${hostName()}${this.suffix}`;
  }
}
