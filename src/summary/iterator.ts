/** Reading event files. */

import { fn } from '../core/signature.ts';
import { recordsOf } from '../formats/records.ts';
import { Event } from '../formats/summary_messages.ts';
import { RandomAccessFile } from '../platform/files.ts';

/**
 * The events of the file `path`, one after another. DataLossError, after all whole events, where the
 * file is damaged; NotFoundError where there is none.
 */
export const summary_iterator = fn(
  ['path'],
  (path: string): IterableIterator<Event> => eventsOf(new RandomAccessFile(path)),
);

function* eventsOf(file: RandomAccessFile): Generator<Event, void, undefined> {
  try {
    for (const record of recordsOf(file)) yield Event.FromString(record);
  } finally {
    file.close();
  }
}
